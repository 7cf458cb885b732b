'use client';
/** `@baton-chat/client/react`: the client SDK as a hook. Each export by its name: a client module of React's may not pass on all of another. */
export { BatonClient, ClientError, } from '../client/index.js';
export { useBaton } from './use-baton.js';
//# sourceMappingURL=index.js.map
/** `@baton-chat/client/ai-sdk`: Baton as a transport of the AI SDK's `useChat`. */
export { BatonClient, ClientError } from '../client/index.js';
export { BatonChatTransport } from './transport.js';
//# sourceMappingURL=index.js.map
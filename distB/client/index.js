export { BatonClient } from './client.js';
export { ClientError } from './errors.js';
//# sourceMappingURL=index.js.map
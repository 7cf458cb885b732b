/** `@baton-chat/client/ai-sdk`: Baton as a transport of the AI SDK's `useChat`. */
export { BatonClient, type BatonClientOptions, ClientError, type ClientErrorCode, failureOf } from '../client/index.ts'
export { BatonChatTransport } from './transport.ts'
export { answerParts, type BatonMessageMetadata, type BatonUIMessage } from './ui-message.ts'

/** Baton's messages in the AI SDK's words. */
import type { FinishReason, UIMessage, UIMessageChunk } from 'ai';
import type { Message } from '../client/index.ts';
/** A message without what the AI SDK has fields of its own for: `seq`, `status`, `attempt`, `createdAt`, `metadata`. */
export type BatonMessageMetadata = Omit<Message, 'id' | 'role' | 'content'>;
export type BatonUIMessage = UIMessage<BatonMessageMetadata>;
type SourceChunk = Extract<UIMessageChunk, {
    type: 'source-url' | 'source-document';
}>;
export declare function metadataOf(message: Message): BatonMessageMetadata;
/** A whole message, as one that is shown again after a reload. */
export declare function uiMessageOf(message: Message): BatonUIMessage;
/** What the user wrote. Throws a `TypeError` where there is something else than text, which Baton does not carry. */
export declare function textOf({ parts }: Pick<UIMessage, 'parts'>): string;
/** Sources of an answer (S8): with a link where theirs is one that may be followed. */
export declare function sourcesOf({ id, metadata }: Message): SourceChunk[];
export declare function finishReasonOf({ metadata }: Message): FinishReason;
export {};

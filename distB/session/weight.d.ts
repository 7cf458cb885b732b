import type { Message } from '../protocol/message.ts';
/** What of a message differs in weight. */
type Weighty = Pick<Message, 'id' | 'createdAt' | 'content' | 'metadata'>;
/** Bytes of memory that a message takes, ids, metadata and all, roughly and rather too many. */
export declare function weightOf(message: Weighty): number;
/** Bytes of memory that a session takes with these messages, likewise. */
export declare function weightOfSession({ userId }: {
    userId: string | null;
}, messages: readonly Message[]): number;
/** Bytes of UTF-8 that a message takes as JSON. It is written to find out, unless its reader has told. */
export declare function jsonBytesOf(message: Message): number;
/** Tells what `jsonBytesOf` is to give for a message that was read from JSON. */
export declare function tellJsonBytes(message: Message, bytes: number): void;
/** Bytes of memory that anything takes that JSON can say. A stack and no recursion: what others wrote may be nested deeply. */
export declare function weightOfValue(value: unknown): number;
export {};

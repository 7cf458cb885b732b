import type { Message } from '../protocol/message.ts';
/** A message as it is stored: JSON whose keys come in the order of the `Message` interface, so that equal messages are equal strings. */
export declare function encodeMessage(message: Message): string;
/** The same JSON split where its `seq` belongs: the store that assigns the number only joins strings. */
export declare function encodeAroundSeq(draft: Omit<Message, 'seq'>): readonly [head: string, tail: string];
/** The message; null where the JSON is none, or none of a message (X6). What else stands in it is a later version's (G8). */
export declare function decodeMessage(json: string): Message | null;
/** The message that a value parsed from JSON is; null where it is none. */
export declare function messageIn(value: unknown): Message | null;

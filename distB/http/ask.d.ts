import type { Caller, ConversationApi } from '../conversation/api.ts';
import type { Sent } from '../protocol/events.ts';
import type { Message, Metadata } from '../protocol/message.ts';
export interface Question {
    readonly sessionId: string;
    readonly text: string;
    /** What the route calls the text, for errors that name it. */
    readonly field: string;
    readonly id?: string | undefined;
    readonly metadata?: Metadata | undefined;
}
/** Sends a user's message, with an id made here where the caller gave none. */
export declare function send(api: ConversationApi, caller: Caller, question: Question): Promise<Sent>;
/** The final answer; rejects with its error where it ended as one (F4, F6). */
export declare function finalAnswer(api: ConversationApi, caller: Caller, sent: Sent, sessionId: string, signal: AbortSignal): Promise<Message>;

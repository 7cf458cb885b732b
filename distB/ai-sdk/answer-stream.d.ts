import type { UIMessageChunk } from 'ai';
import type { BatonClient, Message } from '../client/index.ts';
/**
 * Follows one answer and tells it in chunks, from its start: `start`, `start-step`, `text-start`, `text-delta` …, `text-end`,
 * sources, `finish-step`, `finish`. Where its text starts again from nothing (a higher `attempt`, or Redis holds another text), `reset-step`
 * takes back what was told and another `text-start` follows. One that fails ends with `error`; one that was stopped with `abort` and `finish`.
 */
export declare class AnswerChunks {
    #private;
    /** What is new in this view of the answer; views come in the order in which they were true. */
    next(answer: Message): UIMessageChunk[];
}
/**
 * The answer `answerId`, which the client holds, as a stream that outlives lost connections. Cancelling it lets the answer go on.
 * It ends early, with an `error` chunk, where the conversation is over or the client was closed or refused for good.
 */
export declare function streamAnswer(client: BatonClient, answerId: string): ReadableStream<UIMessageChunk>;

import type { Message, Metadata } from '../protocol/message.ts';
/** What names an answer's trace: the same for each of its owners, since all of it is kept with the answer. */
export interface TracedAnswer {
    readonly sessionId: string;
    readonly messageId: string;
    /** ISO 8601. An answer that is made again has another. */
    readonly createdAt: string;
}
/** One owner's part of an answer's trace. Nothing of it is called for each token. */
export interface AnswerTrace {
    takenOver(from: string, cause: string, outcome: string): void;
    /** The first text that came while this replica had it was stored. */
    firstText(): void;
    /** The model failed and is asked again. */
    retried(error: Error): void;
    /** This replica has no more to do with it; null where it is another's. */
    ended(message: Message | null, usage: Metadata): void;
}
/** Follows answers over replicas and deaths, for people who look at them from outside. */
export interface Tracer {
    /** This replica owns the answer from now on. */
    own(answer: TracedAnswer): AnswerTrace;
    /** Tells what is left to tell. */
    close(): Promise<void>;
}
export declare const noTrace: AnswerTrace;
export declare const noTracer: Tracer;

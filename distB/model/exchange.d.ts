import type { ResponseBody } from './response-body.ts';
/** What becomes of the events that answer a request. */
export interface EventTaker {
    /**
     * Takes the data of one event, `isError` where its name is `error`. `'whole'` says that it was the last; a promise is waited for
     * before the next one is given. Where it throws, the exchange ends and nothing more is given.
     */
    take(data: string, isError: boolean): TakeResult;
    /** UTF-16 units of text that came. */
    readonly spoken: number;
    /** All text came; what may follow, a usage perhaps, is worth a short wait. */
    readonly isFinished: boolean;
}
export type TakeResult = 'whole' | Promise<void> | undefined;
/** One request to the provider. */
export interface ProviderCall {
    /** Sends the request and gives the body of its reply; the signal ends it. */
    readonly ask: (signal: AbortSignal) => Promise<ResponseBody>;
    readonly taker: EventTaker;
    /** Turns what the request or its body failed with, or a `Refusal`, into an error that the caller may see. */
    readonly failure: (thrown: unknown) => unknown;
    /** Ends the exchange from outside: it rejects with the reason of the abort. */
    readonly connection: AbortController;
    readonly limits: ExchangeLimits;
}
/** Longest silences, in milliseconds. Time in which the taker makes us wait does not count (F7), and the largest event. */
export interface ExchangeLimits {
    /** Without any byte, comments included. */
    readonly timeoutMs: number;
    /** Without text. */
    readonly silenceMs: number;
    readonly maxEventBytes: number;
}
/**
 * Asks and hands the events over until the taker has enough or the body ends, which of them the caller knows from what it took.
 * Events are taken as the body's bytes come in, with no promise in between unless `take` asks for it: awaiting every token,
 * or even every chunk, costs the gateway more than all else that it does with it.
 */
export declare function converse({ ask, taker, failure, connection, limits }: ProviderCall): Promise<void>;
/**
 * What `end` makes of a conversation that went well. An abort of `signal` calls `leave` and rejects with the signal's reason
 * at once; `end` is not called then.
 */
export declare function unlessAborted<T>(conversation: Promise<void>, end: () => Promise<T>, signal: AbortSignal, leave: () => void): Promise<T>;

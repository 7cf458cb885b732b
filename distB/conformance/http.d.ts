import { type IncomingMessage } from 'node:http';
export interface Asked {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    /** An object goes as JSON, a string as it is. */
    readonly body?: object | string;
    /** Milliseconds until the whole reply is there. */
    readonly ms?: number;
    readonly signal: AbortSignal;
}
export interface Reply {
    readonly status: number;
    readonly headers: Readonly<Record<string, string | string[] | undefined>>;
    readonly text: string;
    /** The body read as JSON. Throws `Failure` where it is none. */
    json(): unknown;
}
/** The whole reply to one request, redirects not followed. A protocol switch gives the status 101. Rejects with `Failure`. */
export declare function fetchReply(url: string, asked: Asked): Promise<Reply>;
/** A reply whose body is still to come. The caller destroys it. Rejects with `Failure`. */
export declare function begin(url: string, asked: Asked, what: string, signal: AbortSignal): Promise<IncomingMessage>;
export declare function failureOf(problem: Error, signal: AbortSignal, what: string): Error;

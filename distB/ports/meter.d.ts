type Labels = Readonly<Record<string, readonly string[]>>;
/**
 * One series of Prometheus. `counter`: told what to add. `gauge`: told what to add, or what it is. `duration`: told
 * milliseconds, exported in seconds. `size`: told as it is.
 */
export interface Series<L extends Labels = Labels> {
    readonly kind: 'counter' | 'gauge' | 'duration' | 'size';
    readonly name: string;
    readonly help: string;
    /** Each label with the values that it may have; with none where the caller bounds them. */
    readonly labels: L;
    /** Upper bounds of a histogram's buckets, in what is exported. */
    readonly buckets: readonly number[];
}
/** Where bugs are caught: at a socket; at a message of the bus; at a subscriber of a session; at an answer's text; last, in the process. */
export declare const DOORS: readonly ['socket', 'bus', 'subscriber', 'answer', 'process'];
/** How an answer ended: by the model's finish reason where it is `complete`, by the error's code where it is one. */
export declare const ANSWER_ENDS: readonly ['stop', 'length', 'content_filter', 'other', 'stopped', 'llm_failed', 'interrupted', 'internal'];
export type AnswerEnd = (typeof ANSWER_ENDS)[number];
/** Statuses of a provider that mean something of their own; others are told as `2xx`, `4xx` …, no reply at all as `none`. */
export declare const MODEL_STATUSES: readonly ['200', '400', '401', '403', '404', '408', '429', '500', '502', '503', '504', '529', '2xx', '3xx', '4xx', '5xx', 'none'];
export type ModelStatus = (typeof MODEL_STATUSES)[number];
/** Everything that a replica reports of itself beside what the runtime says. */
export declare const SERIES: {
    readonly connections: Series<Readonly<Record<never, readonly string[]>>>;
    readonly connectsRefused: Series<{
        readonly reason: readonly ["draining", "origin", "rate_limited", "unauthorized", "internal"];
    }>;
    readonly socketsClosed: Series<{
        readonly reason: readonly ["drain", "age", "unread", "expired", "rate_limited", "malformed", "internal"];
    }>;
    readonly slowReaders: Series<Readonly<Record<never, readonly string[]>>>;
    readonly sessionsOpen: Series<Readonly<Record<never, readonly string[]>>>;
    readonly errors: Series<{
        readonly code: ["answer_in_progress" | "forbidden" | "internal" | "interrupted" | "invalid" | "llm_failed" | "message_not_found" | "overloaded" | "quota_exceeded" | "rate_limited" | "session_not_found" | "too_large" | "unauthorized", ...("answer_in_progress" | "forbidden" | "internal" | "interrupted" | "invalid" | "llm_failed" | "message_not_found" | "overloaded" | "quota_exceeded" | "rate_limited" | "session_not_found" | "too_large" | "unauthorized")[]];
    }>;
    readonly caught: Series<{
        readonly door: readonly ["socket", "bus", "subscriber", "answer", "process"];
    }>;
    readonly httpRequests: Series<{
        readonly method: readonly [];
        readonly route: readonly [];
        readonly status: readonly [];
    }>;
    readonly httpSeconds: Series<{
        readonly route: readonly [];
    }>;
    readonly answersRunning: Series<Readonly<Record<never, readonly string[]>>>;
    readonly answers: Series<{
        readonly end: readonly ["stop", "length", "content_filter", "other", "stopped", "llm_failed", "interrupted", "internal"];
    }>;
    readonly answerSeconds: Series<Readonly<Record<never, readonly string[]>>>;
    readonly firstToken: Series<Readonly<Record<never, readonly string[]>>>;
    readonly tokens: Series<Readonly<Record<never, readonly string[]>>>;
    readonly deltas: Series<Readonly<Record<never, readonly string[]>>>;
    readonly overBudget: Series<Readonly<Record<never, readonly string[]>>>;
    readonly modelRequests: Series<{
        readonly status: readonly ["200", "400", "401", "403", "404", "408", "429", "500", "502", "503", "504", "529", "2xx", "3xx", "4xx", "5xx", "none"];
    }>;
    readonly modelRetries: Series<Readonly<Record<never, readonly string[]>>>;
    readonly modelTokens: Series<{
        readonly model: readonly [];
        readonly direction: readonly ["input", "output"];
    }>;
    readonly retrieverFailures: Series<Readonly<Record<never, readonly string[]>>>;
    readonly takeovers: Series<{
        readonly cause: readonly ["death", "drain", "reclaim"];
        readonly outcome: readonly ["reattach", "continue", "restart", "interrupted"];
    }>;
    readonly takeoverSilence: Series<Readonly<Record<never, readonly string[]>>>;
    readonly handovers: Series<Readonly<Record<never, readonly string[]>>>;
    readonly deaths: Series<{
        readonly sign: readonly ["connection", "lease"];
    }>;
    readonly leaseLateness: Series<Readonly<Record<never, readonly string[]>>>;
    readonly leaseLapses: Series<Readonly<Record<never, readonly string[]>>>;
    readonly busDropped: Series<{
        readonly reason: readonly ["slow", "failed"];
    }>;
    readonly busMalformed: Series<Readonly<Record<never, readonly string[]>>>;
    readonly gaps: Series<Readonly<Record<never, readonly string[]>>>;
    readonly redisSeconds: Series<{
        readonly class: readonly ["append", "read", "write", "keep", "lease"];
    }>;
    readonly appendSeconds: Series<Readonly<Record<never, readonly string[]>>>;
    readonly appendAnswers: Series<Readonly<Record<never, readonly string[]>>>;
    readonly outages: Series<Readonly<Record<never, readonly string[]>>>;
    readonly returned: Series<{
        readonly outcome: readonly ["returned", "given_up"];
    }>;
    readonly loopLag: Series<Readonly<Record<never, readonly string[]>>>;
};
export type SeriesName = keyof typeof SERIES;
type LabelsOf<N extends SeriesName> = (typeof SERIES)[N]['labels'];
type Values<L extends Labels> = {
    readonly [K in keyof L]: L[K] extends readonly [] ? string : L[K][number];
};
type Instrument<L extends Labels> = keyof L extends never ? (value: number) => void : (value: number, labels: Values<L>) => void;
/**
 * What the layers report of themselves, a call for each series. A series without labels costs an addition, so the token path
 * pays no more than that; the metrics endpoint makes Prometheus series of them when it is scraped.
 */
export type Meter = {
    readonly [N in SeriesName]: Instrument<LabelsOf<N>>;
};
export declare const noMeter: Meter;
export {};

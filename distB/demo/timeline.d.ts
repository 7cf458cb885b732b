/** What happened, drawn: a row per replica, time from left to right. Pure. */
/** `replica` wrote the answer between these times, in milliseconds from the question. */
export interface Span {
    readonly replica: string;
    readonly from: number;
    readonly to: number;
}
export interface Happened {
    readonly replicas: readonly string[];
    readonly spans: readonly Span[];
    readonly struck: {
        readonly replica: string;
        readonly at: number;
        readonly isGone: boolean;
    };
    /** Milliseconds from the question to the answer's end. */
    readonly total: number;
}
/** One row of `width` columns per replica, in their order. */
export declare function rowsOf({ replicas, spans, struck, total }: Happened, width: number): string[];
/** The scale above the rows: a mark at every whole second, or at every second one and so on where they would touch. */
export declare function scaleOf(total: number, width: number): string;

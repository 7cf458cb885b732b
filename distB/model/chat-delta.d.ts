/** What the gateway reads of the delta of a choice, or of the message of a whole completion, unchecked. */
export interface Delta {
    readonly content?: unknown;
    readonly refusal?: unknown;
    /** The names by which providers send what the model thinks, beside parts of the content. */
    readonly reasoning_content?: unknown;
    readonly reasoning?: unknown;
    readonly thinking?: unknown;
    readonly reasoning_details?: unknown;
    readonly extra_content?: {
        readonly google?: {
            readonly thought?: unknown;
        } | null;
    } | null;
}
/** What a delta says. */
export interface Said {
    readonly text: string;
    /** Null where it tells of none; `''` where it only tells that there is some. */
    readonly reasoning: string | null;
}
/** Reads a delta of any provider (F7). Throws `ModelError` where its text is neither a string nor a list of parts. */
export declare function saidIn(delta: Delta): Said;
/** Whether a delta tells of reasoning at all. */
export declare function reasons(delta: Delta): boolean;

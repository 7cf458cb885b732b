/** What must not be shown of a provider's words, which may quote the request that they answer. */
export declare class Secrets {
    #private;
    constructor(values: readonly string[]);
    /** `text` without them, at most 300 characters of it. */
    hide(text: string): string;
}

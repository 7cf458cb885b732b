/** The tokens that all replicas together may spend on answers in a day, by UTC (`DAILY_TOKEN_LIMIT`). */
export interface TokenBudget {
    /** Milliseconds until there are tokens again; null while there are. Never rejects. */
    exhausted(): Promise<number | null>;
    /** Counts what an answer took, in the background. */
    spend(tokens: number): void;
}
export declare const noBudget: TokenBudget;

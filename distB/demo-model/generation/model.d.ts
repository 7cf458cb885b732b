import type { Prompt } from '../mind/prompt.ts';
/** What the model is doing, for `/healthz`. */
export interface Activity {
    /** Answers that are being generated. */
    readonly running: number;
    /** Tokens generated since the start. */
    readonly tokens: number;
}
export interface Outcome {
    /** `length` where the limit cut the answer off. */
    readonly finishReason: 'stop' | 'length';
    readonly promptTokens: number;
    readonly completionTokens: number;
}
/** One answer that is about to be generated. */
export interface Plan {
    /** The answer's tokens at the model's pace, once; ends early when `signal` aborts. */
    tokens(signal: AbortSignal): AsyncGenerator<string>;
    /** So far; final once `tokens` has ended. */
    outcome(): Outcome;
}
export interface Model {
    readonly activity: Activity;
    /** Thinks of the answer to `prompt`, of at most `maxTokens` tokens. */
    plan(prompt: Prompt, maxTokens: number): Plan;
}
export declare function createModel(tokensPerSecond: number, random: () => number): Model;

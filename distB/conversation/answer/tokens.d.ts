import { type Usage } from '../../ports/model.ts';
/** An answer's tokens over all of its requests; `estimated` where a provider did not tell all of them. */
export type TotalUsage = Usage & {
    readonly estimated?: true;
};
/**
 * Counts what an answer costs: the sum over its requests, those of an owner before this one included as far as its text
 * tells. What a provider does not say, or what was cut off before it could, is estimated.
 */
export declare class Spent {
    #private;
    /** `inheritedBytes`: the answer's text of an owner before this one. */
    constructor(inheritedBytes?: number);
    /** A request begins; `goesOn` where it is the same one to the provider as before (F3, reattach), which then counts once. */
    begin(promptTokens: number, goesOn: boolean): void;
    /** Text or reasoning came. */
    output(bytes: number): void;
    tell(usage: Usage): void;
    /** The request was given up, not refused. */
    cut(): void;
    /** The request ended well: what was told of it is all of it. */
    end(): void;
    /** All so far; null where nothing was asked of any model. No request may follow. */
    total(): TotalUsage | null;
}
/** Of what was asked, and of what was answered, by either API's name. */
export declare function inputOf({ prompt_tokens, input_tokens }: Usage): number;
export declare function outputOf({ completion_tokens, output_tokens }: Usage): number;
/** All tokens of it. */
export declare function tokensOf(usage: Usage): number;

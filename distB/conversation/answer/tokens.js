import { estimatedTokens } from '../../ports/model.js';
/**
 * Counts what an answer costs: the sum over its requests, those of an owner before this one included as far as its text
 * tells. What a provider does not say, or what was cut off before it could, is estimated.
 */
export class Spent {
    #sum = null;
    #isEstimated = false;
    #open;
    /** `inheritedBytes`: the answer's text of an owner before this one. */
    constructor(inheritedBytes = 0) {
        this.#open = inheritedBytes === 0 ? null : spending(0, inheritedBytes);
    }
    /** A request begins; `goesOn` where it is the same one to the provider as before (F3, reattach), which then counts once. */
    begin(promptTokens, goesOn) {
        if (this.#open !== null && this.#open.promptTokens === 0)
            this.#open.promptTokens = promptTokens;
        if (goesOn && this.#open !== null)
            return;
        this.#close();
        this.#open = { ...spending(promptTokens, 0), counts: false };
    }
    /** Text or reasoning came. */
    output(bytes) {
        if (this.#open === null)
            return;
        this.#open.outputBytes += bytes;
        this.#open.counts = true;
    }
    tell(usage) {
        if (this.#open === null)
            return;
        this.#open.told = usage;
        this.#open.counts = true;
    }
    /** The request was given up, not refused. */
    cut() {
        if (this.#open !== null)
            this.#open.counts = true;
    }
    /** The request ended well: what was told of it is all of it. */
    end() {
        const { told } = this.#open ?? { told: null };
        if (told === null)
            return this.#close();
        this.#open = null;
        this.#add(told);
    }
    /** All so far; null where nothing was asked of any model. No request may follow. */
    total() {
        this.#close();
        if (this.#sum === null)
            return null;
        return this.#isEstimated ? { ...this.#sum, estimated: true } : this.#sum;
    }
    #close() {
        const open = this.#open;
        this.#open = null;
        if (open === null || !open.counts)
            return;
        this.#isEstimated = true;
        const [prompt, completion] = [open.promptTokens, estimatedTokens(open.outputBytes)];
        const speaksOfInput = { ...this.#sum, ...open.told }.input_tokens !== undefined;
        const estimate = speaksOfInput
            ? { input_tokens: prompt, output_tokens: completion }
            : { prompt_tokens: prompt, completion_tokens: completion };
        const usage = { ...estimate, ...open.told };
        this.#add({ ...usage, total_tokens: Math.max(open.told?.total_tokens ?? 0, partsOf(usage)) });
    }
    #add(usage) {
        if (this.#sum === null) {
            this.#sum = usage;
            return;
        }
        const sum = { ...this.#sum };
        for (const field of Object.keys(usage))
            sum[field] = (sum[field] ?? 0) + (usage[field] ?? 0);
        this.#sum = { ...sum, total_tokens: tokensOf(this.#sum) + tokensOf(usage) };
    }
}
function spending(promptTokens, outputBytes) {
    return { promptTokens, outputBytes, told: null, counts: true };
}
/** Of what was asked, and of what was answered, by either API's name. */
export function inputOf({ prompt_tokens, input_tokens }) {
    return prompt_tokens ?? input_tokens ?? 0;
}
export function outputOf({ completion_tokens, output_tokens }) {
    return completion_tokens ?? output_tokens ?? 0;
}
/** All tokens of it. */
export function tokensOf(usage) {
    return usage.total_tokens ?? partsOf(usage);
}
function partsOf(usage) {
    return inputOf(usage) + outputOf(usage);
}
//# sourceMappingURL=tokens.js.map
import { reasons, saidIn } from './chat-delta.js';
import { ChunkShape } from './chunk-shape.js';
import { brokenOff, gaveUp } from './errors.js';
import { bounded, finishReasonOf } from './finish-reason.js';
import { parseObject } from './json.js';
import { complaintOf, Refusal } from './refusal.js';
import { usageOf } from './usage.js';
/** Said by some providers where there is no finish reason yet. */
const NO_REASON = new Set(['', 'null', 'none']);
/**
 * Gathers one answer from its chunks: text, then `finish_reason`, then perhaps a chunk with the usage, then `[DONE]`. Of several choices the
 * one with index 0 counts. What is no text (a keep-alive, remarks on the prompt, a kind that nobody knows) is passed over.
 */
export class ChatAnswer {
    #sink;
    #output;
    #shape = new ChunkShape();
    #finishReason;
    #model;
    constructor(sink, output) {
        this.#sink = sink;
        this.#output = output;
    }
    get spoken() {
        return this.#output.spoken;
    }
    get isFinished() {
        return this.#finishReason !== undefined;
    }
    take(data, isError) {
        const text = isError ? null : this.#shape.textOf(data);
        if (text !== null)
            return this.#output.text(text);
        if (data.startsWith('[DONE]'))
            return 'whole';
        const chunk = parseObject(data);
        if (isError || chunk.error || chunk.object === 'error' || chunk.type === 'error')
            throw new Refusal(null, complaintOf(chunk.error || chunk));
        const choice = firstOf(chunk);
        if (choice?.error)
            throw new Refusal(null, complaintOf(choice.error));
        if (this.#model === undefined && typeof chunk.model === 'string')
            this.#model = bounded(chunk.model);
        this.#count(chunk.usage ?? choice?.usage ?? chunk.x_groq?.usage);
        return choice === null ? undefined : this.#takeChoice(choice, chunk, data);
    }
    async end() {
        if (this.#finishReason === undefined)
            throw brokenOff();
        await this.#output.end();
        return {
            finishReason: this.#finishReason,
            ...(this.#model && { model: this.#model }),
        };
    }
    #takeChoice(choice, chunk, data) {
        const plain = plainTextOf(chunk);
        if (plain !== null)
            this.#shape.learn(data, plain, (other) => plainTextOf(parseObject(other)));
        // Some providers repeat the whole message beside the last delta.
        const said = choice.delta ?? (this.spoken === 0 ? choice.message : null);
        const { text, reasoning } = saidIn(said ?? {});
        if (reasoning !== null)
            this.#output.reasoning(reasoning);
        const taken = text === '' ? undefined : this.#output.text(text);
        const reason = choice.finish_reason;
        return typeof reason !== 'string' || NO_REASON.has(reason) ? taken : this.#finish(reason, taken);
    }
    #finish(said, taken) {
        const reason = finishReasonOf(said);
        if (reason !== null) {
            this.#finishReason = reason;
            return taken;
        }
        if (taken instanceof Promise)
            return taken.then(() => Promise.reject(gaveUp(said)));
        throw gaveUp(said);
    }
    #count(usage) {
        if (typeof usage === 'object' && usage !== null)
            this.#sink.usage?.(usageOf(usage));
    }
}
/** The choice that is the answer; null where the chunk has none. */
function firstOf({ choices }) {
    if (!Array.isArray(choices))
        return null;
    const found = choices.find((choice) => (choice?.index ?? 0) === 0);
    return typeof found === 'object' && found !== null ? found : null;
}
/** The text of a chunk that says nothing else; null of any other. */
function plainTextOf(chunk) {
    const choice = firstOf(chunk);
    const delta = choice?.delta;
    if (choice === null || !delta || chunk.error || choice.error || choice.finish_reason)
        return null;
    if (chunk.usage || choice.usage || chunk.x_groq?.usage || delta.refusal || reasons(delta))
        return null;
    return typeof delta.content === 'string' && delta.content !== '' ? delta.content : null;
}
//# sourceMappingURL=chat-answer.js.map
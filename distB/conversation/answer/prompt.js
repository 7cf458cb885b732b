import { estimatedTokens } from '../../ports/model.js';
/** What a provider puts around a turn, in tokens. */
const TURN_TOKENS = 4;
/**
 * What the model is given for one answer (S7): the system prompt with the retrieved documents in it (S8), where there is
 * either, then the conversation. That begins with a user's turn, has no two neighbours of one role and nothing without
 * words, because models' templates refuse all else. It can be made shorter, down to the new message.
 */
export class Prompt {
    #options;
    /** Messages with words, each by itself, oldest first; the first is a user's, the last the new one. */
    #said;
    #documents = [];
    /** `messages` are those before the empty answer, oldest first, the new one last. */
    constructor(messages, options) {
        this.#options = options;
        this.#said = fromUser(messages.slice(-options.contextMessages).filter(hasWords));
        this.#fit();
    }
    /** The new message. */
    get query() {
        return this.#said.at(-1)?.content ?? '';
    }
    get conversation() {
        return joined(this.#said);
    }
    get turns() {
        const system = systemTurn(this.#options.systemPrompt, this.#documents);
        return system === '' ? this.conversation : [{ role: 'system', content: system }, ...this.conversation];
    }
    /** The documents as an answer's `metadata.sources` shows them: without their text. */
    get sources() {
        return this.#documents.map(({ text: _, ...model }) => model);
    }
    /** About how many tokens it is. */
    get tokens() {
        return this.turns.reduce((sum, turn) => sum + costOf(turn), 0);
    }
    /** Puts the documents in; where there is a limit, what is oldest makes room for them. */
    add(documents) {
        this.#documents = documents;
        this.#fit();
    }
    /**
     * Drops the older half of the conversation; where only the new message is left, the documents. False where there is nothing
     * left to drop.
     */
    shorten() {
        const { length } = this.#said;
        if (length > 1)
            this.#said = fromUser(this.#said.slice(Math.floor(length / 2)));
        else if (this.#documents.length > 0)
            this.#documents = [];
        else
            return false;
        return true;
    }
    /** Drops what is oldest until the estimate fits `CONTEXT_TOKENS`; the new message stays. */
    #fit() {
        const { contextTokens, systemPrompt } = this.#options;
        if (contextTokens === 0)
            return;
        const system = systemTurn(systemPrompt, this.#documents);
        let room = contextTokens - (system === '' ? 0 : costOf({ content: system }));
        let from = this.#said.length;
        for (let turn = this.#said[from - 1]; turn !== undefined; turn = this.#said[from - 1]) {
            room -= costOf(turn);
            if (room < 0 && from < this.#said.length)
                break;
            from--;
        }
        this.#said = fromUser(this.#said.slice(from));
    }
}
function costOf({ content }) {
    return estimatedTokens(Buffer.byteLength(content)) + TURN_TOKENS;
}
const hasWords = ({ content }) => content.trim() !== '';
function fromUser(turns) {
    const first = turns.findIndex(({ role }) => role === 'user');
    return first < 0 ? [] : turns.slice(first);
}
/** Neighbours of one role as one turn. */
function joined(said) {
    const turns = [];
    for (const { role, content } of said) {
        const last = turns.at(-1);
        if (last?.role === role)
            turns[turns.length - 1] = { role, content: `${last.content}\n\n${content}` };
        else
            turns.push({ role, content });
    }
    return turns;
}
function systemTurn(systemPrompt, documents) {
    const sources = documents.map((document, i) => `[${i + 1}] ${document.title}\n${document.text}`);
    const parts = [systemPrompt.trim() === '' ? [] : [systemPrompt]];
    if (sources.length > 0)
        parts.push(['Use these documents where they help:', ...sources]);
    return parts.flat().join('\n\n');
}
//# sourceMappingURL=prompt.js.map
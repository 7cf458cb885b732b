import { type Turn } from '../../ports/model.ts';
import type { RetrievedDocument } from '../../ports/retriever.ts';
export interface PromptOptions {
    /** Blank: none. */
    readonly systemPrompt: string;
    /** `CONTEXT_MESSAGES`. */
    readonly contextMessages: number;
    /** `CONTEXT_TOKENS`; 0 for no limit. */
    readonly contextTokens: number;
}
/**
 * What the model is given for one answer (S7): the system prompt with the retrieved documents in it (S8), where there is
 * either, then the conversation. That begins with a user's turn, has no two neighbours of one role and nothing without
 * words, because models' templates refuse all else. It can be made shorter, down to the new message.
 */
export declare class Prompt {
    #private;
    /** `messages` are those before the empty answer, oldest first, the new one last. */
    constructor(messages: readonly Turn[], options: PromptOptions);
    /** The new message. */
    get query(): string;
    get conversation(): readonly Turn[];
    get turns(): readonly Turn[];
    /** The documents as an answer's `metadata.sources` shows them: without their text. */
    get sources(): readonly Omit<RetrievedDocument, 'text'>[];
    /** About how many tokens it is. */
    get tokens(): number;
    /** Puts the documents in; where there is a limit, what is oldest makes room for them. */
    add(documents: readonly RetrievedDocument[]): void;
    /**
     * Drops the older half of the conversation; where only the new message is left, the documents. False where there is nothing
     * left to drop.
     */
    shorten(): boolean;
}

import type { ClientState } from '../client/index.ts';
/** What the site offers to ask after a message, or, where `after` is undefined, at the start. */
export interface Suggested {
    readonly questions: readonly string[];
    readonly after: string | undefined;
}
/**
 * What can be asked by a press of a button: `starters` where nothing was said yet; after an answer, what the site suggested, or else
 * the answer's own `metadata.suggestions`.
 */
export declare function questionsFor(state: ClientState, starters: string | readonly string[] | null, suggested: Suggested | null): readonly string[];
export declare function isEmpty({ messages, outbox }: ClientState): boolean;

import { type TemplateResult } from 'lit';
import type { Past } from './conversations.ts';
import type { Locale } from './locales/index.ts';
export interface ConversationListDeps {
    list(): readonly Past[];
    put(past: Past): void;
    /** Takes it out of the list. */
    remove(id: string): void;
    /** Deletes it at the gateway, for everybody. */
    forget(id: string): void;
    /** Goes on with this one. */
    open(id: string): void;
    /** Gives the present conversation as a file. */
    save(): void;
    changed(): void;
}
/** The conversations that the visitor can go back to: searched, named, deleted. */
export declare class ConversationList {
    #private;
    constructor(deps: ConversationListDeps);
    /** `present`: the id of the conversation that is open. */
    render(present: string | null, { tag, strings }: Locale): TemplateResult;
    /** What was deleted is gone now: it cannot be taken back any more. */
    settle(): void;
}

import type { ClientState } from '../client/index.ts';
import type { StorageName } from './options-element.ts';
/** A conversation that the visitor has had from this browser. */
export interface Past {
    readonly id: string;
    /** The first question, or what the visitor calls it. */
    readonly title: string;
    /** When something was last said; ISO 8601. */
    readonly at: string;
    /** When the gateway forgets it, as far as is known here; milliseconds since 1970. */
    readonly until: number;
    /** It was left while an answer was coming. */
    readonly unread: boolean;
}
/** The visitor's conversations, the latest first. Their ids are the keys to them, so they are kept just where the present one's is. */
export declare class Conversations {
    #private;
    constructor(storage: StorageName, userId: string | null);
    get list(): readonly Past[];
    /** Keeps the conversation that is open, once something was said in it. */
    note({ session, messages, answering }: ClientState): void;
    /** Adds or changes an entry. */
    put(past: Past): void;
    remove(id: string): void;
}

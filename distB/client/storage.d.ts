/** Where the client keeps the session's id and unsent messages between page loads. */
import type { Metadata } from '../protocol/message.ts';
/** A message on its way: its id is the idempotency key (M2), so it may be sent any number of times. */
export interface OutgoingDraft {
    readonly id: string;
    readonly content: string;
    readonly metadata?: Metadata;
}
/** The part of the Web Storage interface that is used. */
export interface StorageLike {
    getItem(key: string): string | null;
    setItem(key: string, value: string): void;
    removeItem(key: string): void;
}
export type StorageChoice = 'local' | 'session' | 'none' | StorageLike;
/** One client's entries. A storage that refuses (private mode, quota, blocked cookies) is as good as none: nothing here throws. */
export declare class ClientStorage {
    #private;
    constructor(choice: StorageChoice, prefix: string);
    get sessionId(): string | null;
    set sessionId(id: string | null);
    get unsent(): readonly OutgoingDraft[];
    keep(draft: OutgoingDraft): void;
    drop(id: string): void;
    /** Calls back when another tab has changed the session's id. Returns the function that ends it. */
    watch(onChange: () => void): () => void;
}
/** What keeps entries as `choice` says; a memory of its own where that is none, or forbidden. */
export declare function storageOf(choice: StorageChoice): StorageLike;

import type { Sent } from '../protocol/events.ts';
import { ClientError } from './errors.ts';
import type { ClientStorage, OutgoingDraft } from './storage.ts';
export interface Outgoing extends OutgoingDraft {
    /** `failed` ones wait for `retry` or `discard`. */
    readonly status: 'pending' | 'failed';
    readonly error: ClientError | null;
}
export interface OutboxDeps {
    readonly storage: ClientStorage;
    /** One try; rejects with `ClientError`. */
    readonly deliver: (draft: OutgoingDraft) => Promise<Sent>;
    /** Whether a try makes sense now; when that may have changed, `flush` is called. */
    readonly ready: (alreadySent: boolean) => boolean;
    readonly changed: () => void;
}
/** Sends messages one after the other, each until it is acknowledged, so that what was typed offline arrives exactly once. */
export declare class Outbox {
    #private;
    constructor(deps: OutboxDeps);
    get list(): readonly Outgoing[];
    get hasPending(): boolean;
    /** Something was acknowledged that could still be lost (G1). */
    get hasProvisional(): boolean;
    add(draft: OutgoingDraft): Promise<Sent>;
    retry(id: string): void;
    discard(id: string): void;
    /**
     * It is known what Redis holds: a message that was acknowledged with `persisted: false` and is not there goes out again, under
     * its old id, before everything that was said later (M2, G4).
     */
    settle(isThere: (id: string) => boolean): void;
    /** The session of what was acknowledged is over: nothing of it is sent again. */
    forgetProvisional(): void;
    /** Gives up everything that is on its way. */
    empty(): void;
    /** Sends what is pending as far as that is possible now. */
    flush(): void;
    /** Ends every wait. What is pending stays, and is sent when the client is opened again. */
    pause(): void;
}

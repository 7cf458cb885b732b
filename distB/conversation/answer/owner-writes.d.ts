import { type Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { type Fenced, type Finished, type Restarted, type SessionStore } from '../../ports/session-store.ts';
import type { Message } from '../../protocol/message.ts';
import type { OwnedAnswer } from './owned-answer.ts';
/** How an answer that was refused something stands: `broken` where it is this replica's, but one of its keys was lost (G6); `gone` with its session. */
export type Ownership = 'ours' | 'theirs' | 'broken' | 'gone';
export interface OwnerWritesOptions {
    /** This replica and incarnation, as others reach it: `r1.4f2a9c`. */
    readonly address: string;
    readonly store: SessionStore;
    readonly clock: Clock;
    readonly log: Log;
    /** It is the answer that this replica produces in its session. */
    isProduced(answer: OwnedAnswer): boolean;
}
/** What the owner of an answer has to tell the store of it, for as long as that takes. Rejects with what is no outage. */
export declare class OwnerWrites {
    #private;
    constructor(options: OwnerWritesOptions);
    /** Begins the answer's next attempt, `message`, from nothing. */
    restart(answer: OwnedAnswer, message: Message): Promise<Restarted | Fenced>;
    /** Writes the answer's end. `at` is `last_activity`. Null where the answer was lost meanwhile. */
    finish(answer: OwnedAnswer, end: Message, at: string): Promise<{
        readonly message: Message;
        readonly finished: Finished;
    } | null>;
    /**
     * Whether the running answer is still this replica's in the store: under another epoch than `refused`, which it takes together
     * with the attempt (G4), or with less text than was confirmed, which is then to be stored again. It is
     * `theirs` where another replica added text in between, even if a later claim of this one took it back: that claim goes on with it (F1).
     */
    ownershipOf(answer: OwnedAnswer, refused: number): Promise<Ownership>;
}

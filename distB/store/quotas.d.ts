import type { Clock } from '../ports/clock.ts';
import type { Account, Begun, Quota, Quotas, UsedUp } from '../ports/quotas.ts';
import { type GiveBack } from '../ports/rate-limiter.ts';
/** What is counted for one user or group, on one day. */
export interface Subject {
    /** `user:<id>` or `group:<name>`. */
    readonly name: string;
    /** By UTC: `2026-03-01`. */
    readonly day: string;
}
/** What is taken at once. */
export interface Taking {
    readonly messages: number;
    readonly sessions: number;
    /** The answer that begins, with the user's group; null where none does. */
    readonly answer: (AnswerKey & {
        readonly group: string;
    }) | null;
}
/** One of the answers at once. A session has one, or several while it is not told yet which of them begins. */
export interface AnswerKey {
    readonly sessionId: string;
    /** Of one call that would begin an answer, and no other. */
    readonly key: string;
}
/** What is counted back, or beyond what was taken. */
export interface Release {
    readonly messages: number;
    readonly sessions: number;
    readonly tokens: number;
    /** The answer that is one at once no more; null for none. */
    readonly answer: AnswerKey | null;
}
/** The counts of users and groups. Each call is atomic, costs the same however much is counted, and may reject. */
export interface Ledger {
    /** Takes all of it, or, where one of it is used up, nothing: gives which. */
    take(subject: Subject, taking: Taking, quota: Quota, now: number): Promise<keyof Quota | null>;
    /** Where the answer that it names is not among those at once it was counted before, and nothing is. */
    release(subject: Subject, release: Release): Promise<void>;
    /** The group that an answer began with; null where it is not among those at once. */
    groupOf(subject: Subject, answer: AnswerKey): Promise<string | null>;
}
/** An answer that was not ended so long after its beginning has nobody who would end it: it is one at once no more. */
export declare const LAPSE_MS: number;
export interface Limits {
    readonly user: Quota;
    /** Null where groups have none. */
    readonly group: Quota | null;
}
/** What an account takes is taken of its user's quota and of its group's. */
export declare class AccountQuotas implements Quotas {
    #private;
    constructor(ledger: Ledger, limits: Limits, clock: Clock);
    beginAnswer(account: Account, sessionId: string, answer: Begun): Promise<UsedUp | GiveBack>;
    makeSession(account: Account): Promise<UsedUp | GiveBack>;
    endAnswer(user: string, sessionId: string, answer: Begun, tokens: number): void;
    /** Counts what waits for it, as far as that can be now. */
    close(): Promise<void>;
}

import type { Message } from '../protocol/message.ts';
import { type GiveBack } from './rate-limiter.ts';
/** Whom that what is used counts for. */
export interface Account {
    readonly user: string;
    /** Of whom the user's token says that it is one (`JWT_GROUP_CLAIM`). */
    readonly group?: string | undefined;
}
/** What somebody may use in a day, by UTC, and of answers at once; 0: as much as it likes. */
export interface Quota {
    readonly messages: number;
    readonly sessions: number;
    /** Of prompts and answers. */
    readonly tokens: number;
    readonly answers: number;
}
/** An answer as it was begun: one that is begun again is another, though its id stays. */
export type Begun = Pick<Message, 'id' | 'createdAt'>;
/** Of this there is no more for now. */
export interface UsedUp {
    readonly what: keyof Quota;
    readonly whose: 'user' | 'group';
    /** Milliseconds until there may be more. */
    readonly retryAfterMs: number;
}
/**
 * What users and groups use, counted over all replicas. A quota bounds a bill, it is not the service: where it cannot be
 * counted nobody is refused. Nothing here rejects.
 */
export interface Quotas {
    /** Takes a message and an answer of this session, which is one of those at once until `endAnswer`. */
    beginAnswer(account: Account, sessionId: string, answer: Begun): Promise<UsedUp | GiveBack>;
    /** An answer in a session of this user has ended, wherever it began. Counted once, in the background, when that can be. */
    endAnswer(user: string, sessionId: string, answer: Begun, tokens: number): void;
    /** Takes a session that is to be made. */
    makeSession(account: Account): Promise<UsedUp | GiveBack>;
}
export declare const noQuotas: Quotas;

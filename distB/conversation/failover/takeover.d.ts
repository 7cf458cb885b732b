import type { Bus } from '../../ports/bus.ts';
import { type Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Membership } from '../../ports/membership.ts';
import type { Meter } from '../../ports/meter.ts';
import type { Quotas } from '../../ports/quotas.ts';
import { type Claimed, type SessionStore, type StoredSession } from '../../ports/session-store.ts';
import type { AnswerRunner } from '../answer/answer-runner.ts';
import { OwnedAnswer } from '../answer/owned-answer.ts';
import type { SessionCache } from '../follow/session-cache.ts';
import type { SessionFeeds } from '../follow/session-feeds.ts';
import type { FailureDetector } from './failure-detector.ts';
import type { OwnedSessions } from './owned-sessions.ts';
import type { RecentTakeovers } from './recent-takeovers.ts';
export interface TakeoverOptions {
    readonly address: string;
    readonly store: SessionStore;
    readonly membership: Membership;
    readonly bus: Bus;
    readonly runner: AnswerRunner;
    readonly ownedSessions: OwnedSessions;
    readonly feeds: SessionFeeds;
    readonly cache: SessionCache;
    readonly detector: FailureDetector;
    readonly clock: Clock;
    readonly meter: Meter;
    readonly recentTakeovers: RecentTakeovers;
    readonly quotas: Quotas;
    readonly log: Log;
    readonly leaseMs: number;
}
/** Takes answers over from replicas that can go on no more (F2, F3). */
export declare class Takeover {
    #private;
    constructor(options: TakeoverOptions);
    /** Takes over what a dead replica had, with the others that are left. Never rejects. */
    recover(dead: string): Promise<void>;
    /** This replica drains: the others go on with what it meets. */
    stopClaiming(): void;
    /**
     * Takes the session's running answer from `owner`, and gives whether that still had it. Rejects where the store is away, or
     * this replica is going.
     */
    adopt(sessionId: string, owner: string): Promise<boolean>;
    /** Somebody has met an answer of the session that `owner` owns: it must not be a dead one, nor this replica unawares. */
    meet(sessionId: string, owner: string): void;
    /** One that was refused `epoch` may find that nobody has the answer: a failover may have undone its own claim. */
    afterRefusal(answer: OwnedAnswer, epoch: number): Promise<void>;
    /**
     * Takes the answer if its owner is dead, or if the owner is this replica by a claim whose reply was lost. For a caller who
     * meets an answer that another one owns: a client that opens a session need not wait until the death is noticed. Rejects
     * where it cannot be told whether the owner lives. Then ask again: an owner that was removed before its claim arrived is on no list.
     */
    adoptIfDead(sessionId: string, owner: string): Promise<void>;
    /**
     * Sees to it that the running answer of the session, if there is one, has an owner that produces it. A call that began or
     * claimed it may have reached the store so late that its replica was removed, or had given it up. Tries for as long as it
     * takes, for nobody else may come by. Never rejects.
     */
    lookAfter(sessionId: string): Promise<void>;
    /**
     * Finds out, for as long as it takes, whether a claim that got no reply was made, and then goes on with the answer. The
     * session was entered before the claim, and stays so until then: for a lease's time, because the call may still be on its
     * way (a connection that was given up is emptied by the system, when the network lets it). False where nothing of this
     * replica's was found. Never rejects.
     */
    resolveUnansweredClaim(sessionId: string): Promise<boolean>;
    stop(): void;
}
/** The answer as its new owner has it. */
export declare function ownedBy({ id: sessionId, userId }: Pick<StoredSession, 'id' | 'userId'>, { running, message, watchers }: Claimed, address: string): OwnedAnswer;

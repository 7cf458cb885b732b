import type { Bus } from '../ports/bus.ts';
import { type Clock } from '../ports/clock.ts';
import type { Membership } from '../ports/membership.ts';
import type { Meter } from '../ports/meter.ts';
import type { Model } from '../ports/model.ts';
import type { AnswerRunner } from './answer/answer-runner.ts';
import type { FailureDetector } from './failover/failure-detector.ts';
import type { OwnedSessions } from './failover/owned-sessions.ts';
import type { Takeover } from './failover/takeover.ts';
import type { TtlRefresher } from './failover/ttl-refresher.ts';
import type { SessionFeeds } from './follow/session-feeds.ts';
export interface ShutdownOptions {
    readonly address: string;
    readonly model: Model;
    readonly runner: AnswerRunner;
    readonly takeover: Takeover;
    readonly detector: FailureDetector;
    readonly ownedSessions: OwnedSessions;
    readonly ttlRefresher: TtlRefresher;
    readonly feeds: SessionFeeds;
    readonly membership: Membership;
    readonly bus: Bus;
    readonly clock: Clock;
    readonly meter: Meter;
}
/** How a replica goes: its answers first, then the replica itself. */
export declare class Shutdown {
    #private;
    constructor(options: ShutdownOptions);
    /** Lets answers finish for half of `withinMs`, then hands what still runs over to other replicas (F5). */
    drain(withinMs: number): Promise<void>;
    /** Stops everything, and leaves what still runs for the next replica. */
    close(): Promise<void>;
}

import type { Bus } from '../../ports/bus.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Recall } from '../../ports/recall.ts';
import type { RunningAnswer, Snapshot, Watch } from '../../ports/session-store.ts';
import type { Message } from '../../protocol/message.ts';
import type { AnswerRunner } from '../answer/answer-runner.ts';
import type { SessionCache } from '../follow/session-cache.ts';
import type { SessionCopy } from '../follow/session-copy.ts';
import type { SessionFeeds } from '../follow/session-feeds.ts';
import type { OwnedSessions } from './owned-sessions.ts';
import type { Takeover } from './takeover.ts';
export interface RecallOptions {
    readonly address: string;
    readonly runner: AnswerRunner;
    readonly takeover: Takeover;
    readonly ownedSessions: OwnedSessions;
    readonly feeds: SessionFeeds;
    readonly cache: SessionCache;
    readonly bus: Bus;
    readonly clock: Clock;
}
/** What this replica knows of its sessions, for a store that goes on without its shared one (G). */
export declare class ReplicaRecall implements Recall {
    #private;
    constructor(options: RecallOptions);
    copyOf(sessionId: string): SessionCopy | undefined;
    runningOf(sessionId: string): RunningAnswer | null;
    watchOf(sessionId: string): Watch | null;
    held(sessionId: string, messages: readonly Message[]): void;
    interrupt(sessionId: string): void;
    returning(): Promise<void>;
    tracked<T>(sessionId: string, work: () => Promise<T>): Promise<T>;
    released(sessionId: string, snapshot: Snapshot | null, { after, watchers }: {
        readonly after: number;
        readonly watchers: readonly string[];
    }): void;
}

import type { BusMessage } from '../ports/bus.ts';
import type { Log } from '../ports/log.ts';
import type { AnswerPublisher } from './answer/answer-publisher.ts';
import type { AnswerRunner } from './answer/answer-runner.ts';
import type { FailureDetector } from './failover/failure-detector.ts';
import type { Takeover } from './failover/takeover.ts';
import type { SessionCache } from './follow/session-cache.ts';
import type { SessionFeeds } from './follow/session-feeds.ts';
import type { Reports } from './reports.ts';
export interface InboxOptions {
    readonly address: string;
    readonly runner: AnswerRunner;
    readonly publisher: AnswerPublisher;
    readonly feeds: SessionFeeds;
    readonly cache: SessionCache;
    readonly takeover: Takeover;
    readonly detector: FailureDetector;
    readonly reports: Reports;
    readonly log: Log;
}
/** Gives what other replicas say to whom it concerns here. */
export declare class Inbox {
    #private;
    constructor(options: InboxOptions);
    take(busMessage: BusMessage): void;
}

import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { SessionStore } from '../../ports/session-store.ts';
import type { AnswerPublisher } from '../answer/answer-publisher.ts';
import type { AnswerRunner } from '../answer/answer-runner.ts';
import type { Takeover } from './takeover.ts';
export interface TtlRefresherOptions {
    readonly store: SessionStore;
    readonly clock: Clock;
    readonly log: Log;
    /** `SESSION_TTL`. */
    readonly ttlSeconds: number;
    readonly runner: AnswerRunner;
    readonly publisher: AnswerPublisher;
    readonly takeover: Takeover;
}
/** Refreshes the TTL of sessions with a running answer (S3), once a second instead of at each append. */
export declare class TtlRefresher {
    #private;
    constructor(options: TtlRefresherOptions);
    close(): void;
}

import type { Bus } from '../../ports/bus.ts';
import type { Clock } from '../../ports/clock.ts';
import { type Meter } from '../../ports/meter.ts';
import type { Quotas } from '../../ports/quotas.ts';
import type { Finished, SessionStore } from '../../ports/session-store.ts';
import type { TokenBudget } from '../../ports/token-budget.ts';
import type { ActivityKind } from '../../protocol/events.ts';
import type { Message } from '../../protocol/message.ts';
import type { SessionCache } from '../follow/session-cache.ts';
import type { SessionFeeds } from '../follow/session-feeds.ts';
import type { AnswerEvents } from './answer-events.ts';
import type { OwnedAnswer } from './owned-answer.ts';
export interface AnswerPublisherOptions {
    readonly address: string;
    readonly store: SessionStore;
    readonly bus: Bus;
    readonly feeds: SessionFeeds;
    readonly cache: SessionCache;
    readonly clock: Clock;
    readonly meter: Meter;
    readonly budget: TokenBudget;
    readonly quotas: Quotas;
    /** `LLM_MODEL`. */
    readonly modelName: string;
    /** `SESSION_TTL`. */
    readonly ttlSeconds: number;
}
/** Tells the subscribers of an answer, here and at the other replicas, what becomes of it. */
export declare class AnswerPublisher implements AnswerEvents {
    #private;
    constructor(options: AnswerPublisherOptions);
    text(answer: OwnedAnswer, offset: number, text: string): void;
    activity(answer: OwnedAnswer, kind: ActivityKind, words: string): void;
    restarted({ sessionId, message, epoch }: OwnedAnswer, watchers: readonly string[]): void;
    finished(answer: OwnedAnswer, message: Message, finished: Finished): void;
    unstorable(answer: OwnedAnswer, message: Message): void;
    /** Its TTL was set again, and these are the session's watchers now; `gone` were known, and watch no more. */
    kept(answer: OwnedAnswer, watchers: readonly string[], gone: readonly string[]): void;
    /** A new watcher may have missed what was stored since it read: it is given the text so far once, then the deltas. */
    addWatcher(answer: OwnedAnswer, watcher: string): void;
}

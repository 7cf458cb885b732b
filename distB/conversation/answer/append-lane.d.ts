import type { Clock } from '../../ports/clock.ts';
import type { Load } from '../../ports/load.ts';
import type { Log } from '../../ports/log.ts';
import type { Meter } from '../../ports/meter.ts';
import { type SessionStore } from '../../ports/session-store.ts';
import type { AnswerEvents } from './answer-events.ts';
import type { OwnedAnswer } from './owned-answer.ts';
export interface AppendLaneOptions {
    readonly store: SessionStore;
    readonly clock: Clock;
    readonly load: Load;
    readonly meter: Meter;
    readonly log: Log;
    /** `DELTA_WINDOW_MS`. */
    readonly windowMs: number;
    /** Told of text as soon as it is stored. */
    readonly events: AnswerEvents;
    /** The store refused `epoch` of the answer: another replica owns it, or it has ended. */
    onFenced(answer: OwnedAnswer, epoch: number): void;
    /** The answer's text can never be stored. */
    onBroken(answer: OwnedAnswer, error: unknown): void;
}
/**
 * Text of the answers whose sessions one node of the store serves: one append call for all of them, one call in flight. While
 * the store is away a call is repeated unchanged until it is answered, because the store recognises a repeat only if it is the
 * same. What is wrong with one answer holds up no other.
 */
export declare class AppendLane {
    #private;
    constructor(options: AppendLaneOptions);
    /** The answer has text for the next call. */
    enqueue(answer: OwnedAnswer): void;
}

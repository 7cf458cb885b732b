import { type AppendLaneOptions } from './append-lane.ts';
import type { OwnedAnswer } from './owned-answer.ts';
/**
 * The one way by which text of running answers reaches the store, and the token's hot path: gathered per answer, and for
 * all answers whose sessions one node serves written together (`AppendLane`). Text waits up to a bound per answer.
 */
export declare class AnswerWriter {
    #private;
    constructor(options: AppendLaneOptions);
    /** Adds text that the model gave. A returned promise asks the caller to wait with more until it resolves. */
    add(answer: OwnedAnswer, text: string): void | Promise<void>;
    /** Resolves once everything that was added is stored, or the answer has ended or was lost. */
    flushed(answer: OwnedAnswer): Promise<void>;
    /** The answer is this replica's after all: what was refused is appended again. */
    retry(answer: OwnedAnswer): void;
    /** Nothing more of the answer will be stored piece by piece: those who wait for that are let go. */
    giveUp(answer: OwnedAnswer): void;
    /** Forgets an answer that has ended or was lost, and lets those who wait for it go. */
    release(answer: OwnedAnswer): void;
}

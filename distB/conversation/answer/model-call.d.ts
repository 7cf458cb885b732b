import { type Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Meter } from '../../ports/meter.ts';
import { type Model, type ModelEnd } from '../../ports/model.ts';
import type { ActivityLine } from './activity-line.ts';
import type { AnswerWriter } from './answer-writer.ts';
import type { OwnedAnswer } from './owned-answer.ts';
import type { Prompt } from './prompt.ts';
export interface ModelCallOptions {
    /** `LLM_RETRIES`: how often a model that failed is asked again. */
    readonly retries: number;
    /** `MAX_ANSWER_BYTES`. */
    readonly maxAnswerBytes: number;
    /** `LLM_REASONING`: what becomes of what the model thinks. */
    readonly reasoning: 'hide' | 'show' | 'store';
    readonly model: Model;
    readonly writer: AnswerWriter;
    readonly clock: Clock;
    readonly random: () => number;
    readonly meter: Meter;
    readonly log: Log;
}
/** An answer that is to be got from the model. */
export interface Task {
    readonly answer: OwnedAnswer;
    readonly prompt: Prompt;
    readonly activity: ActivityLine;
    /** Its abort ends the provider's work. */
    readonly abort: AbortController;
    /** Empties the answer for another attempt. */
    restart(): Promise<void>;
}
/** Gets an answer's text out of the model and into the writer. */
export declare class ModelCall {
    #private;
    constructor(options: ModelCallOptions);
    /** Whether an answer can be gone on with from where it stands (F3). */
    canResume(answer: OwnedAnswer): boolean;
    /** How it resumes: with nothing of it written, or known to the provider, there is nothing to continue. */
    wayOf({ text, bookmark }: OwnedAnswer): 'reattach' | 'continue' | 'restart';
    /**
     * Asks until the answer is whole, at most `retries` times again (F6), going on from the text that is there; where that
     * means to start again from nothing, after `restart` has emptied it. A prompt that the model calls too long is shortened,
     * which is no retry (S7). An answer that has reached `MAX_ANSWER_BYTES` is whole: `abort` then ends the provider's work (X6).
     * Rejects with the last `ModelError`, or the signal's reason.
     */
    ask(task: Task): Promise<ModelEnd>;
    /** What the model's last stream held back and nothing will complete (D2), as far as the answer has room. */
    rest(answer: OwnedAnswer): string;
    /** What the model thought, as far as it is kept; empty where it is not. */
    reasoningOf(answer: OwnedAnswer): string;
}

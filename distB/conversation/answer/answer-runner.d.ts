import { type Turn } from '../../ports/model.ts';
import { type Retriever } from '../../ports/retriever.ts';
import type { RunningAnswer, SessionStore } from '../../ports/session-store.ts';
import { type Tracer } from '../../ports/tracer.ts';
import type { Message } from '../../protocol/message.ts';
import type { AnswerEvents } from './answer-events.ts';
import { ModelCall, type ModelCallOptions } from './model-call.ts';
import type { OwnedAnswer } from './owned-answer.ts';
import { type PromptOptions } from './prompt.ts';
export interface AnswerRunnerOptions extends ModelCallOptions, PromptOptions {
    /** This replica and incarnation, as others reach it: `r1.4f2a9c`. */
    readonly address: string;
    readonly store: SessionStore;
    readonly retriever: Retriever;
    readonly events: AnswerEvents;
    /** None where absent. */
    readonly tracer?: Tracer;
    /** This replica has no more to do with the answer; `detached`, it still owns it until another takes it. */
    onReleased(answer: OwnedAnswer, detached: boolean): void;
}
/** How an answer that was taken over goes on. */
export type Resumed = ReturnType<ModelCall['wayOf']> | 'interrupted';
/** Produces the answers that this replica owns: asks the model, feeds the writer, stores the end. */
export declare class AnswerRunner {
    #private;
    constructor(options: AnswerRunnerOptions);
    get running(): OwnedAnswer[];
    get count(): number;
    /** The answer of the session that this replica produces. */
    of(sessionId: string): OwnedAnswer | undefined;
    /** Produces the session's answer under this very epoch: of two equal claims made here the store answers both alike. */
    has(sessionId: string, epoch: number): boolean;
    /**
     * Starts to produce the answer to `messages`: those before it, oldest first, the user's last. Whatever happens to it
     * happens to its message, so this never rejects.
     */
    start(answer: OwnedAnswer, messages: readonly Turn[]): void;
    /** Goes on with an answer that was taken over (F3), or ends it as `interrupted` where that cannot be (F4). Gives which of them. */
    resume(answer: OwnedAnswer, messages: readonly Turn[], running: RunningAnswer): Resumed;
    /** Ends a running answer as `stopped` and gives it; null where it was lost meanwhile. */
    stop(answer: OwnedAnswer): Promise<Message | null>;
    /** Ends, as `stopped`, an answer that was taken from a replica that may be unable to end it. */
    endAsStopped(answer: OwnedAnswer): Promise<Message | null>;
    /** The answer is another's by now, or nobody's: the model is let go and nothing more is written. */
    lose(answer: OwnedAnswer, reason?: Error): void;
    /** The answer is this replica's and cannot go on: it ends as an error, with the text that there is. */
    fail(answer: OwnedAnswer, error: unknown): void;
    /** The answer ends as `interrupted`, because another one of its session runs in the store. */
    interrupt(answer: OwnedAnswer): void;
    /** The answer is in the store as `running`: from there on it goes on under that epoch (G2). */
    adoptEpoch(answer: OwnedAnswer, running: RunningAnswer, watchers: readonly string[]): void;
    /** Lets the model go with all that it gave stored, so that another replica can go on at that place. */
    detach(answer: OwnedAnswer): Promise<void>;
    /** Resolves once no answer runs any more. */
    idle(): Promise<void>;
    /** `epoch` was refused: goes on under the answer's new one if it is still this replica's, else lets it go. */
    afterRefusal(answer: OwnedAnswer, epoch: number): Promise<void>;
}

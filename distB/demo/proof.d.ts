/** Whether the answer came whole: what there is to check once it has ended. Pure. */
import type { Message } from '../protocol/message.ts';
import type { Fault } from './options.ts';
export interface Evidence {
    readonly fault: Fault;
    /** What the model says to the question when nothing happens, and how many tokens that takes it. */
    readonly undisturbed: {
        readonly text: string;
        readonly tokens: number;
    };
    /** Tokens that the model generated for the answer. */
    readonly tokens: number;
    /** Whether the model is to generate nothing twice. */
    readonly reattaches: boolean;
    /** Whether the text is to start again from nothing (LLM_RESUME=restart). */
    readonly restarts: boolean;
    readonly final: Message | undefined;
    /** What each viewer was shown. */
    readonly viewers: readonly {
        readonly name: string;
        readonly shown: string;
        readonly wasTakenBack: boolean;
    }[];
}
export interface Finding {
    readonly holds: boolean;
    readonly text: string;
}
/** In the order in which they are told. */
export declare function findingsOf(evidence: Evidence): Finding[];

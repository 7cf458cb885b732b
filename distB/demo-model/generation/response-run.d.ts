import type { Outcome, Plan } from './model.ts';
export type RunStatus = 'in_progress' | 'completed' | 'incomplete' | 'cancelled';
/**
 * One answer of the Responses API and the record of it: tokens are kept, so that any reader can start anywhere and go
 * on live. It is generated at the model's pace whether anybody reads or not, until it ends or is cancelled.
 */
export declare class ResponseRun {
    #private;
    readonly tokens: string[];
    /** Milliseconds since the epoch; null while it runs. */
    endedAt: number | null;
    status: RunStatus;
    constructor(plan: Plan, now: () => number);
    get text(): string;
    get outcome(): Outcome;
    /** Ends the work and keeps the text so far; nothing where it has ended already. */
    cancel(): void;
    /** Resolves at the next token or at the end; at once where it has ended or `signal` aborts. */
    changed(signal: AbortSignal): Promise<void>;
}

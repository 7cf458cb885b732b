import type { LogScreen } from './log-screen.ts';
import { type DemoOptions } from './options.ts';
import type { Stage } from './stage.ts';
/** One performance: the question, the blow, the takeover, the proof. */
export declare class Play {
    #private;
    constructor(stage: Stage, screen: LogScreen, options: DemoOptions);
    /** Resolves with whether everything holds that was to be shown. Rejects when `quit` is aborted. */
    perform(quit: AbortSignal): Promise<boolean>;
}

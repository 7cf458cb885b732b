import type { ClientState } from '../client/index.ts';
/** Writes, dimmed, what goes on while no text comes: each kind once, and what the model thinks as it comes (F7). */
export declare class ActivityPrinter {
    #private;
    constructor(out: NodeJS.WriteStream);
    print(activity: ClientState['activity']): void;
    /** Ends the last line: something else comes. */
    end(): void;
}

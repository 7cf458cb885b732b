import { Child, type ChildObserver, type Ending } from './child.ts';
import { type Plan } from './plan.ts';
import type { Screen } from './screen.ts';
import type { StackSettings } from './settings.ts';
/** A process ended by itself before it ever served. */
export declare class StartFailed extends Error {
    readonly name = "StartFailed";
}
/**
 * The running stack (R1, R2): starting → ready → stopping. `stack.json` stands from ready on, until everything has ended.
 */
export declare class Stack implements ChildObserver {
    #private;
    constructor(settings: StackSettings, screen: Screen);
    /**
     * Resolves with what runs when nginx and all replicas serve, or with undefined soon after `quit` is aborted. Throws
     * `SettingsError`, `DirectoryInUse`, `PortUnavailable` or `StartFailed`. Whatever it does, `stop` has to follow.
     */
    start(quit: AbortSignal): Promise<Plan | undefined>;
    /** Ends everything, in the order in which nobody misses what is already gone. Never rejects. */
    stop(): Promise<void>;
    /** Kills everything, so that `stop` has nothing to wait for, at the price of answers that replicas are finishing. */
    hurry(): void;
    started(child: Child): void;
    ended(child: Child, ending: Ending): void;
    line(child: Child, text: string): void;
}

import type { Clock } from '../../ports/clock.ts';
import type { ActivityKind } from '../../protocol/events.ts';
export interface ActivityLineOptions {
    readonly clock: Clock;
    /** All text that the model gave so far was shown: nothing that is told now would come before it. */
    isQuiet(): boolean;
    tell(kind: ActivityKind, words: string): void;
}
/**
 * What goes on with one answer while none of its text comes (F7): told at most four times a second, in its place between the
 * pieces of text, and again while it lasts. Every call but the first of a phase costs next to nothing.
 */
export declare class ActivityLine {
    #private;
    constructor(options: ActivityLineOptions);
    /** What goes on; null while text comes, or nothing is known. */
    get kind(): ActivityKind | null;
    /** From now on this goes on, until something else does or `clear`; `words` are the model's, next in order. */
    tell(kind: ActivityKind, words?: string): void;
    /** Text comes, or what went on is over. The last words are told before it, if they may be. */
    clear(): void;
    /** Nothing more is told. */
    end(): void;
}

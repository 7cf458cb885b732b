/** Time as the use cases see it; tests choose it. */
export interface Clock {
    /**
     * Milliseconds, for durations: no step of the wall clock moves it. It starts as the epoch's time when the process does,
     * so that replicas' times are comparable, and drifts from it as little as their wall clocks are set.
     */
    now(): number;
    /** Milliseconds since the epoch as the machine has it at present: for what people and other programs read. */
    wallTime(): number;
    /** Calls `run` once after `ms` milliseconds unless cancelled. Does not keep the process alive. */
    after(ms: number, run: () => void): Timer;
    /** Calls `run` once what has already come in has been handled. */
    soon(run: () => void): void;
}
export interface Timer {
    cancel(): void;
}
export declare const systemClock: Clock;
/** The clock's time as the contract writes it. */
export declare function isoNow(clock: Clock): string;
/** Calls `run` once when the wall clock says `time` (epoch ms), however far that is away. */
export declare function at(clock: Clock, time: number, run: () => void): Timer;
/** Resolves after `ms` milliseconds; rejects with the signal's reason as soon as that is aborted. */
export declare function delay(clock: Clock, ms: number, signal: AbortSignal): Promise<void>;

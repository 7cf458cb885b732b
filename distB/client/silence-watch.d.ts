/**
 * Calls `probe` when an expected answer is silent for `silenceMs`, and again after ever longer waits until something is
 * heard: the replica may be frozen, which the heartbeat would show only much later, or the model may just be thinking.
 */
export declare class SilenceWatch {
    #private;
    constructor(silenceMs: number, probe: () => void);
    /** Cheap: it is called for every delta. */
    heard(): void;
    expect(expected: boolean): void;
}

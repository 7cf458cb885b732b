/** Bites where nothing is fed to it for so long. Feeding is cheap, because it is done for every read: no timer moves. */
export declare class Watchdog {
    #private;
    /** It sleeps until it is started. */
    constructor(ms: number, bite: () => void);
    get isAwake(): boolean;
    feed(): void;
    stop(): void;
    start(): void;
}

/** Does work a bounded number at a time, first come first served. */
export declare class Semaphore {
    #private;
    constructor(atOnce: number);
    run<T>(work: () => Promise<T>): Promise<T>;
}

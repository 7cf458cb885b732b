/** Takes what is signed with an id and a time once, and soon: whoever has overheard it can do nothing with it. */
export declare class OnceWhileFresh {
    #private;
    constructor(wallTime: () => number);
    /** False where it was taken before, or was not made about now. `at` is in epoch milliseconds. */
    takes(id: string, at: number): boolean;
}

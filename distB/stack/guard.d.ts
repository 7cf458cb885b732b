/** Another stack runs with the same data directory. */
export declare class DirectoryInUse extends Error {
    readonly name = "DirectoryInUse";
}
/**
 * A small shell beside the supervisor that holds the lock on the data directory, and outlives the supervisor for just
 * as long as it takes to kill what that left running. The kernel gives the lock back however a process dies, so
 * there are no stale lock files.
 */
export declare class Guard {
    #private;
    private constructor();
    /** Takes the lock, waiting up to a second for the guard of a stack that has just ended. Throws `DirectoryInUse`. */
    static take(dataDir: string, stackFile: string): Promise<Guard>;
    /** Says which process groups are to die with the supervisor. */
    watch(groups: readonly number[]): void;
    /** Gives the lock back; everything has ended in order. */
    release(): Promise<void>;
}

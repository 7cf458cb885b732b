/** The terminal that the stack was started from. */
export declare class Screen {
    #private;
    /** `verbose`: every line that the processes log, not only warnings. */
    constructor(verbose: boolean);
    /** Something that the supervisor itself has to say. */
    say(text: string): void;
    warn(text: string): void;
    /** What the supervisor has to say about one process. */
    about(name: string, text: string): void;
    /** A line that a process printed, plain or as the gateway's logger writes it. */
    line(name: string, text: string): void;
}

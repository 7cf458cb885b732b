/** A program that the stack runs, and how it is judged. */
export interface Program {
    readonly name: string;
    readonly port: number;
    readonly command: string;
    readonly args: readonly string[];
    readonly env: NodeJS.ProcessEnv;
    /** Working directory; lies in the stack's data directory. */
    readonly cwd: string;
    /** Every line that it prints is kept here. */
    readonly logFile: string;
    /** What it prints is for the log file: too much of it is of no use in the terminal. */
    readonly quiet?: boolean;
    /** How long it may take to end after SIGTERM, in milliseconds; then it is killed. */
    readonly stopMs: number;
    /** Resolves when it serves; rejects with an `Error` that says what is missing. */
    readonly probe: () => Promise<void>;
    /** Any answer from here is a sign of life (R2). Absent where there is no such place. */
    readonly healthUrl?: string;
}
/** How a process ended. `asked`: the stack wanted it to. */
export interface Ending {
    readonly asked: boolean;
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
    /** Why it could not be started at all. */
    readonly error?: Error;
}
export interface ChildObserver {
    started(child: Child): void;
    ended(child: Child, ending: Ending): void;
    line(child: Child, text: string): void;
}
/**
 * One supervised process: started, started again after a delay whenever it dies, until it is stopped (R2).
 *
 * It leads a session of its own, so that Ctrl-C in the terminal reaches the supervisor only, and so that whatever it
 * leaves behind when it dies (nginx's workers go on without their master, and hold its port) can be ended with it.
 */
export declare class Child {
    #private;
    readonly program: Program;
    constructor(program: Program, restartDelayMs: number, observer: ChildObserver);
    /** Of the process that runs; undefined while none does. */
    get pid(): number | undefined;
    /** Of the process that runs or, between two of them, of the one that was the last. */
    get lastPid(): number | undefined;
    /** The end of what it printed, oldest first. */
    get lastLines(): readonly string[];
    start(): void;
    /** SIGKILL, as for a process that hangs: it is started again unless it is being stopped. */
    kill(): void;
    /** Asks the process to end, kills it where it does not, and resolves when it is gone for good. */
    stop(): Promise<void>;
}
/** To the process and all that it started. Nothing where they are gone. */
export declare function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void;
/** `code 1`, `SIGKILL`, or why it never started. */
export declare function describeEnding({ code, signal, error }: Ending): string;

/** What befalls the replica that writes the answer. */
export declare const FAULTS: {
    readonly kill: {
        readonly signal: 'SIGKILL';
        readonly words: 'killed with SIGKILL';
    };
    readonly freeze: {
        readonly signal: 'SIGSTOP';
        readonly words: 'frozen with SIGSTOP';
    };
    readonly drain: {
        readonly signal: 'SIGTERM';
        readonly words: 'asked to go with SIGTERM';
    };
};
export type Fault = keyof typeof FAULTS;
export interface DemoOptions {
    readonly question: string;
    readonly fault: Fault;
    readonly help: boolean;
}
/** Arguments that cannot be used; the message says which. */
export declare class UsageError extends Error {
    readonly name = "UsageError";
}
export declare const usage = "npm run demo: an answer outlives the process that writes it.\n\nStarts Redis, three replicas, nginx and the demo model, asks a question, kills the replica that answers in the middle of\nit, shows another one go on, and checks that the text is whole. Exits 0 only if it is.\n\n  npm run demo -- [options] [question]\n\n  --freeze     freeze the replica (SIGSTOP) instead of killing it\n  --drain      ask it to go (SIGTERM) instead\n  --help       this\n\nSettings are environment variables: LLM_API=chat|responses, LLM_RESUME, LLM_CONTINUE=instruct|prefix|vllm, LEASE_MS,\nDEMO_TOKENS_PER_SECOND (default here 60), NO_COLOR=1.\n";
/** Reads the command line. Throws `UsageError`. */
export declare function readOptions(args: readonly string[]): DemoOptions;

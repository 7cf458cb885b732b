/** What `npm start` runs, read from the environment and checked once (R1, R2, R4). */
export interface StackSettings {
    /** Port of nginx; 0 takes any free one. */
    readonly port: number;
    /** Address that nginx listens on. */
    readonly host: string;
    readonly replicas: number;
    /** Absolute. */
    readonly dataDir: string;
    readonly restartDelayMs: number;
    readonly healthTimeoutMs: number;
    /** How long a replica may take to hand over or finish its answers. */
    readonly drainTimeoutMs: number;
    /** `own`: the stack runs one; `given`: the user's; `none`: STORE=memory. */
    readonly redis: 'own' | 'given' | 'none';
    readonly model: 'demo' | 'given';
    /** Prefix of every path (R6), without a slash at its end. */
    readonly basePath: string;
    /** Whether who reaches nginx is believed in saying who a user is (X3). */
    readonly trustUserId: boolean;
    /** Show every line that the processes log, not only warnings: the user asked for a LOG_LEVEL. */
    readonly verbose: boolean;
    /** Said once at the start. */
    readonly remarks: readonly string[];
}
/** Checks `env`, the gateway's own settings included. Throws `SettingsError` that names every wrong one. */
export declare function readStackSettings(env: NodeJS.ProcessEnv): StackSettings;
/** The top of the installation: the directory that holds `dist` and `nginx.conf`. */
export declare const installation: string;

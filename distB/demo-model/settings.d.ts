/** Settings of the demo model, read once at start. */
export interface DemoSettings {
    /** 0 takes any free port. */
    readonly port: number;
    readonly host: string;
    readonly tokensPerSecond: number;
}
/** A setting that cannot be used; the message names it, its value and what is allowed (R4). */
export declare class DemoSettingsError extends Error {
    readonly name = "DemoSettingsError";
}
/** Checks `env`; an empty variable is as good as none. Throws `DemoSettingsError`. */
export declare function readDemoSettings(env: NodeJS.ProcessEnv): DemoSettings;

import { type Parsed } from './schema.ts';
/** Every setting of a gateway, read once, then frozen (R4). */
export type Settings = Readonly<Parsed>;
/** Settings with the defaults that depend on other settings filled in. */
export type ResolvedSettings = Settings & {
    readonly LLM_API: 'chat' | 'responses';
    readonly TRUST_USER_ID: boolean;
};
/** Settings that cannot be used; the message names each, its value unless it is a secret, and what is allowed. */
export declare class SettingsError extends Error {
    readonly name = "SettingsError";
}
/**
 * Checks `env` and gives the settings, or throws `SettingsError` naming every wrong one. Values are trimmed, an empty
 * variable is as good as none, and what may hold a secret is also read from the file that `<name>_FILE` names (R5, R6).
 */
export declare function readSettings(env: NodeJS.ProcessEnv): ResolvedSettings;
/** What an operator should hear of at the start, though it stops nothing: one sentence each. */
export declare function remarksOn(env: NodeJS.ProcessEnv, settings: Pick<Settings, 'AUTH' | 'HOST' | 'BASE_PATH'>): readonly string[];
/** Whether only this machine reaches what listens on `host`. */
export declare function isLoopback(host: string): boolean;

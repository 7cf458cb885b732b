/** What the environment says of the settings, before any is checked. */
export interface Given {
    /** Trimmed; an empty one is as good as none, unless empty is a value of the setting. */
    readonly values: Readonly<Record<string, string>>;
    /** Of files that were to hold a setting. */
    readonly complaints: readonly string[];
}
/** Takes each setting from its variable or, where it may hold a secret, from the file that `<name>_FILE` names (R6). */
export declare function givenBy(env: NodeJS.ProcessEnv): Given;
/** A setting's value as it may be shown: no key, and of a URL neither who signs in nor what may be one in its query. */
export declare function shown(name: string, value: string | undefined): string | undefined;

/**
 * The variables of `env` that are no settings but nearly spelt like one, each with the one that is likely to be meant.
 * Other programs' variables are left alone: a name must be within a slip or two, or have a unit too many or too few.
 */
export declare function misspelt(env: NodeJS.ProcessEnv): ReadonlyMap<string, string>;

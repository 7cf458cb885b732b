import type { StorageLike } from '../client/index.ts';
/** The client's storage as a JSON file that only its owner may read: the id of a session is the key to it. */
export declare class StateFile implements StorageLike {
    #private;
    readonly path: string;
    constructor(path: string);
    /** Where the conversations with the gateway at `url` are kept, by the XDG base directory specification. */
    static of(url: string, env: NodeJS.ProcessEnv): StateFile;
    getItem(key: string): string | null;
    setItem(key: string, value: string): void;
    removeItem(key: string): void;
}

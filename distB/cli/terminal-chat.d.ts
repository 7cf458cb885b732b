import { type BatonClient } from '../client/index.ts';
/** A conversation between a person at a terminal and a gateway. */
export declare class TerminalChat {
    #private;
    constructor(client: BatonClient);
    /** Resolves with the exit code when the person leaves. */
    run(): Promise<number>;
}

import type { Program } from './child.ts';
/** A Redis of the stack's own. */
export interface RedisProgram extends Program {
    /** Its address with its password. */
    readonly url: string;
}
/**
 * The stack's own Redis: the append-only file keeps what was acknowledged, and nothing is ever evicted. Its password is
 * another at each start, so that nobody else on this machine can read the conversations; it stands in files that only
 * the stack's user can read, not on a command line, which all can.
 */
export declare function redisProgram(port: number, dataDir: string): RedisProgram;

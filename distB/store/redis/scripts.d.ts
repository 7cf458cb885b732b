import { Redis } from 'ioredis';
import type { Meter } from '../../ports/meter.ts';
import type { RedisClient } from './nodes.ts';
declare const NAMES: readonly ['append', 'begin', 'claim', 'clear', 'create', 'extend', 'find', 'finish', 'index', 'keep', 'open', 'read', 'regenerate', 'release', 'restart', 'sent', 'reconcile', 'size', 'take', 'unwatch'];
export type ScriptName = (typeof NAMES)[number];
export type Arguments = readonly (string | number)[];
/** The atomic operations of the store, known to the connection under names of their own (`append` is a command of Redis). */
export declare class Scripts {
    #private;
    constructor(client: RedisClient, meter: Meter);
    /** The script's reply as Redis gave it: strings, integers, null, and arrays of them. */
    run(name: ScriptName, keys: readonly string[], args: Arguments): Promise<unknown>;
    /** Like `run`, of a script with its keys in ARGV, at the node that serves them. */
    runAt(node: Redis, name: ScriptName, args: Arguments): Promise<unknown>;
}
/**
 * Calls that are made in one turn of the event loop go out in one write: what one reply of Redis lets go on, goes on together.
 * A pipeline would do that as well, and costs the client more to make than the commands in it.
 */
export declare function gatherCalls(client: RedisClient): void;
export {};

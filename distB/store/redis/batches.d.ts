import { type AppendItem, type AppendResult } from '../../ports/session-store.ts';
import type { RedisConnections } from './connect.ts';
import type { Kept } from './replies.ts';
import type { Scripts } from './scripts.ts';
interface OfSession {
    readonly sessionId: string;
}
/**
 * The store's operations on many sessions: one call to each node that has some of them. An item whose keys a node no
 * longer has, because their slot moves or has moved, is asked for again by its keys, which finds them.
 */
export declare class Batches {
    #private;
    constructor(connections: Pick<RedisConnections, 'commands' | 'nodes' | 'keys'>, scripts: Scripts, ttlSeconds: number);
    append(items: readonly AppendItem[]): Promise<readonly AppendResult[]>;
    keep(answers: readonly (OfSession & {
        readonly epoch: number;
    })[]): Promise<readonly Kept[]>;
    remaining(sessionIds: readonly string[]): Promise<readonly number[]>;
}
export {};

import type { Keys } from './keys.ts';
import type { Nodes } from './nodes.ts';
export interface RightsOptions {
    readonly name: string;
    readonly kind: 'node' | 'sentinel' | 'cluster';
    readonly keys: Keys;
    /** Whether `WAIT` is used (`REDIS_WAIT`). */
    readonly waits: boolean;
}
/**
 * Tries at every master, once, each right that Baton needs (G7): what the code and the scripts call, all kinds of keys,
 * all channels. Rejects with `RedisUnusable`, which names what is missing. Leaves nothing behind.
 */
export declare function tryRights(nodes: Nodes, options: RightsOptions): Promise<void>;

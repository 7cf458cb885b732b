import type { Log } from '../../ports/log.ts';
import type { Liveness, Membership, TrackedSession } from '../../ports/membership.ts';
import { type Meter } from '../../ports/meter.ts';
import type { RedisConnections } from './connect.ts';
/**
 * The membership in Redis: a set of all addresses, and per replica a lease with a time to live and a hash of sessions.
 *
 * A replica counts as connected while one of two connections of its process is subscribed to a channel of its own. Two,
 * because one alone may be cut off by Redis (a slow subscriber) and come back.
 */
export declare class RedisMembership implements Membership {
    #private;
    constructor(connections: Pick<RedisConnections, 'commands' | 'nodes' | 'keys' | 'adapter'>, options: {
        readonly address: string;
        readonly leaseMs: number;
        readonly log: Log;
        readonly meter?: Meter;
    });
    /** Resolves once this replica's life can be seen. Rejects with `RedisUnusable` where it cannot live with who is there (G8). */
    start(): Promise<void>;
    renew(): Promise<number>;
    leave(): Promise<void>;
    track(sessionId: string): Promise<void>;
    take(sessionId: string, replica: string): Promise<void>;
    untrack(sessionId: string, replica: string): Promise<void>;
    members(): Promise<readonly string[]>;
    liveness(addresses: readonly string[]): Promise<readonly Liveness[]>;
    connected(addresses: readonly string[]): Promise<readonly boolean[]>;
    sessionsOf(replica: string): Promise<readonly TrackedSession[]>;
    /** The lease is looked at once more afterwards: who renews sets that first, so either sees the other. */
    remove(replica: string): Promise<boolean>;
}

import type { Keys } from './keys.ts';
import type { Nodes } from './nodes.ts';
/**
 * Whether messages have reached Redis's own replicas (`REDIS_WAIT`).
 *
 * WAIT stops its connection until the replicas have what was written on that very connection. So it has one of its own:
 * on the shared one every append would wait too, and behind a replica that is away everything would stand still. On its
 * own connection it writes after the message: replication is one log in one order, so a replica that has the later
 * write has the message. That the message itself is still there is checked in the same place, for the node may have
 * taken over since, without it. One WAIT at a time per node answers for all messages that came in while the last one ran.
 */
export declare class Replication {
    #private;
    /** `wanted` replicas must have a message; the connections of `nodes` are used for nothing else. */
    constructor({ nodes, wanted }: {
        readonly nodes: Nodes;
        readonly wanted: number;
    }, keys: Keys, ttlSeconds: number);
    /** Whether enough replicas have the session's message, a second from now at the latest. Never rejects. */
    reached(sessionId: string, messageId: string): Promise<boolean>;
}

import type { Log } from '../../ports/log.ts';
import { AdapterPublisher, AdapterSubscriber } from './adapter-clients.ts';
import { type RedisSettings } from './endpoint.ts';
import { Keys } from './keys.ts';
import type { Nodes, RedisClient } from './nodes.ts';
import { type Subscriptions } from './subscriptions.ts';
/** `ready` where every connection can be used, `away` while one of them cannot. */
export type RedisState = 'ready' | 'away';
/** The connections of one replica. Pub/sub is sharded throughout, and no command spans sessions but those with keys in ARGV. */
export interface RedisConnections {
    /** For the store, the rate limiter and everything that is published. */
    readonly commands: RedisClient;
    /** The nodes behind `commands`. */
    readonly nodes: Nodes;
    /** Names of the deployment's keys and channels. */
    readonly keys: Keys;
    /** Connections apart for WAIT, and how many of Redis's replicas to wait for; null where none (`REDIS_WAIT`). */
    readonly replicas: {
        readonly nodes: Nodes;
        readonly wanted: number;
    } | null;
    /** For the bus: apart, so that the adapter's traffic does not delay deltas. */
    readonly bus: Subscriptions;
    /** Tries each right again, as at start: rejects with `RedisUnusable` where one was withdrawn (G7). */
    tryRights(): Promise<void>;
    /** For `createShardedAdapter(publisher, subscriber, { channelPrefix })`. */
    readonly adapter: {
        readonly publisher: AdapterPublisher;
        readonly subscriber: AdapterSubscriber;
        readonly channelPrefix: string;
    };
    state(): RedisState;
    /** Calls `listener` whenever the state has changed; gives the way to stop that. */
    onState(listener: (state: RedisState) => void): () => void;
    close(): Promise<void>;
}
/**
 * Connects to the Redis of the settings, one node, a Sentinel group's master, or a Cluster, and checks it. Rejects with
 * `RedisUnusable` where it does not answer within `waitMs` milliseconds, is not fit for use (`checkFitness`), or keeps a
 * right back that Baton needs (`tryRights`, G7). From then on the connections mend themselves.
 */
export declare function connectRedis(settings: RedisSettings, log: Log, waitMs?: number): Promise<RedisConnections>;

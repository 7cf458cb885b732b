import type { Log } from '../../ports/log.ts';
import type { ClusterConnection } from './cluster-connection.ts';
import type { Endpoint } from './endpoint.ts';
import type { Link } from './link.ts';
import { type Subscriptions } from './subscriptions.ts';
/**
 * Sharded channels of a Cluster: each is listened to at the master of its slot, over one connection per master that has
 * any. Whenever the map of slots was looked up, every channel is brought to where it belongs.
 *
 * ioredis can do this too (`shardedSubscribers`), but without a heartbeat, and what it fails to subscribe again it forgets.
 */
export declare class ClusterSubscriptions implements Subscriptions, Link {
    #private;
    constructor(cluster: ClusterConnection, endpoint: Extract<Endpoint, {
        kind: 'cluster';
    }>, name: string, log: Log);
    get ready(): boolean;
    get lastError(): Error | undefined;
    onChange(listener: () => void): void;
    add(channel: string): Promise<void>;
    remove(channel: string): Promise<void>;
    onMessage(listener: (channel: Buffer, message: Buffer) => void): void;
    close(): Promise<void>;
}

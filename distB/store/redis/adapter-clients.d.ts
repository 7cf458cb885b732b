import type { Log } from '../../ports/log.ts';
import type { Nodes, RedisClient } from './nodes.ts';
import type { Subscriptions } from './subscriptions.ts';
/** Publishes for the adapter. While Redis is away this replica's sockets are all that it reaches. */
export declare class AdapterPublisher {
    #private;
    constructor(redis: RedisClient, nodes: Nodes, log: Log);
    spublish(channel: string, payload: string | Buffer): Promise<void>;
    /** The adapter's only command is `PUBSUB SHARDNUMSUB <channel>`: how many replicas there are. */
    send_command(name: string, args: [string, string], done: (error: null, reply: unknown) => void): void;
}
/** Subscribes for the adapter. */
export declare class AdapterSubscriber {
    #private;
    constructor(subscriptions: Subscriptions, log: Log);
    /** What the adapter cannot read throws out of it, and would end the process (X6). */
    on(_event: 'smessageBuffer', listener: (channel: Buffer, message: Buffer) => void): void;
    ssubscribe(channel: string): Promise<void>;
    sunsubscribe(channel: string): Promise<void>;
}

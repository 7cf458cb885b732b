import type { Log } from '../../ports/log.ts';
import type { Connection } from './connection.ts';
/**
 * Sharded channels that are listened to, kept through losses of the connection, failovers and moves of their slots:
 * what was asked for while Redis was away, or was not confirmed, is asked for again as soon as it is back.
 */
export interface Subscriptions {
    /** Resolves once Redis has confirmed, or, without having subscribed yet, where it is away. Never rejects. */
    add(channel: string): Promise<void>;
    /** Resolves once Redis sends no more of the channel. Never rejects. */
    remove(channel: string): Promise<void>;
    /** Calls `listener` with everything that arrives on any of the channels. */
    onMessage(listener: (channel: Buffer, message: Buffer) => void): void;
}
/** Those on one connection. */
export declare class NodeSubscriptions implements Subscriptions {
    #private;
    /** `onMoved` is told when the node, one of a Cluster, no longer serves a channel. */
    constructor(connection: Connection, log: Log, onMoved?: () => void);
    add(channel: string): Promise<void>;
    remove(channel: string): Promise<void>;
    onMessage(listener: (channel: Buffer, message: Buffer) => void): void;
    /** Asks again for what was not confirmed. */
    renew(): void;
}

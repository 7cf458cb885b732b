import { Redis } from 'ioredis';
import type { Log } from '../../ports/log.ts';
import type { Address, Credentials, Endpoint } from './endpoint.ts';
import { type Link } from './link.ts';
import type { Nodes } from './nodes.ts';
/**
 * One connection to Redis, or to the present master of a Sentinel group, that mends itself; usable while it stands and the
 * node is fit for use. A heartbeat notices a
 * connection that died without a word, also one that only listens.
 */
export declare class Connection implements Link, Nodes {
    #private;
    readonly redis: Redis;
    /** Resolves once the first attempt to connect has succeeded or failed. */
    readonly attempted: Promise<unknown>;
    private constructor();
    static to(endpoint: Exclude<Endpoint, {
        kind: 'cluster';
    }>, name: string, log: Log): Connection;
    /** To one node of a Cluster. */
    static toNode(node: Address & Credentials, name: string, log: Log): Connection;
    get ready(): boolean;
    get lastError(): Error | undefined;
    onChange(listener: () => void): void;
    /** Every key is here. */
    of(): Redis;
    all(): Redis[];
    nameOf(): string;
    refresh(): void;
    close(): Promise<void>;
}

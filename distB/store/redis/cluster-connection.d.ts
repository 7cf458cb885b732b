import { Cluster, type Redis } from 'ioredis';
import type { Log } from '../../ports/log.ts';
import type { Endpoint } from './endpoint.ts';
import { type Link } from './link.ts';
import type { Nodes } from './nodes.ts';
/**
 * The connections to a Cluster's masters, one each; usable while all of them stand. The map of slots is looked up again
 * at every sign that it is old, until every master in it is connected.
 */
export declare class ClusterConnection implements Link, Nodes {
    #private;
    readonly redis: Cluster;
    constructor({ nodes, credentials }: Extract<Endpoint, {
        kind: 'cluster';
    }>, name: string, log: Log);
    get ready(): boolean;
    get lastError(): Error | undefined;
    onChange(listener: () => void): void;
    /** Calls `listener` whenever the map of slots was looked up, changed or not. */
    onRefresh(listener: () => void): void;
    of(key: string): Redis;
    all(): Redis[];
    nameOf(key: string): string;
    /** `host:port` of the master that serves the key's slot; undefined while the map has none. */
    masterOf(key: string): string | undefined;
    /** `host:port` of every master that serves a slot. */
    masters(): Set<string>;
    refresh(): void;
    close(): Promise<void>;
}

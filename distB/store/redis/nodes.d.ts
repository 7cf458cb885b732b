import type { Cluster, Redis } from 'ioredis';
/** One Redis, or a Cluster that finds each key's node by itself and follows keys that move. */
export type RedisClient = Redis | Cluster;
/** Which node serves a key: for calls that span keys, or name none, and so cannot find their node by themselves. */
export interface Nodes {
    /** The node that serves the key, as far as is known. Throws while there is no connection to it. */
    of(key: string): Redis;
    /** Every master that there is a connection to. */
    all(): Redis[];
    /** A name for it, connected to or not; empty while no node is known to serve the key. */
    nameOf(key: string): string;
    /** To be called when a node turned out not to serve a key: what is known is brought up to date soon. */
    refresh(): void;
}
/** An error by which a node of a Cluster says that a key is not its own, or not all of it. */
export declare function isRedirection(error: unknown): boolean;
/** What a node says of an item whose keys are with another node by now. */
export declare const MOVED: unique symbol;
/**
 * Asks every node about its items, all nodes at the same time; the answers are in the order of the items. Settles only
 * when nothing is under way any more, so that a repeat never overtakes the call that it repeats. Rejects with
 * `StoreUnavailable`.
 */
export declare function askNodes<Item, Answer>(nodes: Nodes, items: readonly Item[], keyOf: (item: Item) => string, ask: (node: Redis, items: readonly Item[]) => Promise<readonly Answer[]>): Promise<readonly Answer[]>;
/** The answers, with those of `MOVED` items asked for again, each by its keys, which finds them wherever they are. */
export declare function askMovedAgain<Item, Answer>(items: readonly Item[], answers: readonly (Answer | typeof MOVED)[], ask: (item: Item) => Promise<Answer>): Promise<readonly Answer[]>;

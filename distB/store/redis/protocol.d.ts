import type { RedisConnections } from './connect.ts';
/**
 * Number of what replicas write into Redis and send each other (G8). It rises by one with every release that changes any of it;
 * a release runs beside the one before and the one after.
 *
 * 1: what replicas wrote that named no number. 2: bus messages of the kind `activity`.
 */
export declare const PROTOCOL = 2;
/**
 * Enters what this version needs of those that come after. Rejects with `RedisUnusable` where a later one wrote what this one
 * cannot live with, or where a replica lives that is more than one version away.
 */
export declare function meetProtocol({ commands, keys }: Pick<RedisConnections, 'commands' | 'keys'>): Promise<void>;

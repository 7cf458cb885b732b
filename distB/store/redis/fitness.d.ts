import type { Redis } from 'ioredis';
import type { Endpoint } from './endpoint.ts';
/**
 * Whether the node at the other end of a new connection is fit for use: it has the database, has loaded its data, takes
 * writes, and is a Redis of at least 7.0. Rejects with what is missing, `RedisUnusable` where waiting does not mend it.
 *
 * ioredis's own check needs the right to `INFO`, knows half of this, and goes on in database 0 where there is no such
 * database. `HELLO` says the same, and no ACL forbids it.
 */
export declare function checkFitness(redis: Redis, name: string, kind: Endpoint['kind']): Promise<void>;
/** Checks what `HELLO` says, as `checkFitness` does. */
export declare function checkGreeting(said: ReadonlyMap<unknown, unknown>, name: string, kind: Endpoint['kind']): void;

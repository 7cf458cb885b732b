import type { Redis } from 'ioredis';
/** Redis cannot be used as it is, and waiting does not mend it; the message says what to do. */
export declare class RedisUnusable extends Error {
    readonly name = "RedisUnusable";
}
/** Redis lets the user not do something that Baton needs; `missing` as an ACL grants it. */
export declare function rightsMissing(place: string, redis: Redis, missing: Iterable<string>): RedisUnusable;

/** Redis cannot be used as it is, and waiting does not mend it; the message says what to do. */
export class RedisUnusable extends Error {
    name = 'RedisUnusable';
}
/** Redis lets the user not do something that Baton needs; `missing` as an ACL grants it. */
export function rightsMissing(place, redis, missing) {
    const user = redis.options.username ?? 'default';
    return new RedisUnusable(`${place} does not let its user "${user}" do all that Baton needs. Missing: ${[...missing].join(' ')} (docs/operations.md has an ACL that is enough)`);
}
//# sourceMappingURL=unusable.js.map
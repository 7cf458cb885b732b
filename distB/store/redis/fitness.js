import { RedisUnusable, rightsMissing } from './unusable.js';
/**
 * Whether the node at the other end of a new connection is fit for use: it has the database, has loaded its data, takes
 * writes, and is a Redis of at least 7.0. Rejects with what is missing, `RedisUnusable` where waiting does not mend it.
 *
 * ioredis's own check needs the right to `INFO`, knows half of this, and goes on in database 0 where there is no such
 * database. `HELLO` says the same, and no ACL forbids it.
 */
export async function checkFitness(redis, name, kind) {
    const { db } = redis.options;
    const refuse = (right) => (error) => {
        if (/DB index/.test(error.message))
            throw new RedisUnusable(`${name} has no database ${db} (${error.message})`);
        throw error.message.startsWith('NOPERM') ? rightsMissing(name, redis, [right]) : error;
    };
    if (db)
        await redis.select(db).catch(refuse('+select'));
    checkGreeting(await greetingOf(redis), name, kind);
    await redis.ping().catch(refuse('+ping')); // LOADING while it reads its data from disk
}
/** What a node says of itself: `version`, `mode`, `role`. Nothing where it is older than `HELLO`. */
async function greetingOf(redis) {
    const flat = await redis.call('HELLO').catch((error) => {
        if (/unknown command/i.test(error.message))
            return [];
        throw error;
    });
    const words = Array.isArray(flat) ? flat : [];
    return new Map(words.flatMap((name, i) => (i % 2 === 0 ? [[name, words[i + 1]]] : [])));
}
/** Checks what `HELLO` says, as `checkFitness` does. */
export function checkGreeting(said, name, kind) {
    if (said.get('mode') === 'sentinel') {
        throw new RedisUnusable(`${name} is a Sentinel: it belongs in REDIS_SENTINELS, and its group's name in REDIS_MASTER`);
    }
    const version = String(said.get('version') ?? 'unknown');
    if (!(Number.parseInt(version, 10) >= 7)) {
        throw new RedisUnusable(`${name} is Redis ${version}: Baton needs 7.0 or newer, for sharded pub/sub`);
    }
    if (kind !== 'cluster' && said.get('mode') === 'cluster') {
        throw new RedisUnusable(`${name} is a node of a Cluster: REDIS_URL must list several of them, separated by commas`);
    }
    if (said.get('role') !== 'replica')
        return;
    if (kind === 'node')
        throw new RedisUnusable(`${name} is a replica, which takes no writes: REDIS_URL must name its master`);
    throw new Error('READONLY: it is a replica');
}
//# sourceMappingURL=fitness.js.map
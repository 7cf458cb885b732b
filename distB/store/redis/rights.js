import { randomUUID } from 'node:crypto';
import { checkFitness } from './fitness.js';
import { rightsMissing } from './unusable.js';
/** Seconds after which the one key that is written is gone, whatever happens. */
const PROBE_TTL = 5;
/**
 * Tries at every master, once, each right that Baton needs (G7): what the code and the scripts call, all kinds of keys,
 * all channels. Rejects with `RedisUnusable`, which names what is missing. Leaves nothing behind.
 */
export async function tryRights(nodes, options) {
    await Promise.all(nodes.all().map((node) => tryAt(node, options)));
}
/** On a connection of its own: to subscribe changes what a connection may do. */
async function tryAt(node, { name, kind, keys, waits }) {
    const redis = node.duplicate({ ...placeOf(node), lazyConnect: true, retryStrategy: null });
    redis.on('error', () => { }); // told by what is awaited
    const probe = `probe-${randomUUID()}`;
    const missing = new Set();
    const judge = (error, key) => {
        if (error instanceof Error && error.message.startsWith('NOPERM'))
            missing.add(grantFor(error.message, key));
    };
    try {
        await redis.connect();
        await checkFitness(redis, name, kind);
        const trials = trialsOf(keys, probe, waits);
        const replies = await redis.pipeline(trials.map(([, ...command]) => ['call', ...command])).exec();
        replies?.forEach(([error], i) => {
            judge(error, trials[i]?.[0] ?? null);
        });
        for (const channel of channelsOf(keys, probe)) {
            await redis.ssubscribe(channel).catch((error) => judge(error, channel));
            await redis.sunsubscribe(channel).catch((error) => judge(error, channel));
        }
    }
    finally {
        redis.disconnect();
    }
    if (missing.size > 0)
        throw rightsMissing(name, redis, missing);
}
/** Where the node is that Sentinels have named: asked again they may name another. */
function placeOf({ options, stream }) {
    if (!options.sentinels?.length)
        return {};
    return { sentinels: undefined, host: stream.remoteAddress ?? '', port: stream.remotePort ?? 0 };
}
/**
 * Whatever Redis says but NOPERM, it let the command through: that the key is a string and no hash, say, or is another
 * node's. So one short-lived string does for all of them.
 */
function trialsOf(keys, probe, waits) {
    const [text, renamed] = [keys.text(probe, 1), keys.text(probe, 2)];
    const ofSession = (command, ...args) => [text, command, text, ...args];
    const others = [keys.user(probe), keys.list(probe), keys.limit(`{${probe}}`)];
    return [
        ofSession('set', '', 'EX', PROBE_TTL),
        ofSession('incrby', 1),
        ofSession('append', ''),
        ofSession('getrange', 0, 1),
        ...['get', 'strlen', 'exists', 'pttl', 'hgetall', 'hkeys', 'hlen', 'smembers'].map((command) => ofSession(command)),
        ofSession('expire', PROBE_TTL),
        ...['hget', 'hmget', 'hdel', 'sadd', 'srem', 'zrem', 'zscore'].map((command) => ofSession(command, 'x')),
        ofSession('hset', 'x', 1),
        ofSession('hincrby', 'x', 1),
        ofSession('zadd', 1, 'x'),
        ofSession('zrange', 0, 1),
        ofSession('zcard'),
        ofSession('zrandmember', 1),
        ofSession('zremrangebyscore', 0, 1),
        [text, 'memory', 'usage', text],
        [text, 'rename', text, renamed],
        ofSession('del', renamed),
        ...others.flatMap((key) => [
            [key, 'exists', key],
            [key, 'del', key],
        ]),
        [keys.membership, 'smembers', keys.membership],
        [keys.membership, 'srem', keys.membership, probe],
        [null, 'ping'],
        [null, 'eval', 'return 1', 0],
        [null, 'evalsha', '0'.repeat(40), 0],
        [null, 'pubsub', 'shardnumsub', keys.bus(probe)],
        ...channelsOf(keys, probe).map((channel) => [channel, 'spublish', channel, '']),
        ...(waits ? [[null, 'wait', 0, 1]] : []),
    ];
}
function channelsOf(keys, probe) {
    return [keys.bus(probe), `${keys.adapter}{${probe}}`];
}
/** What an ACL lacks by the word of a refusal, which names a command, but neither key nor channel. */
function grantFor(refusal, key) {
    const command = /'(\S+)' command/.exec(refusal)?.[1];
    if (command !== undefined)
        return `+${command}`;
    const pattern = key?.replace(/\{.*/s, '*') ?? '*';
    return `${/channel/i.test(refusal) ? '&' : '~'}${pattern}`;
}
//# sourceMappingURL=rights.js.map
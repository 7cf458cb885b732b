import { randomUUID } from 'node:crypto'
import type { Redis, RedisOptions } from 'ioredis'
import { checkFitness } from './fitness.ts'
import type { Keys } from './keys.ts'
import type { Nodes } from './nodes.ts'
import { rightsMissing } from './unusable.ts'

/** Seconds after which the one key that is written is gone, whatever happens. */
const PROBE_TTL = 5

/** A key that a command is tried on, or null, and the command. */
type Trial = readonly [key: string | null, command: string, ...args: (string | number)[]]

export interface RightsOptions {
  readonly name: string
  readonly kind: 'node' | 'sentinel' | 'cluster'
  readonly keys: Keys
  /** Whether `WAIT` is used (`REDIS_WAIT`). */
  readonly waits: boolean
}

/**
 * Tries at every master, once, each right that Baton needs (G7): what the code and the scripts call, all kinds of keys,
 * all channels. Rejects with `RedisUnusable`, which names what is missing. Leaves nothing behind.
 */
export async function tryRights(nodes: Nodes, options: RightsOptions): Promise<void> {
  await Promise.all(nodes.all().map((node) => tryAt(node, options)))
}

/** On a connection of its own: to subscribe changes what a connection may do. */
async function tryAt(node: Redis, { name, kind, keys, waits }: RightsOptions): Promise<void> {
  const redis = node.duplicate({ ...placeOf(node), lazyConnect: true, retryStrategy: null })
  redis.on('error', () => {}) // told by what is awaited
  const probe = `probe-${randomUUID()}`
  const missing = new Set<string>()
  const judge = (error: unknown, key: string | null) => {
    if (error instanceof Error && error.message.startsWith('NOPERM')) missing.add(grantFor(error.message, key))
  }
  try {
    await redis.connect()
    await checkFitness(redis, name, kind)
    const trials = trialsOf(keys, probe, waits)
    const replies = await redis.pipeline(trials.map(([, ...command]) => ['call', ...command])).exec()
    replies?.forEach(([error], i) => {
      judge(error, trials[i]?.[0] ?? null)
    })
    for (const channel of channelsOf(keys, probe)) {
      await redis.ssubscribe(channel).catch((error) => judge(error, channel))
      await redis.sunsubscribe(channel).catch((error) => judge(error, channel))
    }
  } finally {
    redis.disconnect()
  }
  if (missing.size > 0) throw rightsMissing(name, redis, missing)
}

/** Where the node is that Sentinels have named: asked again they may name another. */
function placeOf({ options, stream }: Redis): RedisOptions {
  if (!options.sentinels?.length) return {}
  return { sentinels: undefined, host: stream.remoteAddress ?? '', port: stream.remotePort ?? 0 }
}

/**
 * Whatever Redis says but NOPERM, it let the command through: that the key is a string and no hash, say, or is another
 * node's. So one short-lived string does for all of them.
 */
function trialsOf(keys: Keys, probe: string, waits: boolean): readonly Trial[] {
  const [text, renamed] = [keys.text(probe, 1), keys.text(probe, 2)]
  const ofSession = (command: string, ...args: (string | number)[]): Trial => [text, command, text, ...args]
  const others = [keys.user(probe), keys.list(probe), keys.limit(`{${probe}}`)]
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
    ofSession('zremrangebyscore', 0, 1),
    [text, 'memory', 'usage', text],
    [text, 'rename', text, renamed],
    ofSession('del', renamed),
    ...others.flatMap((key): Trial[] => [
      [key, 'exists', key],
      [key, 'del', key],
    ]),
    [keys.membership, 'smembers', keys.membership],
    [keys.membership, 'srem', keys.membership, probe],
    [null, 'ping'],
    [null, 'eval', 'return 1', 0],
    [null, 'evalsha', '0'.repeat(40), 0],
    [null, 'pubsub', 'shardnumsub', keys.bus(probe)],
    ...channelsOf(keys, probe).map((channel): Trial => [channel, 'spublish', channel, '']),
    ...(waits ? [[null, 'wait', 0, 1] as const] : []),
  ]
}

function channelsOf(keys: Keys, probe: string): readonly string[] {
  return [keys.bus(probe), `${keys.adapter}{${probe}}`]
}

/** What an ACL lacks by the word of a refusal, which names a command, but neither key nor channel. */
function grantFor(refusal: string, key: string | null): string {
  const command = /'(\S+)' command/.exec(refusal)?.[1]
  if (command !== undefined) return `+${command}`
  const pattern = key?.replace(/\{.*/s, '*') ?? '*'
  return `${/channel/i.test(refusal) ? '&' : '~'}${pattern}`
}

import type { Redis } from 'ioredis'
import type { Log } from '../../ports/log.ts'
import { AdapterPublisher, AdapterSubscriber } from './adapter-clients.ts'
import { Connection } from './connection.ts'
import { Subscriptions } from './subscriptions.ts'

/** `ready` where every connection can be used, `away` while one of them cannot. */
export type RedisState = 'ready' | 'away'

/** The connections of one replica. Pub/sub is sharded throughout, and no command spans sessions but those with keys in ARGV. */
export interface RedisConnections {
  /** For the store, the rate limiter and everything that is published. */
  readonly commands: Redis
  /** For the replica's mail: apart, so that the adapter's traffic does not delay deltas. */
  readonly mail: Subscriptions
  /** For `createShardedAdapter(publisher, subscriber)`. */
  readonly adapter: { readonly publisher: AdapterPublisher; readonly subscriber: AdapterSubscriber }
  state(): RedisState
  /** Calls `listener` whenever the state has changed; gives the way to stop that. */
  onState(listener: (state: RedisState) => void): () => void
  close(): Promise<void>
}

/** Redis cannot be used as it is; the message says what to do. */
export class RedisUnusable extends Error {
  override readonly name = 'RedisUnusable'
}

/**
 * Connects to the Redis of `REDIS_URL` and checks it. Rejects with `RedisUnusable` where it does not answer within
 * `waitMs` milliseconds or is older than 7.0. From then on the connections mend themselves.
 */
export async function connectRedis(
  settings: { readonly REDIS_URL: readonly string[] },
  log: Log,
  waitMs = 10_000,
): Promise<RedisConnections> {
  const [url, ...more] = settings.REDIS_URL
  if (url === undefined || more.length > 0) throw new RedisUnusable('REDIS_URL must be one URL')
  const commands = new Connection(url, 'commands', log)
  const mail = new Connection(url, 'mail', log)
  const adapter = new Connection(url, 'adapter', log)
  const all = [commands, mail, adapter]
  const close = async () => {
    await Promise.all(all.map((connection) => connection.close()))
  }
  try {
    await Promise.all(all.map((connection) => untilReady(connection, `Redis at ${new URL(url).host}`, waitMs)))
    checkVersion(await commands.redis.info('server'))
  } catch (error) {
    await close()
    throw error
  }

  const state = (): RedisState => (all.every((connection) => connection.ready) ? 'ready' : 'away')
  const listeners = new Set<(state: RedisState) => void>()
  let told = state()
  for (const connection of all) {
    connection.onChange(() => {
      const now = state()
      if (now === told) return
      told = now
      for (const listener of listeners) listener(now)
    })
  }
  return {
    commands: commands.redis,
    mail: new Subscriptions(mail, log),
    adapter: {
      publisher: new AdapterPublisher(commands.redis, log),
      subscriber: new AdapterSubscriber(new Subscriptions(adapter, log)),
    },
    state,
    onState(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close,
  }
}

function untilReady(connection: Connection, redis: string, waitMs: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const timer = setTimeout(() => {
    const reason = connection.lastError === undefined ? '' : ` (${connection.lastError.message})`
    reject(
      new RedisUnusable(
        `${redis} did not answer within ${waitMs / 1000} s${reason}: is it running, and is REDIS_URL right?`,
      ),
    )
  }, waitMs)
  const check = () => {
    if (!connection.ready) return
    clearTimeout(timer)
    resolve()
  }
  connection.onChange(check)
  check()
  return promise
}

/** Throws `RedisUnusable` where `INFO server` tells of a Redis without sharded pub/sub. */
export function checkVersion(info: string): void {
  const version = /^redis_version:(\S+)/m.exec(info)?.[1] ?? 'unknown'
  if (Number.parseInt(version, 10) >= 7) return
  throw new RedisUnusable(`Redis is version ${version}: Baton needs 7.0 or newer, for sharded pub/sub`)
}

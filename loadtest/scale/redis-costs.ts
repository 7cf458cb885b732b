import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { silentLog } from '../../src/ports/log.ts'
import { connectRedis } from '../../src/store/redis/connect.ts'
import { RedisSessionStore } from '../../src/store/redis/redis-store.ts'
import type { Processes } from '../bench/lib/processes.ts'
import { startRedis } from '../bench/lib/redis.ts'

/** About a delta: one and a half tokens of five characters. */
const TEXT = 'eight ch'
const SESSIONS = 400

/** What Redis takes for each, in microseconds of its CPU. */
export interface RedisCosts {
  /** An answer's append, by how many share a call. */
  readonly append: ReadonlyMap<number, number>
  /** A message of 400 bytes to one subscriber of a channel, by how many there are. */
  readonly delivery: ReadonlyMap<number, number>
  /** An address of the `replicas` set, read with all the others, by how many there are. */
  readonly address: ReadonlyMap<number, number>
  /** A look at the connections of two neighbours. */
  readonly look: number
}

export async function redisCosts(processes: Processes): Promise<RedisCosts> {
  const broker = await startRedis(processes)
  const url = broker.env.REDIS_URL ?? ''
  const asking = new Redis(url)
  /** CPU that Redis spends on one of so many pieces of work. */
  const each = async (pieces: number, work: () => Promise<unknown>) => {
    const before = await cpuOf(asking)
    await processes.during(work())
    return ((await cpuOf(asking)) - before) / pieces
  }
  try {
    return {
      append: await appends(url, each),
      delivery: await deliveries(url, each),
      address: await addresses(url, each),
      look: await looks(url, each),
    }
  } finally {
    asking.disconnect()
    await broker.stop()
  }
}

/** Of the server so far, in microseconds, by its own word: finer than the ticks of /proc. */
async function cpuOf(redis: Redis): Promise<number> {
  const info = await redis.info('cpu')
  const of = (name: string) => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1])
  return (of('used_cpu_user') + of('used_cpu_sys')) * 1e6
}

type Each = (pieces: number, work: () => Promise<unknown>) => Promise<number>

async function appends(url: string, each: Each): Promise<ReadonlyMap<number, number>> {
  const connections = await connectRedis({ REDIS_URL: [url] }, silentLog)
  const store = new RedisSessionStore(connections, { ttlSeconds: 600, maxMessages: 100, log: silentLog })
  try {
    const answers = await Promise.all(Array.from({ length: SESSIONS }, () => begun(store)))
    let storedBytes = 0
    const costs = new Map<number, number>()
    for (const together of [1, 4, 16, 100]) {
      const rounds = 60
      const round = async () => {
        for (let from = 0; from < SESSIONS; from += together) {
          const some = answers.slice(from, from + together)
          await store.append(
            some.map((answer) => ({ ...answer, messageId: null, storedBytes, text: TEXT, bookmark: null })),
          )
        }
        storedBytes += TEXT.length
      }
      const play = async () => {
        for (let i = 0; i < rounds; i++) await round()
      }
      costs.set(together, await each(rounds * SESSIONS, play))
    }
    return costs
  } finally {
    await connections.close()
  }
}

async function begun(store: RedisSessionStore): Promise<{ sessionId: string; epoch: number }> {
  const sessionId = randomUUID()
  const createdAt = new Date().toISOString()
  await store.create({ id: sessionId, userId: null, createdAt }, null)
  const draft = { attempt: 1, createdAt, metadata: {}, content: '' }
  const begun = await store.begin({
    sessionId,
    userId: null,
    message: { ...draft, id: randomUUID(), role: 'user', content: 'hello', status: 'complete' },
    answer: { ...draft, id: randomUUID(), role: 'assistant', status: 'streaming' },
    owner: 'r1.00000000',
    known: null,
    contextSize: 20,
  })
  if (begun.kind !== 'started') throw new Error(begun.kind)
  return { sessionId, epoch: begun.epoch }
}

async function deliveries(url: string, each: Each): Promise<ReadonlyMap<number, number>> {
  const publisher = new Redis(url)
  const subscribers: Redis[] = []
  const costs = new Map<number, number>()
  let arrived = 0
  try {
    for (const count of [10, 100, 500]) {
      while (subscribers.length < count) {
        const subscriber = new Redis(url)
        subscriber.on('smessage', () => arrived++)
        await subscriber.ssubscribe('channel')
        subscribers.push(subscriber)
      }
      const messages = Math.ceil(40_000 / count)
      arrived = 0
      const play = async () => {
        for (let i = 0; i < messages; i++) await publisher.spublish('channel', 'x'.repeat(400))
        while (arrived < messages * count) await new Promise((resolve) => setTimeout(resolve, 10))
      }
      costs.set(count, await each(messages * count, play))
    }
    return costs
  } finally {
    for (const client of [publisher, ...subscribers]) client.disconnect()
  }
}

async function addresses(url: string, each: Each): Promise<ReadonlyMap<number, number>> {
  const redis = new Redis(url)
  const costs = new Map<number, number>()
  try {
    for (const count of [10, 100, 500, 5000]) {
      await redis.del('set')
      await redis.sadd('set', ...Array.from({ length: count }, (_, i) => `baton-7d4b9c-${i}.00000000`))
      const reads = Math.ceil(1_000_000 / count)
      const play = async () => {
        for (let i = 0; i < Math.min(reads, 5000); i++) await redis.smembers('set')
      }
      costs.set(count, await each(Math.min(reads, 5000) * count, play))
    }
    return costs
  } finally {
    redis.disconnect()
  }
}

async function looks(url: string, each: Each): Promise<number> {
  const redis = new Redis(url)
  const names = ['a', 'b'].flatMap((name) => [`replica:{${name}}`, `replica:{${name}}:pulse`])
  try {
    return await each(10_000, async () => {
      for (let i = 0; i < 10_000; i++) await redis.call('PUBSUB', 'SHARDNUMSUB', ...names)
    })
  } finally {
    redis.disconnect()
  }
}

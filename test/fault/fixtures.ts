import type { Redis } from 'ioredis'
import { onTestFinished } from 'vitest'
import type { Message } from '../../src/protocol/message.ts'
import { Keys } from '../../src/store/redis/keys.ts'
import type { Cluster, Where } from '../support/cluster.ts'
import { eventually } from '../support/conditions.ts'
import type { TestClient } from '../support/test-client.ts'

const keys = new Keys()

/** Between two words of an answer that is to be disturbed. */
export const WORD_MS = 10

/** A text in which every word is numbered, so that what is missing, doubled or changed shows; with emoji and CJK in it. */
export function numbered(words: number, name = 'word'): string {
  const ODD = ['👩‍👩‍👧', '字', '🏳️‍🌈', 'é']
  return Array.from({ length: words }, (_, i) =>
    i % 7 === 3 ? `${name}${i}${ODD[i % ODD.length]}` : `${name}${i}`,
  ).join(' ')
}

/** The number of the replica that owns the session's running answer; null while none does. */
export async function ownerOf(redis: Redis, sessionId: string): Promise<number | null> {
  const owner = await redis.hget(keys.answer(sessionId), 'owner')
  return owner === null ? null : Number(/^r(\d+)\./.exec(owner)?.[1]) - 1
}

/** Resolves once another replica than `before` owns the running answer; gives its number. */
export function newOwner(redis: Redis, sessionId: string, before: number): Promise<number> {
  return eventually('another replica takes the answer over', async () => {
    const owner = await ownerOf(redis, sessionId)
    return owner !== before && owner !== null ? { owner } : null
  }).then(({ owner }) => owner)
}

/** A message as Redis has it. */
export async function storedMessage(redis: Redis, sessionId: string, seq: number): Promise<Message> {
  return JSON.parse((await redis.hget(keys.session(sessionId), `message:${seq}`)) ?? 'null') as Message
}

/** The running answer's text as Redis has it; empty where none runs. */
export async function storedText(redis: Redis, sessionId: string): Promise<string> {
  const epoch = await redis.hget(keys.answer(sessionId), 'epoch')
  return (await redis.getrange(keys.text(sessionId, Number(epoch)), 1, -1)) ?? ''
}

/** Waits until the answer has ended in Redis. */
export function storedEnd(redis: Redis, sessionId: string, seq: number, attempt = 1): Promise<Message> {
  return eventually('the answer ends in Redis', async () => {
    const message = await storedMessage(redis, sessionId, seq)
    return message.status !== 'streaming' && message.attempt === attempt && message
  })
}

/** A client that comes back by itself when its connection is lost, and opens the session again. */
export async function loyalClient(cluster: Cluster, where: Where, sessionId?: string): Promise<[TestClient, string]> {
  const client = await cluster.connect(where, { reconnection: true })
  const opened = await client.open(sessionId === undefined ? {} : { sessionId })
  const id = opened.session.id
  if (sessionId !== undefined && id !== sessionId)
    throw new Error(`${sessionId} is unknown there: ${id} is a new one (S1)`)
  client.socket.on('connect', () => void client.open({ sessionId: id }).catch(() => {})) // lost again: the next one tries
  return [client, id]
}

/** Starts again, before the next test, whatever a test has killed or frozen. */
export function reviveAfterwards(cluster: Cluster): void {
  onTestFinished(async () => {
    for (const replica of cluster.replicas) {
      replica.thaw()
      if (!replica.running) await replica.start()
    }
  })
}

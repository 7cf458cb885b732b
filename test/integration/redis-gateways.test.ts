/** Whole gateways on a replicated Redis: answers go on through the death of its masters, and of their own. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Keys } from '../../src/store/redis/keys.ts'
import { numbered } from '../fault/fixtures.ts'
import { type Cluster as Gateways, startCluster } from '../support/cluster.ts'
import { eventually } from '../support/conditions.ts'
import type { TestRedis } from '../support/redis.ts'
import { TestRedisCluster } from '../support/redis-cluster.ts'
import { TestSentinelGroup } from '../support/redis-sentinel.ts'
import { Refused } from '../support/test-client.ts'

const keys = new Keys()

/** A replicated Redis as these tests need it. */
interface Replicated {
  readonly env: Record<string, string>
  masterOf(key: string): Promise<TestRedis>
  /** Resolves once another master has taken the place of the one that was killed. */
  replaced(victim: TestRedis): Promise<void>
  stop(): Promise<void>
}

async function inCluster(): Promise<Replicated> {
  const cluster = await TestRedisCluster.start()
  return {
    env: { REDIS_URL: cluster.urls.join() },
    masterOf: (key) => cluster.masterOf(key),
    replaced: () => cluster.whole(),
    stop: () => cluster.stop(),
  }
}

async function inSentinelGroup(): Promise<Replicated> {
  const group = await TestSentinelGroup.start()
  const { REDIS_SENTINELS, REDIS_MASTER } = group.settings
  return {
    env: { REDIS_SENTINELS: REDIS_SENTINELS.join(), REDIS_MASTER, REDIS_URL: 'redis://127.0.0.1:1' },
    masterOf: () => group.master(),
    replaced: async (victim) => void (await group.promoted(victim)),
    stop: () => group.stop(),
  }
}

const SESSIONS = 4

/** A gateway that has not seen the new master yet refuses what it does not know itself (G1). */
function notYet(error: unknown): null {
  if (error instanceof Refused && error.body.retryable) return null
  throw error
}

describe.each([
  { place: 'a Redis Cluster', make: inCluster },
  { place: 'a Sentinel group', make: inSentinelGroup },
])('gateways on $place', ({ make }) => {
  let redis: Replicated
  let gateways: Gateways
  beforeAll(async () => {
    redis = await make()
    gateways = await startCluster({ replicas: 3, env: { ...redis.env, REDIS_WAIT: '1' } })
  })
  afterAll(async () => {
    await gateways?.stop()
    await redis?.stop()
  })

  /** Answers that stream, asked for on one replica and watched on another. */
  async function streaming(text: string, ownerNumber: number, watcherNumber: number) {
    gateways.model.say(text, { everyMs: 10 })
    const [asker, watcher] = [await gateways.connect(ownerNumber), await gateways.connect(watcherNumber)]
    const sessions = await Promise.all(
      Array.from({ length: SESSIONS }, async () => {
        const sessionId = await asker.newSession()
        await watcher.open({ sessionId })
        const { answer, message, persisted } = await asker.send(sessionId, 'Tell me')
        expect(persisted).toBe(true)
        return { sessionId, answer, message }
      }),
    )
    await Promise.all(sessions.map(({ answer }) => watcher.text(answer.id, 50)))
    return { asker, watcher, sessions }
  }

  test('[F2] [D2] a gateway that is killed: another one finishes its answers', async () => {
    const text = numbered(100)
    const { watcher, sessions } = await streaming(text, 0, 1)
    await gateways.replica(0).kill()
    for (const { answer } of sessions) {
      expect(await watcher.ended(answer.id)).toMatchObject({ content: text, status: 'complete', attempt: 1 })
    }
    await gateways.replica(0).start()
  })

  test('[D1] [M1] a master that is killed in the middle of answers: all of them end whole, and nothing is lost', async () => {
    const text = numbered(250)
    const { asker, watcher, sessions } = await streaming(text, 1, 2)
    const victim = await redis.masterOf(keys.session(sessions[0]?.sessionId ?? ''))
    await victim.kill()
    await redis.replaced(victim)
    for (const { answer } of sessions) {
      for (const client of [asker, watcher]) {
        const final = await client.until('the answer ends', () => {
          const shown = client.shown(answer.id)
          return shown !== undefined && shown.status !== 'streaming' && shown
        })
        expect(final).toMatchObject({ content: text, status: 'complete' })
      }
    }
    gateways.model.say('and again')
    const other = await gateways.connect(0)
    for (const { sessionId, message, answer } of sessions) {
      const stored = await eventually('the session can be opened', () => other.open({ sessionId }).catch(notYet))
      expect(stored.messages.map(({ id, content }) => [id, content])).toEqual([
        [message.id, 'Tell me'],
        [answer.id, text],
      ])
      const next = await other.send(sessionId, 'Once more')
      expect(await watcher.ended(next.answer.id)).toMatchObject({ content: 'and again', seq: 4 })
    }
  })
})

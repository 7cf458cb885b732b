/** Whole gateways on a replicated Redis: answers go on through the death of its masters, and of their own. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Keys } from '../../src/store/redis/keys.ts'
import { numbered } from '../fault/fixtures.ts'
import { type Cluster as Gateways, startCluster } from '../support/cluster.ts'
import { eventually } from '../support/conditions.ts'
import { REPLICATED, type ReplicatedRedis, startReplicatedRedis } from '../support/replicated-redis.ts'
import { Refused } from '../support/test-client.ts'

const keys = new Keys()

const SESSIONS = 4

/** A gateway that has not seen the new master yet refuses what it does not know itself (G1). */
function notYet(error: unknown): null {
  if (error instanceof Refused && error.body.retryable) return null
  throw error
}

describe.each(REPLICATED)('gateways on a Redis %s', (kind) => {
  let redis: ReplicatedRedis
  let gateways: Gateways
  beforeAll(async () => {
    redis = await startReplicatedRedis(kind)
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

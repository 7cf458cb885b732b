/** A user's stop, and the SIGKILL of the replica that acknowledged it (D7, F2): it stands where Redis had it. */
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import type { Stopped } from '../../src/protocol/events.ts'
import type { Message } from '../../src/protocol/message.ts'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { eventually } from '../support/conditions.ts'
import { reviveAfterwards, storedEnd } from './fixtures.ts'

const ANSWERS = 12
const OWNER = 0
const LAST_WORD = 'The end.'

let cluster: Cluster
beforeAll(async () => {
  cluster = await startCluster({ replicas: 3 })
})
afterAll(() => cluster.stop())
beforeEach(() => reviveAfterwards(cluster))

/** What was acknowledged as stopped, and every view of it once the answers of the dead replica are all taken over. */
interface Verdict {
  readonly acknowledged: readonly Message[]
  readonly views: readonly (readonly Message[])[]
}

/**
 * Answers stream at the owner. All but the first are stopped at once, by way of the replica `asked`, which is killed as soon as
 * `acknowledgements` have come: the others' are on their way, in every stage. The first goes on.
 */
async function stopAndKill(place: Cluster, asked: number, acknowledgements: number): Promise<Verdict> {
  let isOver = false
  place.model.script(async function* ({ continues }) {
    for (let word = 0; continues === null && !isOver; word++) {
      yield `word${word} `
      await pause(5)
    }
    yield LAST_WORD
  })
  const redis = place.inspect()
  const survivors = place.replicas.map((_, i) => i).filter((i) => i !== asked)
  const [asker, stopper, ...watchers] = await Promise.all([OWNER, asked, ...survivors].map((i) => place.connect(i)))
  if (asker === undefined || stopper === undefined) throw new Error('there is nobody to ask')
  const answers = await Promise.all(
    Array.from({ length: ANSWERS }, async () => {
      const sessionId = await asker.newSession()
      for (const client of [stopper, ...watchers]) await client.open({ sessionId })
      const { answer } = await asker.send(sessionId, 'Tell me')
      return { sessionId, answer }
    }),
  )
  for (const { answer } of answers) for (const client of [asker, ...watchers]) await client.text(answer.id, 20)

  const replies: Stopped[] = []
  const dead = place.replica(asked)
  const killed = Promise.withResolvers<void>()
  for (const { sessionId, answer } of answers.slice(1)) {
    stopper.socket.emit('message:stop', { sessionId, messageId: answer.id }, (reply: { ok: boolean } & Stopped) => {
      if (reply.ok && replies.push(reply) === acknowledgements) dead.kill().then(killed.resolve, killed.reject)
    })
  }
  await killed.promise
  for (const reply of replies)
    expect(reply).toMatchObject({ message: { status: 'stopped' }, persisted: true, backend: 'redis' })
  await eventually('all that it had is seen to', async () => {
    const members = await redis.smembers('replicas')
    return !members.some((address) => address.startsWith(`${dead.id}.`))
  })
  isOver = true

  const stored = await Promise.all(answers.map(({ sessionId, answer }) => storedEnd(redis, sessionId, answer.seq)))
  const ends = new Map(stored.map((message) => [message.id, message]))
  expect(stored[0]?.content).toContain(LAST_WORD)
  for (const watcher of watchers)
    for (const { id } of stored) await watcher.until('it has ended', () => watcher.shown(id)?.status !== 'streaming')
  const late = await place.connect(survivors[0] ?? 0)
  const opened = await Promise.all(answers.map(({ sessionId }) => late.open({ sessionId })))
  const newcomer = new Map(opened.flatMap(({ messages }) => messages).map((message) => [message.id, message]))
  const lookups = [...watchers.map((client) => (id: string) => client.shown(id)), (id: string) => newcomer.get(id)]
  const views = [(id: string) => ends.get(id), ...lookups].map((look) =>
    replies.map(({ message }) => look(message.id)).filter((message) => message !== undefined),
  )
  return { acknowledged: replies.map(({ message }) => message), views }
}

for (const [how, asked] of [
  ['its owner', OWNER],
  ['a replica that took it from its owner to stop it', OWNER + 1],
] as const) {
  test.each([1, 4])(
    `[D7] [F2] ${how} is killed at acknowledgement %i: what was acknowledged stays stopped, with its text, for everybody`,
    async (acknowledgements) => {
      const { acknowledged, views } = await stopAndKill(cluster, asked, acknowledgements)
      expect(acknowledged.length).toBeGreaterThanOrEqual(acknowledgements)
      for (const view of views) expect(view).toEqual(acknowledged)
    },
  )
}

test('where the end is acknowledged before Redis has it, the same check finds that it is undone', async () => {
  const program = [join(import.meta.dirname, 'hasty-main.ts')]
  const hasty = await startCluster({ replicas: 2, program })
  onTestFinished(() => hasty.stop())
  const { acknowledged, views } = await stopAndKill(hasty, OWNER, 1)
  for (const view of views) expect(view).not.toEqual(acknowledged)
})

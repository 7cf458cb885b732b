/** The list of the replicas that watch a session is lost: an operator's DEL, or Redis evicts it (G6). */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Keys } from '../../src/store/redis/keys.ts'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { eventually, Latch } from '../support/conditions.ts'

let cluster: Cluster
beforeAll(async () => {
  cluster = await startCluster({ replicas: 3 })
})
afterAll(() => cluster.stop())

/** A session with a client on the first replica and one on the second, of whom Redis does not know any more. */
async function forgotten() {
  const redis = cluster.inspect()
  const [asker, watcher] = [await cluster.connect(0), await cluster.connect(1)]
  const sessionId = await asker.newSession()
  await watcher.open({ sessionId })
  const lose = () => redis.del(new Keys().ofSession(sessionId)[3])
  await lose()
  return { redis, asker, watcher, sessionId, lose }
}

test('[G6] while nothing happens: the next message reaches everybody all the same', async () => {
  cluster.model.say('Here it is')
  const { asker, watcher, sessionId } = await forgotten()
  const { answer } = await asker.send(sessionId, 'Tell me')
  expect(await watcher.ended(answer.id)).toMatchObject({ content: 'Here it is' })
})

test('[G6] and the next message comes over HTTP, by a replica where nobody watches', async () => {
  cluster.model.say('Here it is')
  const { redis, asker, watcher, sessionId } = await forgotten()
  const sent = await fetch(`${cluster.replica(2).url}/api/chat/sessions/${sessionId}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message: 'Tell me' }),
  })
  expect(sent.status).toBe(200)
  const [id] = await redis.zrange(new Keys().ofSession(sessionId)[1], '-1', '-1')
  for (const client of [asker, watcher])
    expect((await client.ended(String(id).replace('answer:', ''))).content).toBe('Here it is')
})

test('[G6] and somebody comes anew before the next message: the list that has only them is not taken for whole', async () => {
  cluster.model.say('Here it is')
  const { watcher, sessionId } = await forgotten()
  const late = await cluster.connect(2)
  await late.open({ sessionId })
  const { answer } = await late.send(sessionId, 'Tell me')
  expect(await watcher.ended(answer.id)).toMatchObject({ content: 'Here it is' })
})

test('[G6] [S3] while an answer runs: it is whole again soon, and expires with the session', async () => {
  const goOn = new Latch()
  cluster.model.script(async function* () {
    yield 'So far, '
    await goOn.opened
    yield 'so good.'
  })
  const { redis, asker, watcher, sessionId, lose } = await forgotten()
  const { answer } = await asker.send(sessionId, 'Well?')
  await watcher.text(answer.id)
  await lose()
  const list = new Keys().ofSession(sessionId)[3]
  const who = async () => (await redis.hkeys(list)).map((address) => address.split('.')[0]).sort()
  await eventually('both watch again, and nobody is missing', async () => (await who()).join() === 'r1,r2')
  expect(await redis.ttl(list)).toBeGreaterThan(0)
  goOn.open()
  expect((await watcher.ended(answer.id)).content).toBe('So far, so good.')
})

test('[G6] and everybody has gone: nobody is missed for ever', async () => {
  cluster.model.say('Here it is')
  const { redis, asker, watcher, sessionId } = await forgotten()
  watcher.close()
  const { answer } = await asker.send(sessionId, 'Tell me')
  await asker.ended(answer.id)
  asker.close()
  const session = new Keys().session(sessionId)
  await eventually('it counts as watched no more', async () => (await redis.hexists(session, 'watched')) === 0)
})

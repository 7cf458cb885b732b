/** SIGKILL of the replica that owns an answer (F2, F3, F4). */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { eventually, Latch } from '../support/conditions.ts'
import {
  loyalClient,
  newOwner,
  numbered,
  ownerOf,
  reviveAfterwards,
  storedEnd,
  storedText,
  WORD_MS,
} from './fixtures.ts'
import { immortalKeys } from './redis-contents.ts'

let cluster: Cluster
beforeAll(async () => {
  cluster = await startCluster({ replicas: 3, nginx: true })
})
afterAll(() => cluster.stop())
beforeEach(() => reviveAfterwards(cluster))

test('[F2] [F3] [D2] a killed owner: clients elsewhere and clients of its own go on in the same text', async () => {
  const text = numbered(120)
  cluster.model.say(text, { everyMs: WORD_MS })
  const redis = cluster.inspect()
  const [asker, sessionId] = await loyalClient(cluster, 'nginx')
  const { answer } = await asker.send(sessionId, 'Tell me')
  const owner = (await ownerOf(redis, sessionId)) ?? 0
  const [watcher] = await loyalClient(cluster, (owner + 1) % 3, sessionId)
  await asker.text(answer.id, 200)
  await cluster.replica(owner).kill()
  const heir = await newOwner(redis, sessionId, owner)

  const finals = await Promise.all([asker.ended(answer.id), watcher.ended(answer.id)])
  expect(finals[0]).toEqual(finals[1])
  expect(finals[0]).toMatchObject({ content: text, status: 'complete', attempt: 1 })
  expect(finals[0].metadata.replicas).toEqual([`r${owner + 1}`, `r${heir + 1}`])
  expect(await immortalKeys(redis)).toEqual([])
})

test('[D7] [F2] an answer whose owner is killed goes on though no client is connected anywhere', async () => {
  const text = numbered(80)
  cluster.model.say(text, { everyMs: WORD_MS })
  const redis = cluster.inspect()
  const client = await cluster.connect(0)
  const sessionId = await client.newSession()
  const { answer } = await client.send(sessionId, 'Tell me')
  await client.text(answer.id, 100)
  client.close()
  await cluster.replica(0).kill()
  expect(await storedEnd(redis, sessionId, answer.seq)).toMatchObject({ content: text, status: 'complete' })
})

test('[F2] an owner that is killed before the model has said a word: the answer is made by another', async () => {
  const text = numbered(30)
  const gate = new Latch()
  cluster.model.script(async function* ({ turns }) {
    if (cluster.model.generations === asked + 1) await gate.opened
    yield turns.at(-1)?.content === 'Tell me' ? text : 'something else'
  })
  const asked = cluster.model.generations
  const redis = cluster.inspect()
  const [watcher, sessionId] = await loyalClient(cluster, 1)
  const asker = await cluster.connect(0)
  const { answer } = await asker.send(sessionId, 'Tell me')
  await cluster.model.until(() => cluster.model.generations === asked + 1)
  await cluster.replica(0).kill()
  const final = await watcher.ended(answer.id)
  gate.open()
  expect(final).toMatchObject({ content: text, status: 'complete', attempt: 1 })
  expect(final.metadata.replicas).toHaveLength(1)
  expect(final.metadata.replicas).not.toContain('r1')
  expect(await ownerOf(redis, sessionId)).toBeNull()
})

test('[F2] a takeover is taken over: the second owner is killed as well', async () => {
  const text = numbered(160)
  cluster.model.say(text, { everyMs: WORD_MS })
  const redis = cluster.inspect()
  const [asker, sessionId] = await loyalClient(cluster, 0)
  const { answer } = await asker.send(sessionId, 'Tell me')
  await asker.text(answer.id, 150)
  await cluster.replica(0).kill()
  const second = await newOwner(redis, sessionId, 0)
  const third = 3 - second // the numbers are 0, 1 and 2
  const [watcher] = await loyalClient(cluster, third, sessionId)
  const shown = watcher.shown(answer.id)?.content.length ?? 0
  await watcher.text(answer.id, shown + 100)
  await cluster.replica(second).kill()
  const final = await watcher.ended(answer.id)
  expect(final).toMatchObject({ content: text, status: 'complete', attempt: 1 })
  expect(final.metadata.replicas).toEqual(['r1', `r${second + 1}`, `r${third + 1}`])
})

test('[F4] an answer that has cost six owners their lives ends as interrupted, its text kept, and can be regenerated', async () => {
  const text = numbered(40)
  const gate = new Latch()
  let asked = 0
  cluster.model.script(async function* () {
    const times = ++asked // each owner adds a word
    yield text
    for (let owner = 2; owner <= times; owner++) yield ` more${owner}`
    await gate.opened
    yield 'end'
  })
  const redis = cluster.inspect()
  const client = await cluster.connect(0)
  const sessionId = await client.newSession()
  const { answer } = await client.send(sessionId, 'Tell me')
  await client.text(answer.id, text.length)
  for (let owner = 0, kills = 1; kills <= 6; kills++) {
    await cluster.replica(owner).kill()
    if (kills < 6) {
      owner = await newOwner(redis, sessionId, owner)
      const added = ` more${kills + 1}`
      await eventually('it adds to the answer', async () => (await storedText(redis, sessionId)).endsWith(added))
    }
    await Promise.all(cluster.replicas.filter(({ running }) => !running).map((replica) => replica.start()))
  }
  const message = await storedEnd(redis, sessionId, answer.seq)
  const content = `${text} more2 more3 more4 more5 more6`
  expect(message).toMatchObject({ content, status: 'error', attempt: 1 })
  expect(message.metadata.error).toMatchObject({ code: 'interrupted', retryable: true })
  gate.open()

  cluster.model.say('from the start')
  const again = await cluster.connect(1)
  await again.open({ sessionId })
  await again.request('message:regenerate', { sessionId, messageId: answer.id })
  expect(await again.ended(answer.id, 2)).toMatchObject({ content: 'from the start', status: 'complete' })
})

test('[F2] [M2] a message whose acknowledgement died with the replica is sent again and stands there once', async () => {
  const text = numbered(60)
  cluster.model.say(text, { everyMs: WORD_MS })
  const redis = cluster.inspect()
  const [watcher, sessionId] = await loyalClient(cluster, 1)
  const id = crypto.randomUUID()
  const asker = await cluster.connect(0)
  asker.socket.emit('message:send', { sessionId, id, content: 'Tell me' })
  await watcher.event('message', ({ message }) => message.id === id)
  await cluster.replica(0).kill()
  const { message, answer } = await watcher.send(sessionId, 'Tell me', id)
  expect(message).toMatchObject({ id, seq: 1 })
  expect(await watcher.ended(answer.id)).toMatchObject({ content: text, status: 'complete', seq: 2 })
  expect(await redis.hget(`session:{${sessionId}}`, 'seq')).toBe('2')
})

test('[F2] exactly one replica takes each of a dead one’s answers', async () => {
  const text = numbered(250)
  cluster.model.say(text, { everyMs: 20 })
  const client = await cluster.connect(0)
  const watcher = await cluster.connect(1)
  const answers = await Promise.all(
    Array.from({ length: 24 }, async () => {
      const sessionId = await client.newSession()
      await watcher.open({ sessionId })
      return (await client.send(sessionId, 'Tell me')).answer
    }),
  )
  await Promise.all(answers.map(({ id }) => watcher.text(id, 50)))
  const generations = cluster.model.generations
  await cluster.replica(0).kill()
  const finals = await Promise.all(answers.map(({ id }) => watcher.ended(id)))
  expect(finals.map(({ content }) => content)).toEqual(answers.map(() => text))
  expect(cluster.model.generations).toBe(generations)
  const taken = cluster.replicas.flatMap(({ logs }) => logs).filter(({ msg }) => msg === 'took an answer over')
  for (const { id } of answers) expect(taken.filter(({ message }) => message === id)).toHaveLength(1)
})

test('[F2] a client that opens the session of a dead owner starts the takeover, whatever the others know', async () => {
  const text = numbered(60)
  cluster.model.say(text, { everyMs: WORD_MS })
  const client = await cluster.connect(0)
  const sessionId = await client.newSession()
  const { answer } = await client.send(sessionId, 'Tell me')
  await client.text(answer.id, 50)
  await cluster.replica(0).kill()
  const opener = await cluster.connect(2)
  await opener.open({ sessionId })
  expect(await opener.ended(answer.id)).toMatchObject({ content: text, status: 'complete' })
})

test('[S3] a dead replica leaves nothing behind once its answers have ended', async () => {
  const redis = cluster.inspect()
  await eventually('only the living are members', async () => {
    const members = await redis.smembers('replicas')
    return members.length === 3 && members.length
  })
  const lists = await redis.keys('replica:*:sessions')
  expect(lists).toEqual([])
})

test('[X6] a replica that died is told of its sessions no more', async () => {
  cluster.model.say('Well')
  const redis = cluster.inspect()
  const client = await cluster.connect(0)
  const sessionId = await client.newSession()
  const other = await cluster.connect(1)
  await other.open({ sessionId })
  const watchers = () => redis.hkeys(`session:{${sessionId}}:watchers`)
  expect(await watchers()).toHaveLength(2)
  await cluster.replica(1).kill()
  const { answer } = await client.send(sessionId, 'Tell me')
  await client.ended(answer.id)
  await eventually('only the living one is left', async () => {
    const { answer } = await client.send(sessionId, 'And now?')
    await client.ended(answer.id)
    return (await watchers()).every((address) => address.startsWith('r1.'))
  })
  expect(await watchers()).toHaveLength(1)
})

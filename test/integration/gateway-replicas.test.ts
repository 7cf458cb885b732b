import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Opened, Sent } from '../../src/protocol/events.ts'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { eventually, Latch } from '../support/conditions.ts'
import { callsOf } from '../support/redis-inspection.ts'
import type { TestClient } from '../support/test-client.ts'

let cluster: Cluster
beforeAll(async () => {
  cluster = await startCluster({ replicas: 2 })
})
beforeEach(async () => {
  for (const where of [0, 1]) {
    const client = await cluster.connect(where)
    await eventually('the replica has Redis', async () => {
      const reply = await client.ask('session:open', {})
      return reply.ok && (reply as unknown as Opened).backend === 'redis'
    })
  }
})
afterAll(() => cluster.stop())

/** Clients on both replicas that have opened the same new session. */
async function pair(): Promise<{ first: TestClient; second: TestClient; sessionId: string }> {
  const first = await cluster.connect(0)
  const second = await cluster.connect(1)
  const sessionId = await first.newSession()
  await second.open({ sessionId })
  return { first, second, sessionId }
}

/** Resolves once whatever the gateway had sent to the client before has come. */
async function caughtUp(client: TestClient): Promise<void> {
  await client.ask('no such event', {})
}

test('[E] [D2] every event reaches the sockets of every replica, the same text to each', async () => {
  cluster.model.say('One two three four five six seven.', { everyMs: 5 })
  const { first, second, sessionId } = await pair()
  const { answer, message } = await second.send(sessionId, 'Count!')
  const finals = await Promise.all([first.ended(answer.id), second.ended(answer.id)])
  expect(finals[0]).toEqual(finals[1])
  expect(finals[0]?.metadata.replicas).toEqual(['r2'])
  expect(first.shown(message.id)).toEqual(message)
  for (const { received } of [first, second]) {
    expect(received.filter(({ event }) => event === 'message')).toHaveLength(3)
  }
})

test('[D7] stop from another replica ends the work of the model, and nothing follows the stopped message', async () => {
  const stopsAt = 8
  cluster.model.script(async function* () {
    for (let i = 0; ; i++) {
      yield `${i} `
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  })
  const { first, second, sessionId } = await pair()
  const { answer } = await first.send(sessionId, 'Count for ever')
  await second.text(answer.id, stopsAt)
  const dropped = cluster.model.disconnects
  const { message } = await second.request('message:stop', { sessionId, messageId: answer.id })
  expect(message).toMatchObject({ id: answer.id, status: 'stopped' })
  expect(message.content.length).toBeGreaterThanOrEqual(stopsAt)
  expect(message.metadata).toMatchObject({ replicas: ['r1'], finish_reason: expect.any(String) })
  const finals = await Promise.all([first.ended(answer.id), second.ended(answer.id)])
  expect(finals).toEqual([message, message])
  await cluster.model.until(() => cluster.model.disconnects > dropped)
  for (const client of [first, second]) {
    await caughtUp(client)
    expect(client.received.at(-1)).toEqual({ event: 'message', payload: { sessionId, message } })
  }
  cluster.model.say('Next.')
  const next = await first.send(sessionId, 'And now?')
  expect((await second.ended(next.answer.id)).content).toBe('Next.')
})

test('[D7] with nobody connected an answer goes on, and can be stopped by somebody on another replica', async () => {
  const latch = cluster.model.saysInTwo('Nobody listens', '.')
  const first = await cluster.connect(0)
  const sessionId = await first.newSession()
  const { answer } = await first.send(sessionId, 'Go')
  await first.text(answer.id)
  first.close()
  const second = await cluster.connect(1)
  const opened = await second.open({ sessionId })
  expect(opened.messages.at(-1)).toMatchObject({ content: 'Nobody listens', status: 'streaming' })
  const dropped = cluster.model.disconnects
  const { message } = await second.request('message:stop', { sessionId, messageId: answer.id })
  expect(message).toMatchObject({ content: 'Nobody listens', status: 'stopped' })
  const lost = () =>
    cluster
      .replica(0)
      .logs.find((line) => line.msg === 'answer is owned elsewhere by now' && line.message === answer.id)
  await eventually('its owner learns of it', () => lost() !== undefined)
  expect(lost()?.level, 'that is no trouble').toBe('info')
  await cluster.model.until(() => cluster.model.disconnects > dropped)
  latch.open()
})

test('[M2] the same id sent on another replica while its answer streams gives that answer', async () => {
  const latch = cluster.model.saysInTwo('Only', ' once.')
  const { first, second, sessionId } = await pair()
  const sent = await first.send(sessionId, 'Hello')
  await first.text(sent.answer.id)
  expect(await second.send(sessionId, 'Hello', sent.message.id)).toEqual({
    ...sent,
    answer: { ...sent.answer, content: 'Only' },
  })
  latch.open()
  expect((await second.ended(sent.answer.id)).content).toBe('Only once.')
})

test('[M5] an answer regenerated on another replica starts over everywhere', async () => {
  cluster.model.say('First.')
  const { first, second, sessionId } = await pair()
  const { answer } = await first.send(sessionId, 'Hello')
  await second.ended(answer.id)
  cluster.model.say('Second.')
  await second.request('message:regenerate', { sessionId, messageId: answer.id })
  const finals = await Promise.all([first.ended(answer.id, 2), second.ended(answer.id, 2)])
  expect(finals.map(({ content }) => content)).toEqual(['Second.', 'Second.'])
  expect(finals[0]?.metadata.replicas).toEqual(['r2'])
})

test('[E] a session cleared on one replica right after it was opened on another ends there too', async () => {
  const first = await cluster.connect(0)
  const second = await cluster.connect(1)
  for (let i = 0; i < 50; i++) {
    const sessionId = await second.newSession()
    await first.request('session:clear', { sessionId })
    await second.event('session:ended', (ended) => ended.sessionId === sessionId && ended.reason === 'cleared')
  }
})

test('[D5] nothing is published for a session that only its own replica follows', async () => {
  const first = await cluster.connect(0)
  const sessionId = await first.newSession()
  cluster.model.say('Many small words that make up one answer.', { everyMs: 2 })
  await first.ended((await first.send(sessionId, 'warm up')).answer.id)
  const redis = cluster.inspect()
  const published = async () => (await callsOf(redis)).get('spublish') ?? 0
  const perAnswer = async () => {
    const before = await published()
    await first.ended((await first.send(sessionId, 'Go')).answer.id)
    return (await published()) - before
  }
  const alone = await perAnswer()
  expect(alone, 'that it owns something, to its neighbours').toBeLessThanOrEqual(2)

  const second = await cluster.connect(1)
  await second.open({ sessionId })
  expect(await perAnswer()).toBeGreaterThan(alone)
})

test('[D5] a replica on which nobody follows the session any more is sent nothing more of it', async () => {
  let ended = false
  cluster.model.script(async function* () {
    for (let i = 0; !ended; i++) {
      yield `${i} `
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  })
  const { first, second, sessionId } = await pair()
  const { answer } = await first.send(sessionId, 'Go on and on')
  await second.text(answer.id)
  second.close()
  const redis = cluster.inspect()
  const published = async () => (await callsOf(redis)).get('spublish') ?? 0
  await eventually('nothing is published any more', async () => {
    const before = await published()
    await first.text(answer.id, (first.shown(answer.id)?.content.length ?? 0) + 100)
    return (await published()) === before
  })
  ended = true
  await first.ended(answer.id)
})

test('[D1] while Redis stands still nothing is shown; then all of it, once', async () => {
  let said = 0
  const goOn = new Latch()
  cluster.model.script(async function* () {
    for (; said < 200; said++) {
      yield `${said} `
      await new Promise((resolve) => setTimeout(resolve, 2))
      if (said === 150) await goOn.opened
    }
  })
  const { first, second, sessionId } = await pair()
  const { answer } = await first.send(sessionId, 'Count')
  await second.text(answer.id, 20)
  cluster.redis.freeze()
  try {
    for (const client of [first, first, second, second]) await caughtUp(client) // what Redis had taken before is shown by now
    const shown = [first, second].map((client) => client.shown(answer.id)?.content)
    const saidThen = said
    await eventually('the model says more', () => said > saidThen + 20)
    for (const client of [first, second]) await caughtUp(client)
    expect([first, second].map((client) => client.shown(answer.id)?.content)).toEqual(shown)
  } finally {
    cluster.redis.thaw()
  }
  goOn.open()
  const text = Array.from({ length: 200 }, (_, i) => `${i} `).join('')
  const finals = await Promise.all([first.ended(answer.id), second.ended(answer.id)])
  expect(finals.map(({ content }) => content)).toEqual([text, text])
})

test('[D1] [G1] [G2] while Redis is away what is shown is said to be unsafe first; then it is stored, once', async () => {
  const goOn = new Latch()
  const endIt = new Latch()
  cluster.model.script(async function* () {
    yield 'Before. '
    await goOn.opened
    yield 'During. '
    await endIt.opened
    yield 'After.'
  })
  const { first, second, sessionId } = await pair()
  const { answer } = await first.send(sessionId, 'Go')
  await second.text(answer.id)
  cluster.redis.freeze()
  try {
    goOn.open()
    await first.text(answer.id, 'Before. During. '.length)
  } finally {
    cluster.redis.thaw()
  }
  const kinds = first.received.map(({ event }) => event)
  expect(kinds.indexOf('backend')).toBeLessThan(kinds.lastIndexOf('delta'))
  expect(first.all('backend')[0]).toEqual({ backend: 'memory' })
  await first.event('backend', ({ backend }) => backend === 'redis')
  endIt.open()
  const finals = await Promise.all([first.ended(answer.id), second.ended(answer.id)])
  expect(finals.map(({ content }) => content)).toEqual(Array(2).fill('Before. During. After.'))
  const stored = await cluster.inspect().hget(`session:{${sessionId}}`, 'message:2')
  expect(JSON.parse(stored ?? '')).toEqual(finals[0])
})

test('[M2] [G2] a message sent while Redis stands still is stored once, however often it is sent', async () => {
  cluster.model.say('Here I am.')
  const { first, second, sessionId } = await pair()
  const request = { sessionId, id: randomUUID(), content: 'Anybody there?' }
  cluster.redis.freeze()
  try {
    const reply = await first.ask('message:send', request)
    expect(reply).toMatchObject(reply.ok ? { persisted: false } : { error: { code: 'overloaded', retryable: true } })
  } finally {
    cluster.redis.thaw()
  }
  const taken = await eventually('the message is stored', async () => {
    const reply = await first.ask('message:send', request)
    return reply.ok && (reply as unknown as Sent).persisted && (reply as unknown as Sent)
  })
  expect((await second.ended(taken.answer.id)).content).toBe('Here I am.')
  for (const client of [first, second]) {
    const { messages } = await eventually('the replica has Redis again', async () => {
      const opened = await client.open({ sessionId })
      return opened.backend === 'redis' && opened
    })
    expect(messages.map(({ seq, role, content }) => `${seq} ${role}: ${content}`)).toEqual([
      '1 user: Anybody there?',
      '2 assistant: Here I am.',
    ])
  }
})

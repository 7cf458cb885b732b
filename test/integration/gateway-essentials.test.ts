import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Message } from '../../src/protocol/message.ts'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { end } from '../support/scripted-model.ts'

describe.each(['redis', 'memory'] as const)('with STORE=%s', (store) => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startCluster({ env: { STORE: store } })
  })
  afterAll(() => cluster.stop())

  test('[E] [M1] [M4] a message is acknowledged with what is stored, told to every socket, and answered', async () => {
    cluster.model.say('It is four.')
    const client = await cluster.connect()
    const other = await cluster.connect()
    const { session } = await client.open()
    await other.open({ sessionId: session.id })
    const id = randomUUID()
    const sent = await client.request('message:send', {
      sessionId: session.id,
      id,
      content: 'Two and two?',
      metadata: { a: [1] },
    })
    const question = {
      id,
      seq: 1,
      role: 'user',
      content: 'Two and two?',
      status: 'complete',
      attempt: 1,
      metadata: { a: [1] },
    }
    expect(sent).toMatchObject({
      message: question,
      answer: { seq: 2, role: 'assistant', content: '', status: 'streaming', attempt: 1, metadata: {} },
      persisted: store === 'redis',
      backend: store,
    })
    const final = await client.ended(sent.answer.id)
    expect(final).toEqual({
      ...sent.answer,
      content: 'It is four.',
      status: 'complete',
      metadata: {
        replicas: ['r1'],
        processing_time_ms: expect.any(Number),
        finish_reason: 'stop',
        usage: expect.objectContaining({ completion_tokens: 3 }),
        model: 'gpt-5-mini',
      },
    })
    await other.ended(sent.answer.id)
    for (const { received } of [client, other]) {
      const kinds = received.map(({ event }) => event)
      expect(kinds.slice(0, 3)).toEqual(['message', 'message', 'delta'])
      expect(kinds.at(-1)).toBe('message')
      expect(kinds.filter((kind) => kind === 'message')).toHaveLength(3)
    }
    expect(new Date(final.createdAt).toISOString()).toBe(final.createdAt)
  })

  test('[M2] the same id is appended once and acknowledged twice, with the same seq and answer', async () => {
    const latch = cluster.model.saysInTwo('Once', ' only.')
    const client = await cluster.connect()
    const sessionId = await client.newSession()
    const asked = cluster.model.requests.length
    const sent = await client.send(sessionId, 'Hello?')
    await client.text(sent.answer.id)
    const repeated = await client.send(sessionId, 'Hello?', sent.message.id)
    expect(repeated).toEqual({ ...sent, answer: { ...sent.answer, content: 'Once' } })
    latch.open()
    const final = await client.ended(sent.answer.id)
    expect(await client.send(sessionId, 'whatever', sent.message.id.toUpperCase())).toEqual({ ...sent, answer: final })
    expect(cluster.model.requests.length - asked).toBe(1)
    expect((await client.open({ sessionId })).messages).toEqual([sent.message, final])
  })

  test('[M3] while an answer streams another message is refused, and can be sent afterwards', async () => {
    const latch = cluster.model.saysInTwo('Busy', '.')
    const client = await cluster.connect()
    const sessionId = await client.newSession()
    const { answer } = await client.send(sessionId, 'First')
    const refusal = await client.refusal('message:send', { sessionId, id: randomUUID(), content: 'Second' })
    expect(refusal).toMatchObject({ code: 'answer_in_progress', retryable: true })
    expect(await client.refusal('message:regenerate', { sessionId, messageId: answer.id })).toMatchObject({
      code: 'answer_in_progress',
    })
    latch.open()
    await client.ended(answer.id)
    const second = await client.send(sessionId, 'Second')
    expect(second.message.seq).toBe(3)
    await client.ended(second.answer.id)
  })

  test('[M5] blank content is invalid, stopping what has ended acknowledges it, only the last answer is regenerated', async () => {
    cluster.model.say('Yes.')
    const client = await cluster.connect()
    const sessionId = await client.newSession()
    for (const content of ['', ' ', '\n\t\u00a0\u2028']) {
      expect(await client.refusal('message:send', { sessionId, id: randomUUID(), content })).toMatchObject({
        code: 'invalid',
      })
    }
    const first = await client.send(sessionId, 'One?')
    const firstFinal = await client.ended(first.answer.id)
    const second = await client.send(sessionId, 'Two?')
    await client.ended(second.answer.id)

    expect(await client.request('message:stop', { sessionId, messageId: first.answer.id })).toMatchObject({
      message: firstFinal,
    })
    const codes = async (event: string) => {
      const ids = [first.answer.id, first.message.id, second.message.id, randomUUID()]
      return Promise.all(ids.map(async (messageId) => (await client.refusal(event, { sessionId, messageId })).code))
    }
    expect(await codes('message:regenerate')).toEqual(['invalid', 'invalid', 'invalid', 'message_not_found'])
    expect(await client.refusal('message:stop', { sessionId, messageId: first.message.id })).toMatchObject({
      code: 'invalid',
    })
    expect(await client.refusal('message:stop', { sessionId, messageId: randomUUID() })).toMatchObject({
      code: 'message_not_found',
    })
  })

  test('[M5] regenerating keeps id and seq, raises the attempt, and tells everyone', async () => {
    cluster.model.say('First try.')
    const client = await cluster.connect()
    const other = await cluster.connect()
    const sessionId = await client.newSession()
    await other.open({ sessionId })
    const sent = await client.send(sessionId, 'Well?')
    const first = await client.ended(sent.answer.id)
    cluster.model.say('Second try.')
    const { answer } = await client.request('message:regenerate', { sessionId, messageId: sent.answer.id })
    expect(answer).toMatchObject({
      id: first.id,
      seq: first.seq,
      attempt: 2,
      content: '',
      status: 'streaming',
      metadata: {},
    })
    const finals = await Promise.all([client.ended(answer.id, 2), other.ended(answer.id, 2)])
    expect(finals.map(({ content, seq, status }) => ({ content, seq, status }))).toEqual(
      Array(2).fill({ content: 'Second try.', seq: 2, status: 'complete' }),
    )
    expect(
      cluster.model.requests
        .at(-1)
        ?.turns.map(({ content }) => content)
        .slice(1),
    ).toEqual(['Well?'])
    expect((await client.open({ sessionId })).messages.map(({ id }) => id)).toEqual([sent.message.id, answer.id])
  })

  test('[D2] [D4] a socket that joins midway is given the text so far, and the rest without gap or overlap', async () => {
    const latch = cluster.model.saysInTwo('The first half, ', 'and the second.')
    const client = await cluster.connect()
    const sessionId = await client.newSession()
    const { answer } = await client.send(sessionId, 'Tell me.')
    await client.text(answer.id)
    const late = await cluster.connect()
    const opened = await late.open({ sessionId })
    expect(opened.messages.at(-1)).toMatchObject({ id: answer.id, content: 'The first half, ', status: 'streaming' })
    latch.open()
    expect((await late.ended(answer.id)).content).toBe('The first half, and the second.')
    expect(late.all('delta').map(({ offset }) => offset)).toEqual([16])
  })

  test('[D2] opening the same session twice at once on one socket shows its text once', async () => {
    const latch = cluster.model.saysInTwo('A', ' and B.')
    const client = await cluster.connect()
    const sessionId = await client.newSession()
    const other = await cluster.connect()
    await Promise.all([other.open({ sessionId }), other.open({ sessionId }), other.open({ sessionId })])
    const { answer } = await client.send(sessionId, 'Tell me.')
    await other.text(answer.id)
    await Promise.all([other.open({ sessionId }), other.open({ sessionId })])
    latch.open()
    expect((await other.ended(answer.id)).content).toBe('A and B.')
  })

  test('[E] `after` leaves out what the client has; history pages backwards', async () => {
    cluster.model.say('Hm.')
    const client = await cluster.connect()
    const sessionId = await client.newSession()
    for (let i = 1; i <= 3; i++) await client.ended((await client.send(sessionId, `m${i}`)).answer.id)
    const seqsOf = (messages: readonly Message[]) => messages.map(({ seq }) => seq)

    expect(seqsOf((await client.open({ sessionId, after: 4 })).messages)).toEqual([5, 6])
    expect(await client.open({ sessionId, after: 6 })).toMatchObject({ after: 6, messages: [] })
    const beyond = await client.open({ sessionId, after: 99 })
    expect(beyond.after, 'the session does not reach that far').toBe(0)
    expect(seqsOf(beyond.messages)).toEqual([1, 2, 3, 4, 5, 6])
    const newest = await client.request('session:history', { sessionId, limit: 4 })
    expect({ seqs: seqsOf(newest.messages), hasMore: newest.hasMore }).toEqual({ seqs: [3, 4, 5, 6], hasMore: true })
    const rest = await client.request('session:history', { sessionId, before: 3, limit: 2 })
    expect({ seqs: seqsOf(rest.messages), hasMore: rest.hasMore }).toEqual({ seqs: [1, 2], hasMore: false })
    const none = await client.request('session:history', { sessionId, before: 1 })
    expect(none).toEqual({ messages: [], hasMore: false })
  })

  test('[E] clearing ends the session for every socket, and its running answer with it', async () => {
    const latch = cluster.model.saysInTwo('Never ', 'finished.')
    const client = await cluster.connect()
    const other = await cluster.connect()
    const sessionId = await client.newSession()
    await other.open({ sessionId })
    const { answer } = await client.send(sessionId, 'Go on')
    await other.text(answer.id)
    const dropped = cluster.model.disconnects
    expect(await client.request('session:clear', { sessionId })).toEqual({})
    for (const one of [client, other]) {
      expect(await one.event('session:ended')).toEqual({ sessionId, reason: 'cleared' })
    }
    await cluster.model.until(() => cluster.model.disconnects > dropped)
    latch.open()
    for (const event of ['session:clear', 'session:extend', 'session:history']) {
      expect(await client.refusal(event, { sessionId })).toMatchObject({ code: 'session_not_found' })
    }
    expect(await client.refusal('message:send', { sessionId, id: randomUUID(), content: 'x' })).toMatchObject({
      code: 'session_not_found',
    })
    expect(await client.open({ sessionId })).toMatchObject({ resumed: false })
  })

  test('[D5] the first text comes at once, whatever the window', async () => {
    const latch = cluster.model.saysInTwo('First', ' last.')
    const client = await cluster.connect()
    const sessionId = await client.newSession()
    const { answer } = await client.send(sessionId, 'Quick!')
    expect(await client.text(answer.id)).toBe('First')
    latch.open()
    await client.ended(answer.id)
  })

  test('[D7] stopping keeps the text so far and ends the work of the model', async () => {
    const latch = cluster.model.saysInTwo('So far ', 'and further.')
    const client = await cluster.connect()
    const sessionId = await client.newSession()
    const { answer } = await client.send(sessionId, 'Go')
    await client.text(answer.id)
    const dropped = cluster.model.disconnects
    const { message } = await client.request('message:stop', { sessionId, messageId: answer.id })
    expect(message).toMatchObject({
      id: answer.id,
      content: 'So far ',
      status: 'stopped',
      metadata: { replicas: ['r1'] },
    })
    expect(message.metadata.finish_reason).toBeTypeOf('string')
    expect(await client.ended(answer.id)).toEqual(message)
    await cluster.model.until(() => cluster.model.disconnects > dropped)
    latch.open()
  })

  test('[D7] an answer goes on when nobody is connected', async () => {
    const latch = cluster.model.saysInTwo('Alone ', 'at last.')
    const client = await cluster.connect()
    const sessionId = await client.newSession()
    const { answer } = await client.send(sessionId, 'Go')
    await client.text(answer.id)
    client.close()
    latch.open()
    const back = await cluster.connect()
    await back.open({ sessionId })
    expect((await back.ended(answer.id)).content).toBe('Alone at last.')
  })

  test('[M4] why an answer ended is in its metadata', async () => {
    cluster.model.script(() => ['Cut', end({ reason: 'length' })])
    const client = await cluster.connect()
    const sessionId = await client.newSession()
    const { answer } = await client.send(sessionId, 'Go')
    expect((await client.ended(answer.id)).metadata.finish_reason).toBe('length')
  })
})

test('[G3] STORE=memory says at start that everything is lost at exit', async () => {
  const cluster = await startCluster({ env: { STORE: 'memory' } })
  try {
    expect(
      cluster.replica(0).logs.find(({ level, msg }) => level === 'warn' && /lost when it exits/.test(String(msg))),
    ).toBeDefined()
    cluster.model.say('Gone soon.')
    const client = await cluster.connect()
    const sessionId = await client.newSession()
    expect(await client.send(sessionId, 'hello')).toMatchObject({ persisted: false, backend: 'memory' })
    client.close()
    await cluster.replica(0).kill()
    await cluster.replica(0).start()
    const back = await cluster.connect()
    expect(await back.open({ sessionId })).toMatchObject({ resumed: false, backend: 'memory' })
  } finally {
    await cluster.stop()
  }
})

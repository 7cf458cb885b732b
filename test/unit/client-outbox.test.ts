import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Message } from '../../src/protocol/message.ts'
import { storage, when } from '../support/clients.ts'
import { eventually } from '../support/conditions.ts'
import { scriptedClients } from '../support/scripted-clients.ts'
import { refused } from '../support/scripted-gateway.ts'

const scripted = scriptedClients()
const { clientOf } = scripted

describe('[M2] [W3] the outbox', () => {
  test('a message whose acknowledgement was lost is sent again under the same id, once the session is open', async () => {
    scripted.gateway.on('message:send', (request, socket) => {
      const sent = scripted.gateway.take(request)
      if (scripted.gateway.sent('message:send').length > 1) return sent
      socket.conn.close()
      return null
    })
    const client = clientOf()
    await client.open()
    const sent = await client.send('hello')
    expect(scripted.gateway.sent('message:send').map(({ id }) => id)).toEqual([sent.message.id, sent.message.id])
    expect(scripted.gateway.requests.map(({ event }) => event)).toEqual([
      'session:open',
      'message:send',
      'session:open',
      'message:send',
    ])
    expect(client.state.messages.map(({ content }) => content)).toEqual(['hello', ''])
    expect(client.state.outbox).toEqual([])
  })

  test('what is sent before there is a connection waits, is shown, and goes out in order', async () => {
    scripted.gateway.on('message:send', (request) => scripted.gateway.take(request))
    const client = clientOf()
    const both = [client.send('one'), client.send('two')]
    expect(client.state.outbox.map(({ content, status }) => [content, status])).toEqual([
      ['one', 'pending'],
      ['two', 'pending'],
    ])
    await client.open()
    await Promise.all(both)
    expect(scripted.gateway.sent('message:send').map(({ content }) => content)).toEqual(['one', 'two'])
  })

  test('[M3] a message waits for the answer that streams', async () => {
    const answer = scripted.gateway.message({ status: 'streaming', content: 'so far' })
    scripted.gateway.messages = [answer]
    scripted.gateway.on('message:send', (request) => scripted.gateway.take(request))
    scripted.gateway.on('session:history', () => ({ messages: [], hasMore: false }))
    const client = clientOf()
    await client.open()
    const sent = client.send('next')
    await client.history() // by now it would have been sent
    expect(scripted.gateway.sent('message:send')).toEqual([])
    const message = scripted.gateway.message({ ...answer, status: 'complete' })
    scripted.gateway.messages = [message]
    scripted.gateway.tell('message', { sessionId: scripted.gateway.sessionId, message })
    await sent
  })

  test('a retryable refusal is tried again after the time it names', async () => {
    scripted.gateway.on('message:send', (request) => {
      const attempt = scripted.gateway.sent('message:send').length
      if (attempt === 1) return refused('answer_in_progress', true)
      return attempt === 2 ? refused('rate_limited', true, 1) : scripted.gateway.take(request)
    })
    const client = clientOf()
    await client.open()
    await client.send('hello')
    expect(new Set(scripted.gateway.sent('message:send').map(({ id }) => id)).size).toBe(1)
  })

  test('another refusal fails the message, which can be sent again or forgotten', async () => {
    scripted.gateway.on('message:send', () => refused('too_large'))
    const client = clientOf()
    await client.open()
    await expect(client.send('hello')).rejects.toMatchObject({ code: 'too_large', retryable: false })
    await expect(client.send('again')).rejects.toMatchObject({ code: 'too_large' })
    const [first, second] = client.state.outbox
    expect(first).toMatchObject({ content: 'hello', status: 'failed', error: { code: 'too_large' } })
    client.discard(second?.id ?? '')
    scripted.gateway.on('message:send', (request) => scripted.gateway.take(request))
    client.retry(first?.id ?? '')
    await when(client, ({ messages, outbox }) => messages.length === 2 && outbox.length === 0)
    expect(scripted.gateway.messages.map(({ content }) => content)).toEqual(['hello', ''])
  })

  /** Of a page whose message was refused, and its storage. */
  async function afterRefusal() {
    const kept = storage()
    scripted.gateway.on('message:send', () => refused('too_large'))
    const page = clientOf({ storage: kept })
    await page.open()
    await expect(page.send('written for ten minutes')).rejects.toMatchObject({ code: 'too_large' })
    page.close()
    scripted.gateway.on('message:send', (request) => scripted.gateway.take(request))
    return kept
  }
  const contents = () => scripted.gateway.sent('message:send').map(({ content }) => content)

  test('a refused message outlives its page as refused, and is sent again only when it is told to', async () => {
    const kept = await afterRefusal()
    const page = clientOf({ storage: kept })
    await page.open()
    await page.send('next')
    const [failed] = page.state.outbox
    const error = { code: 'too_large', message: 'too_large', retryable: false }
    expect(failed).toMatchObject({ content: 'written for ten minutes', status: 'failed', error })
    expect(contents()).toEqual(['written for ten minutes', 'next'])
    page.retry(failed?.id ?? '')
    await when(page, ({ outbox }) => outbox.length === 0)
    expect(contents()).toEqual(['written for ten minutes', 'next', 'written for ten minutes'])
    expect([...kept.keys()]).toEqual(['baton:session'])
  })

  test('a refused message that is discarded after a reload is gone, and so is one of another conversation', async () => {
    const discarded = await afterRefusal()
    const page = clientOf({ storage: discarded })
    page.discard(page.state.outbox[0]?.id ?? '')
    expect([...discarded.keys()]).toEqual(['baton:session'])

    const kept = await afterRefusal()
    kept.setItem('baton:session', 'that another tab has begun')
    expect(clientOf({ storage: kept }).state.outbox).toEqual([])
    expect([...kept.keys()]).toEqual(['baton:session'])
  })

  test('a refused message of a session that has expired is not shown in the next one', async () => {
    const kept = await afterRefusal()
    scripted.gateway.openMany()
    const page = clientOf({ storage: kept })
    expect(page.state.outbox).toHaveLength(1)
    await page.open()
    expect(page.state.outbox).toEqual([])
    expect([...kept.keys()]).toEqual(['baton:session'])
  })

  test('[W3] a refused message is not kept for who comes to the page next', async () => {
    const { gateway } = scripted
    const kept = storage()
    const known = gateway.openMany()
    gateway.on('message:send', () => refused('too_large'))
    let user = 'anna'
    const page = clientOf({ storage: kept, token: () => user })
    await page.open()
    await expect(page.send('said by Anna')).rejects.toMatchObject({ code: 'too_large' })
    user = 'bob'
    known.clear() // Anna's session is not there for him
    const first = page.state.session?.id
    gateway.cut()
    await when(page, ({ connection, session }) => connection === 'online' && session?.id !== first)
    page.close()
    const reloaded = clientOf({ storage: kept, token: () => user })
    await reloaded.open()
    expect(reloaded.state.outbox).toEqual([])
  })

  test('[W3] where the next session is another user’s, what was refused is forgotten, and what waits is not sent', async () => {
    const { gateway } = scripted
    let user = 'anna'
    gateway.on('session:open', () => {
      const { session, ...rest } = gateway.opened([])
      return { ...rest, session: { ...session, userId: user }, after: 0 }
    })
    gateway.on('message:send', () => refused('too_large'))
    const page = clientOf({ storage: storage(), token: () => user })
    await page.open()
    await expect(page.send('refused of Anna')).rejects.toMatchObject({ code: 'too_large' })
    gateway.on('message:send', () => null)
    const waiting = page.send('waits for Anna')
    waiting.catch(() => {})
    await gateway.until(() => gateway.sent('message:send').length === 2)
    user = 'bob'
    gateway.sessionId = randomUUID() // Anna's session is not there for him
    gateway.cut()
    await when(page, ({ session }) => session?.userId === 'bob')
    expect(page.state.outbox).toEqual([])
    await expect(waiting).rejects.toMatchObject({ code: 'closed' })
    gateway.on('message:send', (request) => gateway.take(request))
    await page.send('said by Bob')
    expect(gateway.messages.map(({ content }) => content)).toEqual(['said by Bob', ''])
  })

  test('[W3] what was refused stays where the next session is the same user’s', async () => {
    const { gateway } = scripted
    const known = gateway.openMany()
    gateway.on('message:send', () => refused('too_large'))
    const page = clientOf()
    await page.open()
    await expect(page.send('refused')).rejects.toMatchObject({ code: 'too_large' })
    const first = page.state.session?.id
    known.clear()
    gateway.cut()
    await when(page, ({ session }) => session !== null && session.id !== first)
    expect(page.state.outbox).toMatchObject([{ content: 'refused', status: 'failed', sessionId: first }])
  })

  test('metadata that is no JSON is refused, and leaves nothing behind', async () => {
    const client = clientOf({ storage: storage() })
    await client.open()
    const circular: Record<string, unknown> = {}
    circular.self = circular
    for (const metadata of [circular, { many: 1n }])
      await expect(client.send('hello', metadata)).rejects.toMatchObject({ code: 'invalid' })
    expect(client.state.outbox).toEqual([])
  })

  test('what no frame can carry is not sent: it would close the connection for ever', async () => {
    const client = clientOf()
    await client.open()
    await expect(client.send('x'.repeat(200_000))).rejects.toMatchObject({ code: 'too_large' })
    for (const content of [' \n', undefined, 7] as string[])
      await expect(client.send(content)).rejects.toMatchObject({ code: 'invalid' })
    expect(scripted.gateway.sent('message:send')).toEqual([])
  })

  test('an id in upper case is the same id', async () => {
    scripted.gateway.on('message:send', (request) => scripted.gateway.take(request))
    const client = clientOf()
    await client.open()
    await client.send('hello', undefined, '0B0A2F0E-7B8E-4D4F-8F8E-2F9B6D1C1A01')
    expect(scripted.gateway.sent('message:send')).toMatchObject([{ id: '0b0a2f0e-7b8e-4d4f-8f8e-2f9b6d1c1a01' }])
  })

  test('an unsent message outlives its page: the next one sends it into the same session', async () => {
    const kept = storage()
    const before = clientOf({ storage: kept })
    await before.open()
    scripted.gateway.on('message:send', () => null)
    const lost = before.send('typed in a tunnel')
    await scripted.gateway.until(() => scripted.gateway.sent('message:send').length === 1)
    before.close()
    await expect(lost).rejects.toMatchObject({ code: 'closed' })

    scripted.gateway.on('message:send', (request) => scripted.gateway.take(request))
    const after = clientOf({ storage: kept })
    await after.open()
    await when(after, ({ messages }) => messages.length === 2)
    const [first, second] = scripted.gateway.sent('message:send')
    expect(second).toEqual(first)
    await when(after, ({ outbox }) => outbox.length === 0)
    expect([...kept.keys()]).toEqual(['baton:session'])
  })
})

describe('[G4] [G5] what was acknowledged with persisted: false', () => {
  /** The gateway takes messages, and begins to answer them, as one does that has lost Redis. */
  function takesInMemory(): void {
    scripted.gateway.on('message:send', (request) => {
      const taken = scripted.gateway.take(request)
      const answer: Message = { ...taken.answer, status: 'streaming' }
      scripted.gateway.messages = scripted.gateway.messages.map((message) =>
        message.id === answer.id ? answer : message,
      )
      return { ...taken, answer, persisted: false, backend: 'memory' }
    })
  }

  test('and is lost is asked again under its id, before what was said later; nothing waits for ever', async () => {
    takesInMemory()
    const kept = storage()
    const client = clientOf({ storage: kept })
    await client.open()
    const sent = await client.send('asked while Redis is away')
    const later = client.send('said later')
    const whole = client.follow(sent.answer.id)
    expect(client.state.answering).toBe(true)
    scripted.gateway.messages = []
    scripted.gateway.on('message:send', (request) => {
      const taken = scripted.gateway.take(request)
      const answer: Message = { ...taken.answer, content: `to ${taken.message.content}`, status: 'complete' }
      scripted.gateway.messages = scripted.gateway.messages.map((message) =>
        message.id === answer.id ? answer : message,
      )
      return { ...taken, answer }
    })
    scripted.gateway.cut()
    await later
    expect(scripted.gateway.messages.map(({ content }) => content)).toEqual([
      'asked while Redis is away',
      'to asked while Redis is away',
      'said later',
      'to said later',
    ])
    expect(scripted.gateway.messages[0]?.id).toBe(sent.message.id)
    expect(await whole).toMatchObject({ content: 'to asked while Redis is away' })
    expect(client.state).toMatchObject({ answering: false, outbox: [] })
    expect([...kept.keys()]).toEqual(['baton:session'])
  })

  test('and is there is not asked again, and forgotten only then', async () => {
    takesInMemory()
    const kept = storage()
    const client = clientOf({ storage: kept })
    await client.open()
    await client.send('hello')
    expect([...kept.keys()]).toEqual(['baton:session', 'baton:outbox'])
    scripted.gateway.tell('session:sync', {
      sessionId: scripted.gateway.sessionId,
      after: 0,
      messages: scripted.gateway.messages,
    })
    await eventually('it is forgotten', () => !kept.has('baton:outbox'))
    expect(scripted.gateway.sent('message:send').length).toBe(1)
  })

  test('a page that is loaded before it is known sends it again, and the gateway knows it', async () => {
    takesInMemory()
    const kept = storage()
    const before = clientOf({ storage: kept })
    await before.open()
    await before.send('hello')
    before.close()
    scripted.gateway.on('message:send', (request) => scripted.gateway.take(request))
    const after = clientOf({ storage: kept })
    await after.open()
    await eventually('it is forgotten', () => !kept.has('baton:outbox'))
    expect(scripted.gateway.messages.map(({ content }) => content)).toEqual(['hello', ''])
  })

  test('is looked after once Redis is back, without a lost connection', async () => {
    takesInMemory()
    const client = clientOf()
    await client.open()
    scripted.gateway.tell('backend', { backend: 'memory' })
    await client.send('hello')
    scripted.gateway.messages = []
    scripted.gateway.on('message:send', (request) => scripted.gateway.take(request))
    scripted.gateway.tell('backend', { backend: 'redis' })
    await scripted.gateway.until(() => scripted.gateway.sent('message:send').length === 2)
    expect(new Set(scripted.gateway.sent('message:send').map(({ id }) => id)).size).toBe(1)
  })

  test('and is lost each time is not sent for ever: it fails, nothing is left answering, and the next goes out', async () => {
    scripted.gateway.on('message:send', ({ id, content }) => {
      const message = scripted.gateway.message({ id, role: 'user', content })
      const answer = scripted.gateway.message({ seq: 2, status: 'streaming' })
      return { message, answer, persisted: false, backend: 'memory' }
    })
    const kept = storage()
    const client = clientOf({ storage: kept, timings: { silenceMs: 20 } }) // each silence finds that Redis has nothing
    await client.open()
    const { message } = await client.send('lost again and again')
    const { outbox } = await when(client, ({ outbox }) => outbox[0]?.status === 'failed')
    expect(outbox).toMatchObject([{ id: message.id, error: { code: 'interrupted', retryable: true } }])
    expect(client.state).toMatchObject({ answering: false, messages: [] })
    expect(scripted.gateway.sent('message:send').map(({ id }) => id)).toEqual(Array(11).fill(message.id))
    expect(clientOf({ storage: kept }).state.outbox).toMatchObject([{ id: message.id, status: 'failed' }])

    scripted.gateway.on('message:send', (request) => scripted.gateway.take(request))
    await client.send('next')
    client.retry(message.id)
    await when(client, ({ outbox, messages }) => outbox.length === 0 && messages.length === 4)
    expect(scripted.gateway.messages.map(({ content }) => content)).toEqual(['next', '', 'lost again and again', ''])
  })

  test('of a session that was cleared is not sent into the next', async () => {
    takesInMemory()
    const client = clientOf()
    await client.open()
    await client.send('hello')
    scripted.gateway.tell('session:ended', { sessionId: scripted.gateway.sessionId, reason: 'cleared' })
    await when(client, ({ ended }) => ended === 'cleared')
    scripted.gateway.messages = []
    scripted.gateway.on('message:send', (request) => scripted.gateway.take(request))
    await client.send('another')
    expect(scripted.gateway.messages.map(({ content }) => content)).toEqual(['another', ''])
  })

  test('an answer to which another stands in the end is followed as that one', async () => {
    takesInMemory()
    const client = clientOf()
    await client.open()
    const { message, answer } = await client.send('hello')
    const views: string[] = []
    const whole = client.follow(answer.id, ({ content }) => views.push(content))
    const other = scripted.gateway.message({ seq: 2, content: 'another answer' })
    scripted.gateway.tell('session:sync', {
      sessionId: scripted.gateway.sessionId,
      after: 0,
      messages: [message, other],
    })
    expect((await whole).id).toBe(other.id)
    expect(views).toEqual(['', 'another answer'])
  })
})

import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { EVENT_STREAM_LIMITS } from '../../src/http/event-stream.ts'
import type { Delta } from '../../src/protocol/events.ts'
import type { Message } from '../../src/protocol/message.ts'
import { mergeDelta } from '../../src/session/merge.ts'
import { ask, EventReader, follow, textOf } from './http-events.ts'
import { startHttp } from './http-fixture.ts'

describe('[H] POST …/messages as server-sent events', () => {
  test('deltas as they come, last the message', async () => {
    const fixture = await startHttp()
    const id = await fixture.newSession()
    const asked = fixture.model.next()
    const response = await ask(fixture, id, { message: 'hello' })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('no-store, no-transform')
    expect(response.headers.get('x-accel-buffering')).toBe('no')
    const reader = new EventReader(response)
    const { say, end } = await asked
    say('Hello ')
    const first = await reader.next()
    expect(first).toMatchObject({ event: 'delta', data: { sessionId: id, attempt: 1, offset: 0, text: 'Hello ' } })
    expect(first?.id).toBe(`${first?.data.messageId}:1:6`)
    say('there 👩‍👩‍👧 世界\nשלום')
    end()
    await reader.rest()
    const last = reader.events.at(-1)
    expect(last).toMatchObject({
      event: 'message',
      data: {
        sessionId: id,
        message: { role: 'assistant', status: 'complete', seq: 2, content: 'Hello there 👩‍👩‍👧 世界\nשלום' },
      },
    })
    expect(textOf(reader.events)).toBe(last?.data.message.content)
    expect(reader.events.filter(({ event }) => event === 'message')).toHaveLength(1)
  })

  test.each([
    ['text/event-stream', 'text/event-stream'],
    ['Text/Event-Stream; charset=utf-8', 'text/event-stream'],
    ['application/json, text/event-stream', 'text/event-stream'],
    ['application/json;q=0.9, text/event-stream;q=1.0', 'text/event-stream'],
    ['text/event-stream;q=0.5, */*;q=0.1', 'text/event-stream'],
    ['text/event-stream;q=0', 'application/json'],
    ['text/event-stream; Q=0.000, */*', 'application/json'],
    ['text/event-stream;q=0.1, application/json', 'application/json'],
    ['text/event-streams', 'application/json'],
    ['*/*', 'application/json'],
    ['', 'application/json'],
  ])('Accept: %s is answered with %s', async (accept, type) => {
    const { call, newSession } = await startHttp()
    const path = `/api/chat/sessions/${await newSession()}/messages`
    const { status, headers } = await call('POST', path, { message: 'hello' }, { accept })
    expect([status, headers.get('content-type')?.split(';')[0]]).toEqual([200, type])
  })

  test('every block that is no comment is an event, the first one too: no bare retry', async () => {
    const fixture = await startHttp()
    const response = await ask(fixture, await fixture.newSession(), { message: 'hello' })
    const blocks = (await response.text()).split('\n\n').filter((block) => block !== '' && !block.startsWith(':'))
    expect(blocks[0]).toMatch(/^retry: 500\n/)
    for (const block of blocks) expect(block).toMatch(/^event: .+\ndata: /m)
    for (const block of blocks.slice(1)) expect(block).not.toContain('retry:')
  })

  test('an error before the stream is an error reply', async () => {
    const fixture = await startHttp()
    const missing = await ask(fixture, randomUUID(), { message: 'hello' })
    expect(missing.status).toBe(404)
    expect(await missing.json()).toMatchObject({ error: { code: 'session_not_found' } })
    const blank = await ask(fixture, await fixture.newSession(), { message: ' ' })
    expect(blank.status).toBe(400)
  })

  test('[M2] the same id again streams the same answer, also when it has ended', async () => {
    const fixture = await startHttp()
    const id = await fixture.newSession()
    const body = { message: 'hello', id: randomUUID() }
    const once = new EventReader(await ask(fixture, id, body))
    await once.rest()
    const again = new EventReader(await ask(fixture, id, body))
    await again.rest()
    expect(textOf(again.events)).toBe('You said: hello')
    expect(again.events.at(-1)).toEqual(once.events.at(-1))
    expect(fixture.model.asked).toHaveLength(1)
  })

  test('[F4] an answer that fails ends the stream with its message', async () => {
    const fixture = await startHttp()
    const id = await fixture.newSession()
    const asked = fixture.model.next()
    const reader = new EventReader(await ask(fixture, id, { message: 'hello' }))
    const { say, fail } = await asked
    say('kept')
    await reader.next()
    fail(new Error('gone'))
    await reader.rest()
    expect(reader.events.at(-1)).toMatchObject({
      event: 'message',
      data: { message: { status: 'error', content: 'kept', metadata: { error: { code: expect.any(String) } } } },
    })
  })

  test('[D7] the answer goes on when its reader leaves, and can be followed again', async () => {
    const fixture = await startHttp()
    const id = await fixture.newSession()
    const asked = fixture.model.next()
    const response = await ask(fixture, id, { message: 'hello' })
    const reader = new EventReader(response)
    const { say, end } = await asked
    say('before ')
    const seen = await reader.next()
    await response.body?.cancel().catch(() => {})
    say('meanwhile ')
    const again = new EventReader(await follow(fixture, id, seen?.id))
    say('after')
    end()
    await again.rest()
    expect(textOf(again.events, 'before ')).toBe('before meanwhile after')
  })
})

describe('[H] GET …/stream', () => {
  test('204 where no answer runs', async () => {
    const fixture = await startHttp()
    const id = await fixture.newSession()
    expect((await follow(fixture, id)).status).toBe(204)
    await fixture.call('POST', `/api/chat/sessions/${id}/messages`, { message: 'hello' })
    expect((await follow(fixture, id)).status).toBe(204)
  })

  test('goes on behind any Last-Event-ID, and from the start where that is of no use', async () => {
    const fixture = await startHttp()
    const id = await fixture.newSession()
    const asked = fixture.model.next()
    const first = new EventReader(await ask(fixture, id, { message: 'hello' }))
    const { say, end } = await asked
    const text = 'a👍b'
    say(text)
    const messageId = (await first.next())?.data.messageId as string
    const cases: [lastEventId: string | undefined, from: number][] = [
      [undefined, 0],
      [`${messageId}:1:0`, 0],
      [`${messageId}:1:1`, 1],
      [`${messageId.toUpperCase()}:1:3`, 3],
      [`${messageId}:1:4`, 4],
      [`${messageId}:1:2`, 0], // inside the emoji
      [`${messageId}:1:5`, 0], // beyond what there is
      [`${messageId}:2:1`, 0],
      [`${messageId}:0:1`, 0],
      [`${randomUUID()}:1:1`, 0],
      [`${messageId}:1:-1`, 0],
      [`${messageId}:1:1e0`, 0],
      [`${messageId}:1:99999999999999999999`, 0],
      ['garbage', 0],
      ['', 0],
      [':::', 0],
    ]
    const readers = await Promise.all(cases.map(async ([last]) => new EventReader(await follow(fixture, id, last))))
    say(' and more')
    end()
    for (const [i, [last, from]] of cases.entries()) {
      const reader = readers[i]
      await reader?.rest()
      expect(reader?.events[0]?.data.offset, String(last)).toBe(from)
      expect(textOf(reader?.events ?? [], text.slice(0, from)), String(last)).toBe('a👍b and more')
    }
  })

  test('any number of readers at any moment see the same text', async () => {
    const fixture = await startHttp({ DELTA_WINDOW_MS: '0' })
    const id = await fixture.newSession()
    const asked = fixture.model.next()
    const readers = [new EventReader(await ask(fixture, id, { message: 'hello' }))]
    const { say, end } = await asked
    let text = ''
    for (let i = 0; i < 30; i++) {
      const piece = `${i} 👩‍💻 ${'x'.repeat(i)}\n`
      text += piece
      say(piece)
      if (i % 3 === 0) readers.push(new EventReader(await follow(fixture, id)))
    }
    end()
    for (const reader of readers) {
      await reader.rest()
      expect(textOf(reader.events)).toBe(text)
      expect(reader.events.at(-1)?.data.message.content).toBe(text)
    }
  })

  test('a session that is cleared lets its readers go', async () => {
    const fixture = await startHttp()
    const id = await fixture.newSession()
    const asked = fixture.model.next()
    const reader = new EventReader(await ask(fixture, id, { message: 'hello' }))
    ;(await asked).say('some')
    await reader.next()
    await fixture.call('DELETE', `/api/chat/sessions/${id}`)
    await reader.rest()
    expect((await follow(fixture, id)).status).toBe(404)
  })

  test('a server that closes ends its streams', async () => {
    const fixture = await startHttp()
    const id = await fixture.newSession()
    const asked = fixture.model.next()
    const reader = new EventReader(await ask(fixture, id, { message: 'hello' }))
    ;(await asked).say('some')
    await reader.next()
    const closed = fixture.app.close()
    expect(await reader.rest()).toEqual([])
    await closed
  })

  test('a silent stream is kept alive by comments', async () => {
    const fixture = await startHttp({}, { streamLimits: { ...EVENT_STREAM_LIMITS, heartbeatMs: 5 } })
    const id = await fixture.newSession()
    const asked = fixture.model.next()
    const response = await ask(fixture, id, { message: 'hello' })
    const { end } = await asked
    let raw = ''
    for await (const chunk of response.body ?? []) {
      raw += Buffer.from(chunk).toString()
      if (raw.includes(':\n\n:\n\n')) end()
    }
    expect(raw).toMatch(/^(:\n\n){2,}retry: \d+\n/)
    expect(raw).toContain('event: message\n')
  })
})

test('[D3] deltas of the stream merge into the message that ends it', async () => {
  const fixture = await startHttp()
  const id = await fixture.newSession()
  const reader = new EventReader(await ask(fixture, id, { message: 'hello' }))
  await reader.rest()
  const final: Message = reader.events.at(-1)?.data.message
  let held: Message | null = { ...final, content: '', status: 'streaming' }
  for (const { event, data } of reader.events)
    if (event === 'delta' && held !== null) held = mergeDelta(held, data as Delta)
  expect(held?.content).toBe(final.content)
})

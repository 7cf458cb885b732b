import { randomUUID } from 'node:crypto'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { LargeReplies } from '../../src/network/large-replies.ts'
import { systemClock } from '../../src/ports/clock.ts'
import { ModelError } from '../../src/ports/model.ts'
import { eventually, Latch } from '../support/conditions.ts'
import { ask, follow } from './http-events.ts'
import { startHttp } from './http-fixture.ts'

/** Whatever takes its turn waits for `latch`. */
function heldReplies() {
  const largeReplies = new LargeReplies(systemClock)
  const latch = new Latch()
  const run = largeReplies.run.bind(largeReplies)
  const turns = vi.spyOn(largeReplies, 'run').mockImplementation((...what) => latch.opened.then(() => run(...what)))
  return { largeReplies, latch, turns }
}

describe('[H] answers', () => {
  test('[X5] content beyond MAX_CONTENT_BYTES is too_large, by the name of the route’s field', async () => {
    const { call, newSession } = await startHttp({ MAX_CONTENT_BYTES: '10' })
    const id = await newSession()
    const error = { code: 'too_large', message: expect.stringMatching(/^message: /), retryable: false }
    expect(await call('POST', `/api/chat/sessions/${id}/messages`, { message: 'ééééé!' })).toMatchObject({
      status: 413,
      body: { error },
    })
    const question = await call('POST', '/api/send-message', { question: 'ééééé!' })
    expect(question).toMatchObject({ status: 413, body: { error: { message: expect.stringMatching(/^question: /) } } })
  })

  test('[M2] the same id again waits for, and gives, the same answer', async () => {
    const { call, newSession, model } = await startHttp()
    const path = `/api/chat/sessions/${await newSession()}/messages`
    const id = randomUUID()
    const asked = model.next()
    const first = call('POST', path, { message: 'once', id })
    const { say, end } = await asked
    const second = call('POST', path, { message: 'once', id: id.toUpperCase() })
    say('only ')
    say('once')
    end()
    const answers = await Promise.all([first, second])
    for (const { status, body } of answers) {
      expect({ status, answer: body.assistant_response, length: body.conversation_length }).toEqual({
        status: 200,
        answer: 'only once',
        length: 2,
      })
    }
    expect((await call('POST', path, { message: 'once', id })).body).toEqual(answers[0]?.body)
    expect(model.asked).toHaveLength(1)
  })

  test('[M3] one answer at a time', async () => {
    const { call, newSession, model } = await startHttp()
    const path = `/api/chat/sessions/${await newSession()}/messages`
    const asked = model.next()
    const first = call('POST', path, { message: 'first' })
    const { end } = await asked
    const refused = await call('POST', path, { message: 'second' })
    expect(refused).toMatchObject({ status: 409, body: { error: { code: 'answer_in_progress', retryable: true } } })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    end()
    expect((await first).status).toBe(200)
  })

  test('[D7] an answer goes on when its caller has left', async () => {
    const { url, call, newSession, model } = await startHttp()
    const id = await newSession()
    const leaving = new AbortController()
    const asked = model.next()
    const left = fetch(`${url}/api/chat/sessions/${id}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ message: 'hello' }),
      signal: leaving.signal,
    }).catch((error: Error) => error.name)
    const { say, end, signal } = await asked
    say('still ')
    leaving.abort()
    expect(await left).toBe('AbortError')
    say('here')
    end()
    const answer = async () => (await call('GET', `/api/chat/sessions/${id}/history`)).body.messages[1]
    await eventually('the answer has ended', async () => (await answer()).metadata.finish_reason === 'stop')
    expect((await answer()).content).toBe('still here')
    expect(signal.aborted).toBe(false)
  })

  test('[X2] a caller who leaves while its answer is being looked up harms nobody', async () => {
    const { url, call, newSession, store, logged } = await startHttp()
    const id = await newSession()
    const unhandled: unknown[] = []
    const note = (reason: unknown) => unhandled.push(reason)
    process.on('unhandledRejection', note)
    onTestFinished(() => void process.off('unhandledRejection', note))
    const leaving = new AbortController()
    const open = store.open.bind(store)
    const looked = Promise.withResolvers<void>()
    store.open = async (request) => {
      leaving.abort()
      await eventually('the caller has left', () => logged().some(({ cut }) => cut === true))
      looked.resolve()
      return open(request)
    }
    const left = fetch(`${url}/api/chat/sessions/${id}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ message: 'hello' }),
      signal: leaving.signal,
    }).catch((error: Error) => error.name)
    expect(await left).toBe('AbortError')
    await looked.promise
    expect((await call('GET', '/healthz')).status).toBe(200)
    expect(unhandled).toEqual([])
  })

  test('a caller who leaves before any reply is counted and logged as 499, and is no failure', async () => {
    const { url, call, newSession, model, logged } = await startHttp()
    const asked = model.next()
    const leaving = new AbortController()
    const left = fetch(`${url}/api/chat/sessions/${await newSession()}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ message: 'hello' }),
      signal: leaving.signal,
    }).catch((error: Error) => error.name)
    await asked
    leaving.abort()
    expect(await left).toBe('AbortError')
    const line = await eventually('the caller has left', () => logged().find(({ cut }) => cut === true))
    expect(line).toMatchObject({ msg: 'request', status: 499 })
    const { body } = await call('GET', '/metrics')
    expect(body).toMatch(/^baton_http_requests_total\{method="POST",route=".*\/messages",status="499",.*\} 1$/m)
    expect(body).toMatch(/^baton_errors_total\{code="internal",.*\} 0$/m)
    expect(logged().filter(({ level }) => level === 'error')).toEqual([])
  })

  test('[X6] a bug is logged and counted where the caller has left meanwhile', async () => {
    const { url, call, newSession, store, logged } = await startHttp()
    const id = await newSession()
    const leaving = new AbortController()
    store.extend = async () => {
      leaving.abort()
      await eventually('the caller has left', () => logged().some(({ cut }) => cut === true))
      throw new Error('a bug of the test')
    }
    await fetch(`${url}/api/chat/sessions/${id}/extend`, { method: 'POST', signal: leaving.signal }).catch(() => {})
    const line = await eventually('it is logged', () => logged().find(({ msg }) => msg === 'request failed'))
    expect(line).toMatchObject({ err: { stack: expect.stringContaining('a bug of the test') } })
    expect((await call('GET', '/metrics')).body).toMatch(/^baton_errors_total\{code="internal",.*\} 1$/m)
  })

  test('[F6] an answer that fails is told as its error, again for the same id, and counted once', async () => {
    const { call, newSession, model } = await startHttp()
    const path = `/api/chat/sessions/${await newSession()}/messages`
    const body = { message: 'hello', id: randomUUID() }
    const asked = model.next()
    const reply = call('POST', path, body)
    ;(await asked).fail(new ModelError('the model is out', { retryable: false }))
    const error = { code: 'llm_failed', message: expect.any(String), retryable: expect.any(Boolean) }
    expect(await reply).toMatchObject({ status: 502, body: { error } })
    expect(await call('POST', path, body)).toMatchObject({ status: 502, body: { error } })
    expect((await call('GET', '/metrics')).body).toMatch(/^baton_errors_total\{code="llm_failed",.*\} 1$/m)
  })

  test('[X5] rate_limited says when to come back', async () => {
    const { call, newSession } = await startHttp({ RATE_LIMIT: '1' })
    const path = `/api/chat/sessions/${await newSession()}/messages`
    expect((await call('POST', path, { message: 'one' })).status).toBe(200)
    const refused = await call('POST', path, { message: 'two' })
    expect(refused).toMatchObject({
      status: 429,
      body: { error: { code: 'rate_limited', retryable: true, retryAfterMs: expect.any(Number) } },
    })
    const { retryAfterMs } = refused.body.error
    expect(Number(refused.headers.get('retry-after'))).toBe(Math.ceil(retryAfterMs / 1000))
  })

  test('[X5] another attempt that is refused costs nothing of the allowance', async () => {
    const { call, newSession } = await startHttp({ RATE_LIMIT: '2' })
    const path = `/api/chat/sessions/${await newSession()}/messages`
    const { user_message: question } = (await call('POST', path, { message: 'one' })).body
    const refusals = [question.id, '5d8b7d26-4f3c-4f7e-9a43-0f6a4a3f7f10', question.id]
    for (const id of refusals) {
      const { status } = await call('POST', `${path}/${id}/regenerate`)
      expect([400, 404]).toContain(status)
    }
    expect((await call('POST', path, { message: 'two' })).status).toBe(200)
    expect((await call('POST', path, { message: 'three' })).status).toBe(429)
  })

  test('[D7] [M5] an answer is stopped and begun again over HTTP as over a socket', async () => {
    const { call, newSession, model, store } = await startHttp()
    const id = await newSession()
    const asked = model.next()
    const waiting = call('POST', `/api/chat/sessions/${id}/messages`, { message: 'hello' })
    const { say } = await asked
    say('so far')
    await eventually('the text is stored', () => store.peek(id)?.running?.text === 'so far')
    const running = store.peek(id)?.running
    const path = `/api/chat/sessions/${id}/messages/${running?.messageId}`
    const stopped = await call('POST', `${path}/stop`)
    expect(stopped).toMatchObject({
      status: 200,
      body: { message: { status: 'stopped', content: 'so far', attempt: 1 }, persisted: false, backend: 'memory' },
    })
    expect((await waiting).body).toMatchObject({ status: 'stopped', assistant_response: 'so far' })
    expect((await call('POST', `${path}/stop`)).body).toEqual(stopped.body)

    model.reply = () => 'again'
    const begun = await call('POST', `${path}/regenerate`)
    expect(begun).toMatchObject({ status: 200, body: { answer: { id: running?.messageId, attempt: 2, seq: 2 } } })
    await eventually('it has ended', () => store.peek(id)?.messages?.[1]?.content === 'again')
    const unknown = await call('POST', `/api/chat/sessions/${id}/messages/${randomUUID()}/stop`)
    expect(unknown).toMatchObject({ status: 404, body: { error: { code: 'message_not_found' } } })
    const wrong = await call('POST', `/api/chat/sessions/${id}/messages/x/regenerate`)
    expect(wrong).toMatchObject({ status: 400, body: { error: { message: 'messageId: must be a UUID' } } })
  })

  test('[X6] [D7] what reads an answer that has ended takes its turn; what runs, and what is new, waits for nothing', async () => {
    const { largeReplies, turns, latch } = heldReplies()
    const fixture = await startHttp({}, { largeReplies })
    const { call, newSession, model, store } = fixture
    const page = vi.spyOn(store, 'page')
    const id = await newSession()
    const path = `/api/chat/sessions/${id}/messages`
    expect((await call('POST', path, { message: 'one' })).body).toMatchObject({ conversation_length: 2 })
    expect((await call('GET', `/api/session/${id}/validate`)).body).toMatchObject({ valid: true })
    expect(page, 'neither tells a text but the answer').not.toHaveBeenCalled()

    const asked = model.next()
    const streams = [await ask(fixture, id, { message: 'two' })]
    await asked
    streams.push(await follow(fixture, id))
    expect(streams.map(({ status }) => status)).toEqual([200, 200])
    const messageId = store.peek(id)?.running?.messageId
    const stop = () => call('POST', `${path}/${messageId}/stop`)
    const stopped = await stop()
    expect(stopped.body).toMatchObject({ message: { status: 'stopped' } })
    await Promise.all(streams.map((stream) => stream.text()))
    expect(turns).not.toHaveBeenCalled()

    const inTurn = Promise.all([stop(), follow(fixture, id)])
    await eventually('both wait', () => turns.mock.calls.length === 2)
    latch.open()
    const [again, nothing] = await inTurn
    expect(again).toMatchObject({ status: 200, body: stopped.body })
    expect(nothing.status).toBe(204)
  })

  test.each(['complete', 'error'])(
    '[X6] [M2] where an answer is long and %s, its message is sent again in turn, and a new one at once',
    async (status) => {
      const { largeReplies, turns, latch } = heldReplies()
      const fixture = await startHttp({}, { largeReplies })
      const { call, newSession, model } = fixture
      const id = await newSession()
      const path = `/api/chat/sessions/${id}/messages`
      const body = { message: 'one', id: randomUUID() }
      const text = 'long '.repeat(200_000)
      const asked = model.next()
      const first = call('POST', path, body)
      const { say, end, fail } = await asked
      say(text)
      if (status === 'error') fail(new ModelError('gone', { retryable: false }))
      else end()
      expect((await first).status).toBe(status === 'error' ? 502 : 200)
      const again = await call('POST', path, body)
      expect(again.body).toEqual((await first).body)
      expect(turns).not.toHaveBeenCalled()

      const inTurn = Promise.all([call('POST', path, body), ask(fixture, id, body).then((events) => events.text())])
      await eventually('both wait', () => turns.mock.calls.length === 2)
      model.reply = () => 'short'
      expect((await call('POST', path, { message: 'two' })).body).toMatchObject({ assistant_response: 'short' })
      latch.open()
      const [third, events] = await inTurn
      expect(third.status).toBe(again.status)
      expect(events).toContain(`"status":"${status}"`)
      expect(events.length).toBeGreaterThan(2 * text.length)
    },
  )

  test('[F5] a server that closes tells who waits to repeat elsewhere, and the answer goes on', async () => {
    const { call, newSession, model, app, store } = await startHttp()
    const id = await newSession()
    const asked = model.next()
    const waiting = call('POST', `/api/chat/sessions/${id}/messages`, { message: 'hello' })
    const { say, end } = await asked
    const closed = app.close()
    expect(await waiting).toMatchObject({ status: 503, body: { error: { code: 'overloaded', retryable: true } } })
    await closed
    say('anyway')
    end()
    await eventually('the answer has ended', () => store.peek(id)?.messages?.[1]?.status === 'complete')
    expect(store.peek(id)?.messages?.[1]?.content).toBe('anyway')
  })
})

import { once } from 'node:events'
import { connect } from 'node:net'
import { Registry } from 'prom-client'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { EVENT_STREAM_LIMITS } from '../../src/http/event-stream.ts'
import { createOperatorServer } from '../../src/http/server.ts'
import { eventually } from '../support/conditions.ts'
import { ask, EventReader, type ServerSentEvent, textOf } from './http-events.ts'
import { type Fixture, startHttp } from './http-fixture.ts'

/** A reader on a socket of its own that takes nothing until it is told to. */
function slowReader(fixture: Fixture, path: string) {
  const { hostname, port } = new URL(fixture.url)
  const socket = connect(Number(port), hostname)
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\nAccept: text/event-stream\r\nConnection: close\r\n\r\n`)
  return socket
}

async function eventsOn(socket: ReturnType<typeof connect>): Promise<ServerSentEvent[]> {
  const raw = Buffer.concat(await socket.toArray())
  const start = raw.indexOf('\r\n\r\n') + 4
  const response = new Response(unchunked(raw.subarray(start)))
  return new EventReader(response).rest()
}

function unchunked(raw: Buffer): Buffer<ArrayBuffer> {
  const parts: Buffer[] = []
  for (let at = 0; ; ) {
    const lineEnd = raw.indexOf('\r\n', at)
    const size = Number.parseInt(raw.subarray(at, lineEnd).toString(), 16)
    if (!(size > 0)) return Buffer.concat(parts)
    parts.push(raw.subarray(lineEnd + 2, lineEnd + 2 + size))
    at = lineEnd + 2 + size + 2
  }
}

describe('[X6] who takes nothing of a reply', () => {
  const LENGTH = 2 ** 24 // by far more than the kernel takes

  /** A gateway with a session whose history is that long. */
  async function startLong(backlog: { readonly maxAnswerBytes: number; readonly deadlineMs?: number }) {
    const fixture = await startHttp({ MAX_ANSWER_BYTES: String(2 ** 26) }, { backlog })
    const id = await fixture.newSession()
    const asked = fixture.model.next()
    const answered = ask(fixture, id, { message: 'hello' }).then((response) => response.arrayBuffer())
    const { say, end } = await asked
    say('x'.repeat(LENGTH))
    end()
    await answered
    const isCut = ({ cut, route }: Record<string, unknown>) =>
      cut === true && route === '/api/chat/sessions/:id/history'
    const cuts = () => fixture.logged().filter(isCut).length
    const reader = async () => {
      const socket = slowReader(fixture, `/api/chat/sessions/${id}/history`)
      onTestFinished(() => void socket.destroy())
      await once(socket, 'readable') // the reply is under way
      return socket
    }
    return { cuts, reader }
  }

  test('is cut off once the deadline is over, and not without one', async () => {
    const patient = await startLong({ maxAnswerBytes: LENGTH, deadlineMs: Number.POSITIVE_INFINITY })
    const strict = await startLong({ maxAnswerBytes: LENGTH, deadlineMs: 3000 })
    await patient.reader()
    await strict.reader()
    await eventually('the reply is cut', () => strict.cuts() === 1)
    expect(patient.cuts()).toBe(0)
  })

  test('goes first where too much waits for all together, and who came last is given all of it', async () => {
    const generous = await startLong({ maxAnswerBytes: LENGTH })
    const strict = await startLong({ maxAnswerBytes: LENGTH / 4 + 2 ** 17 }) // room for one of them
    for (let i = 0; i < 2; i++) await generous.reader()
    const first = await strict.reader()
    const last = await strict.reader()
    await eventually('the first is cut', () => strict.cuts() === 1)
    const read = Buffer.concat(await last.toArray())
    expect(read.length).toBeGreaterThan(LENGTH)
    expect(strict.cuts()).toBe(1)
    expect(first.readableLength).toBeLessThan(LENGTH)
    expect(generous.cuts()).toBe(0)
  })

  test('is cut off on OPS_PORT, too', async () => {
    const registry = new Registry()
    vi.spyOn(registry, 'metrics').mockResolvedValue('x'.repeat(LENGTH))
    const backlog = { maxAnswerBytes: LENGTH, deadlineMs: 500 }
    const fixture = await startHttp({ OPS_PORT: '0' }, { create: createOperatorServer, registry, backlog })
    const socket = slowReader(fixture, '/metrics')
    onTestFinished(() => void socket.destroy())
    const isCut = ({ cut, route }: Record<string, unknown>) => cut === true && route === '/metrics'
    await eventually('the reply is cut', () => fixture.logged().some(isCut))
  })
})

describe('[D6] a reader that is too slow', () => {
  /** An answer that one reader takes as it comes, until another, who takes nothing, has cost all that he may. */
  async function streamPast(fixture: Fixture) {
    const id = await fixture.newSession()
    const asked = fixture.model.next()
    const fast = new EventReader(await ask(fixture, id, { message: 'hello' }))
    const { say, end } = await asked
    const slow = slowReader(fixture, `/api/chat/sessions/${id}/stream`)
    let text = ''
    let seen = 0
    const speak = async () => {
      const piece = `😀${'é'.repeat(32 * 1024)}`
      text += piece
      say(piece)
      while (seen < text.length) seen += (await fast.next())?.data.text.length
    }
    while ((await timesSlow(fixture)) === 0) await speak()
    for (let i = 0; i < 20; i++) await speak()
    return { slow, fast, text, end }
  }

  const timesSlow = async ({ call }: Fixture) =>
    Number(/baton_slow_readers_total\{.*\} (\d+)/.exec((await call('GET', '/metrics')).body)?.[1])

  test('costs bounded memory, holds up nobody, and is given the rest when it reads', async () => {
    const fixture = await startHttp({ DELTA_WINDOW_MS: '0', MAX_ANSWER_BYTES: String(2 ** 26) })
    const { slow, fast, text, end } = await streamPast(fixture)
    expect(await timesSlow(fixture)).toBe(1)
    end()
    await fast.rest()
    expect(textOf(fast.events)).toBe(text)

    const events = await eventsOn(slow)
    expect(textOf(events)).toBe(text)
    expect(events.at(-1)).toMatchObject({ event: 'message', data: { message: { status: 'complete' } } })
  })

  test('is cut off when it takes nothing at all', async () => {
    const limits = { ...EVENT_STREAM_LIMITS, heartbeatMs: 20 }
    const fixture = await startHttp(
      { DELTA_WINDOW_MS: '0', MAX_ANSWER_BYTES: String(2 ** 26) },
      { streamLimits: limits, backlog: { maxAnswerBytes: 0, deadlineMs: 500 } },
    )
    const { slow, fast, text, end } = await streamPast(fixture)
    const isCut = ({ cut, route }: Record<string, unknown>) => cut === true && route === '/api/chat/sessions/:id/stream'
    await eventually('the stream is cut', () => fixture.logged().some(isCut))
    slow.destroy()
    end()
    await fast.rest()
    expect(textOf(fast.events)).toBe(text)
  })
})

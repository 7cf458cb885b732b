import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_EVENT_BYTES, SseReader } from '../../src/model/sse-reader.ts'

function readAll(chunks: Iterable<Buffer>): string[] {
  const reader = new SseReader()
  const events: string[] = []
  for (const chunk of chunks) {
    reader.push(chunk)
    for (let data = reader.next(); data !== null; data = reader.next()) events.push(data)
  }
  return events
}

function* cut(bytes: Buffer, sizes: readonly number[]): Generator<Buffer> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    yield bytes.subarray(at, at + size)
    at += size
  }
}

const lineEnd = fc.constantFrom('\n', '\r\n')
const line = fc.string({ unit: 'binary' }).map((text) => text.toWellFormed().replace(/[\r\n]|^:/g, '·'))
const event = fc.record({
  before: fc.constantFrom('', ': a comment', 'event: x', 'id: 7', 'retry: 1', 'nothing', 'database: x'),
  lines: fc.array(line, { minLength: 1, maxLength: 3 }).filter((lines) => lines[0] !== ''),
  space: fc.constantFrom('', ' '),
  end: lineEnd,
})

describe('SseReader', () => {
  it('gives the same events however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(event), fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (events, sizes) => {
        const stream = events.map(({ before, lines, space, end }) => {
          const fields = lines.map((text) => `data:${space || (text.startsWith(' ') ? ' ' : '')}${text}${end}`)
          return `${before === '' ? '' : before + end}${fields.join('')}${end}`
        })
        const expected = events.map(({ lines }) => lines.join('\n'))
        expect(readAll(cut(Buffer.from(stream.join('')), sizes))).toEqual(expected)
      }),
    )
  })

  it('splits no UTF-8 sequence', () => {
    const text = 'data: 👩‍👩‍👧 né 漢字 שלום\r\n\r\n'
    expect(readAll(cut(Buffer.from(text.repeat(3)), [1]))).toEqual(Array(3).fill('👩‍👩‍👧 né 漢字 שלום'))
  })

  it('skips comments, blank lines and events without data', () => {
    expect(readAll([Buffer.from('\n\n: ping\n\nevent: x\n\ndata:\n\ndata: 1\n\n\n\ndata:2\n\n')])).toEqual(['1', '2'])
  })

  it('keeps what was not given yet where more bytes come, none among them', () => {
    const reader = new SseReader()
    for (const bytes of ['data: 1\n\ndata: 2\n\nda', '', 'ta: 3\n\n', '']) reader.push(Buffer.from(bytes))
    expect([reader.next(), reader.next(), reader.next(), reader.next()]).toEqual(['1', '2', '3', null])
  })

  it('takes a field named error for the data of an error', () => {
    const reader = new SseReader()
    reader.push(Buffer.from('error: {"code":400}\n\ndata: 1\n\n'))
    expect([reader.next(), reader.isError]).toEqual(['{"code":400}', true])
    expect([reader.next(), reader.isError]).toEqual(['1', false])
  })

  it('skips what only keeps the connection open: by its name, or a comment in the place of data', () => {
    const kept = 'event: ping\ndata: 2023-01-11 03:20:19\n\ndata: : keepalive\n\nevent:keep-alive\ndata: x\ndata: y\n\n'
    const events = `${kept}data: 1\n\n${kept}event: pinged\ndata: 2\n\ndata: : keepalive\ndata: 3\n\n`
    expect(readAll([Buffer.from(events)])).toEqual(['1', '2', '3'])
  })

  it('never gives an event that the end cuts short', () => {
    expect(readAll([Buffer.from('data: 1\n\ndata: 2\n')])).toEqual(['1'])
  })

  it('takes an event of the largest size a byte at a time, and refuses a larger one', () => {
    const whole = Buffer.from(`data: ${'x'.repeat(MAX_EVENT_BYTES - 10)}\n\n`)
    expect(readAll(cut(whole, [1])).map((data) => data.length)).toEqual([MAX_EVENT_BYTES - 10])
    expect(() => readAll(cut(Buffer.alloc(MAX_EVENT_BYTES + 1, 'x'), [65_536]))).toThrow('an event of more than')
  })
})

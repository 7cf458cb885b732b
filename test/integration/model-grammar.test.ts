import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MAX_EVENT_BYTES } from '../../src/model/sse-reader.ts'
import {
  chunk,
  DONE,
  delta,
  event,
  everySplit,
  head,
  json,
  LAST_CHUNK,
  named,
  RawProvider,
  RawTalk,
  STOP,
  say,
  stream,
} from '../support/raw-provider.ts'

let talk: RawTalk
beforeEach(async () => {
  talk = await RawTalk.start()
})
afterEach(() => talk.close())

const WHOLE = [say('né '), say('漢😀'), STOP, DONE].join('')
const TEXT = 'né 漢😀'
const wholeCompletion = (content: unknown, finish_reason = 'stop') => ({
  object: 'chat.completion',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason }],
  usage: { total_tokens: 7 },
})

describe('[F6] the grammar of server-sent events, at every split', () => {
  const streams: Record<string, string> = {
    'line feeds': WHOLE,
    'carriage returns': WHOLE.replaceAll('\n', '\r'),
    both: WHOLE.replaceAll('\n', '\r\n'),
    mixed: `${say('né ').replaceAll('\n', '\r\n')}${say('漢😀').replaceAll('\n', '\r')}${STOP}${DONE}`,
    'a byte order mark': `\ufeff${WHOLE}`,
    'a byte order mark behind blank lines': `\n\r\n\ufeff${WHOLE}`,
    'no space': WHOLE.replaceAll('data: ', 'data:'),
    comments: `: hello\n\n:\n${say('né ')}: ping\n\n\n\n${say('漢😀')}:x\n:y\n${STOP}${DONE}`,
    'other fields, before and after': `id: 1\nretry: 7\nevent: message\n${say('né ').trimEnd()}\nid: 2\nfoo\nevent\n\n${say('漢😀')}${STOP}${DONE}`,
    'data in lines': `data: {"choices":[{"delta":\ndata: {"content":"né "}}]}\n\n${say('漢😀')}${STOP}${DONE}`,
    'data without anything': `data\ndata:\n\n${say('né ')}data: \n\n${say('漢😀')}${STOP}${DONE}`,
    'a NUL in a field that nobody reads': `id: \0\n${say('né ')}${say('漢😀')}${STOP}${DONE}`,
    'an end without a blank line': `${say('né ')}${say('漢😀')}${STOP.trimEnd()}`,
    'an end without a blank line after [DONE]': WHOLE.trimEnd(),
  }
  test.each(Object.entries(streams))('%s', async (_, bytes) => {
    for (const parts of everySplit(Buffer.from(bytes))) {
      const { text, end, error } = await talk.ask(stream(...parts))
      expect([text, end?.finishReason, error]).toEqual([TEXT, 'stop', undefined])
    }
  })

  test('a byte at a time', async () => {
    for (const bytes of Object.values(streams)) {
      const { text, error } = await talk.ask(stream(...[...Buffer.from(bytes)].map((byte) => Buffer.of(byte))))
      expect([text, error]).toEqual([TEXT, undefined])
    }
  })

  test('half an event at the end is none', async () => {
    const { text, error } = await talk.ask(stream(say('Hel'), say('lo').slice(0, -8)))
    expect(text).toBe('Hel')
    expect(error).toMatchObject({ retryable: true, message: 'the model ended without a finish reason' })
  })
})

describe('[F6] an event that is no text is passed over', () => {
  const events: Record<string, string> = {
    'a ping': event({ type: 'ping' }),
    'an empty object': event({}),
    null: event('null'),
    'an object of another kind': event({ hello: 1 }),
    'choices of null': event({ choices: null, usage: { total_tokens: 3 } }),
    'no choices': event({ usage: { total_tokens: 3 } }),
    'empty choices': event({ choices: [], prompt_filter_results: [] }),
    'a choice of null': event({ choices: [null] }),
    'another choice': event({ choices: [{ index: 1, delta: { content: 'no' }, finish_reason: 'stop' }] }),
    'a delta of null': event({ choices: [{ index: 0, delta: null }] }),
    'an error of null': event({ error: null, choices: [] }),
    'an event with a name': 'event: ping\ndata: {"type": "ping"}\n\n',
    'a ping with a bare time, as older sse-starlette': 'event: ping\r\ndata: 2023-01-11 03:20:19.692082\r\n\r\n',
    'a heartbeat with a word': 'event: heartbeat\ndata: heartbeat\n\n',
    'a comment as data, as Vertex AI': event(': keepalive'),
  }
  test.each(Object.entries(events))('%s', async (_, odd) => {
    const { text, end } = await talk.ask(stream(odd, say('Hel'), odd, odd + say('l'), say('o') + odd, STOP, odd, DONE))
    expect([text, end?.finishReason]).toEqual(['Hello', 'stop'])
    expect(talk.provider.requests.length).toBe(1)
  })

  test('of several choices the first is the answer, in whatever order they come', async () => {
    const both = (a: string, b: string) =>
      event({
        choices: [
          { index: 1, delta: { content: b } },
          { index: 0, delta: { content: a } },
        ],
      })
    const { text, end } = await talk.ask(
      stream(
        both('Hel', 'x'),
        both('lo', 'y'),
        event({ choices: [{ index: 1, delta: { content: 'z' }, finish_reason: 'length' }] }),
        STOP,
        DONE,
      ),
    )
    expect([text, end?.finishReason]).toEqual(['Hello', 'stop'])
  })

  test('content may be a list of parts', async () => {
    const { text, thoughts } = await talk.ask(
      stream(
        delta({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }] }),
        delta({
          content: [
            { type: 'text', text: 'Hel' },
            { type: 'reference', reference_ids: [1] },
            { type: 'text', text: 'l' },
          ],
        }),
        delta({ content: 'o' }),
        STOP,
        DONE,
      ),
    )
    expect([text, thoughts]).toEqual(['Hello', 'hm'])
  })
})

describe('[F6] a body that is one JSON document', () => {
  test('is the whole answer', async () => {
    for (const parts of everySplit(Buffer.from(` \n${JSON.stringify(wholeCompletion('né 漢😀'))}\n`))) {
      const { text, end, sink } = await talk.ask(stream(...parts))
      expect([text, end]).toEqual([TEXT, { finishReason: 'stop', model: 'm' }])
      expect(sink.usages).toEqual([{ total_tokens: 7 }])
    }
  })

  test.each(['application/json', 'text/plain', 'text/event-stream', ''])('with media type %j', async (type) => {
    const field = type === '' ? [] : [`content-type: ${type}`]
    const body = JSON.stringify(wholeCompletion([{ type: 'text', text: 'Hello' }], 'length'))
    const { text, end } = await talk.ask(Buffer.concat([head('200 OK', field), chunk(body), LAST_CHUNK]))
    expect([text, end?.finishReason]).toEqual(['Hello', 'length'])
  })

  test('may be as long as an event', async () => {
    const long = 'x'.repeat(MAX_EVENT_BYTES - 1000)
    expect((await talk.ask(json('200 OK', wholeCompletion(long)))).text.length).toBe(long.length)
    const { error } = await talk.ask(json('200 OK', wholeCompletion(`${long}${'x'.repeat(100_000)}`)))
    expect(error).toMatchObject({ retryable: true })
  })

  test('may be an error', async () => {
    const error = { error: { message: 'no', code: 'invalid_api_key' } }
    for (const body of [error, [error]]) {
      expect((await talk.ask(json('200 OK', body))).error).toMatchObject({ retryable: false })
    }
  })

  test('is broken where it ends in the middle', async () => {
    const { error } = await talk.ask(stream(JSON.stringify(wholeCompletion('Hello')).slice(0, -3)))
    expect(error).toMatchObject({ retryable: true })
  })
})

test.each([
  'Text/Event-Stream; charset=UTF-8',
  'TEXT/EVENT-STREAM',
  'application/octet-stream',
  'application/json',
  '',
])('[F6] a stream is one with media type %j', async (type) => {
  const field = type === '' ? [] : [`Content-Type: ${type}`]
  const { text, error } = await talk.ask(Buffer.concat([head('200 OK', field), chunk(WHOLE), LAST_CHUNK]))
  expect([text, error]).toEqual([TEXT, undefined])
})

describe('[X6] a body that is neither is let go of', () => {
  const bodies: Record<string, string> = {
    'a page': '<!doctype html><title>Sign in</title>',
    'a document without an end': `{"a":"${'x'.repeat(9000)}`,
    'words without an end': `Not ready. ${'x'.repeat(9000)}\n\n`,
    'blanks without an end': ' '.repeat(9000),
    'depths without an end': '['.repeat(9000),
  }
  test.each(Object.entries(bodies))('%s', async (_, part) => {
    let sent = 0
    const { error } = await talk.ask((socket) => {
      socket.write(head())
      const more = () => {
        for (let i = 0; i < 8 && !socket.destroyed; i++) {
          socket.write(chunk(part))
          sent += part.length
        }
        if (!socket.destroyed) setImmediate(more)
      }
      more()
    })
    expect(error).toMatchObject({ name: 'ModelError', retryable: true })
    expect(sent).toBeLessThan(64 * 1024 * 1024)
  })

  test('a refusal without an end is judged by its status', async () => {
    const { error } = await talk.ask((socket) => {
      socket.write(head('400 Bad Request', []))
      const more = () => {
        if (socket.destroyed) return
        socket.write(chunk('['.repeat(8192)))
        setImmediate(more)
      }
      more()
    })
    expect(error).toMatchObject({ retryable: false })
  })

  test.each([
    [64 * 1024, true],
    [64 * 1024 + 1, false],
  ])('with %i bytes before their end, a document and the words of a refusal are read: %s', async (bytes, isRead) => {
    const whole = (document: object) => {
      const end = JSON.stringify(document)
      return ' '.repeat(bytes - end.length) + end
    }
    const late = `${' '.repeat(bytes)}${JSON.stringify(wholeCompletion('Hello'))}`
    const answer = await talk.ask(stream(late.slice(0, bytes), late.slice(bytes)))
    expect([answer.text, answer.error?.retryable]).toEqual(isRead ? ['Hello', undefined] : ['', true])
    const refusal = whole({ error: { code: 'context_length_exceeded' } })
    const refused = await talk.ask(json('400 Bad Request', refusal))
    expect(refused.error).toMatchObject({ retryable: false, contextTooLong: isRead })
  })

  test('depth is no danger, in an event, a document or a refusal', async () => {
    const deep = (open: string, close: string) => open.repeat(20_000) + close.repeat(20_000)
    const usage = `{"choices":[],"usage":{"total_tokens":${deep('[', ']')}}}`
    const inner = `{"choices":[{"delta":{"content":${deep('[', ']')},"reasoning":${deep('{"text":', '}').replace('}', '1}')}}}]}`
    expect((await talk.ask(stream(say('Hello'), event(usage), event(inner), STOP, DONE))).text).toBe('Hello')
    for (const body of [
      `{"error":${deep('[', ']')}}`,
      `{"error":{"message":${deep('[', ']')},"code":${deep('[', ']')}}}`,
    ]) {
      expect((await talk.ask(json('400 Bad Request', body))).error).toMatchObject({ retryable: false })
      expect((await talk.ask(json('200 OK', body))).error).toMatchObject({ name: 'ModelError' })
    }
  })

  test('names are bounded, and of the usage only known counts are kept', async () => {
    const long = 'x'.repeat(10_000)
    const usage = {
      total_tokens: 3,
      prompt_tokens: -1,
      completion_tokens: 1e300,
      input_tokens: '7',
      more: { deep: [] },
    }
    const { end, sink } = await talk.ask(stream(delta({ content: 'a' }, long, { model: long, usage }), DONE))
    expect(end).toEqual({ finishReason: 'x'.repeat(256), model: 'x'.repeat(256) })
    expect(sink.usages).toEqual([{ total_tokens: 3 }])
  })

  test.each([
    [256, 256],
    [257, 256],
  ])('a model and a finish reason of %i characters are told with %i, on either wire', async (given, told) => {
    const name = 'x'.repeat(given)
    const chat = await talk.ask(stream(delta({ content: 'a' }, name, { model: name }), DONE))
    expect(chat.end).toEqual({ finishReason: 'x'.repeat(told), model: 'x'.repeat(told) })

    await talk.use({ LLM_API: 'responses' })
    const incomplete = { id: 'resp_1', model: name, status: 'incomplete', incomplete_details: { reason: name } }
    const wire = [
      named({ type: 'response.output_text.delta', delta: 'a' }),
      named({ type: 'response.incomplete', response: incomplete }),
    ]
    const responses = await talk.ask(stream(...wire))
    expect(responses.end).toEqual({ finishReason: 'x'.repeat(told), model: 'x'.repeat(told) })
  })
})

describe('[F6] compression', () => {
  test('is not asked for', async () => {
    await talk.ask(stream(WHOLE))
    expect(talk.provider.requests[0]?.headers['accept-encoding']).toBe('identity')
  })

  const packed = {
    gzip: gzipSync(WHOLE),
    'X-Gzip': gzipSync(WHOLE),
    deflate: deflateSync(WHOLE),
    br: brotliCompressSync(WHOLE),
    zstd: zstdCompressSync(WHOLE),
  }
  test.each(Object.entries(packed))('is undone where it comes: %s', async (encoding, bytes) => {
    const fields = ['content-type: text/event-stream', `content-encoding: ${encoding}`]
    for (const parts of [...everySplit(bytes)].slice(0, 60)) {
      const { text, error } = await talk.ask(Buffer.concat([head('200 OK', fields), ...parts.map(chunk), LAST_CHUNK]))
      expect([text, error]).toEqual([TEXT, undefined])
    }
  })

  test('a refusal is unpacked as well, and what cannot be unpacked is a break', async () => {
    const body = gzipSync(JSON.stringify({ error: { code: 'insufficient_quota' } }))
    const { error } = await talk.ask(
      Buffer.concat([head('429 Too Many Requests', ['content-encoding: gzip']), chunk(body), LAST_CHUNK]),
    )
    expect(error).toMatchObject({ retryable: false })
    const broken = await talk.ask(Buffer.concat([head('200 OK', ['content-encoding: gzip']), chunk(WHOLE), LAST_CHUNK]))
    expect(broken.error).toMatchObject({ name: 'ModelError', retryable: true })
  })
})

describe('[F6] redirects', () => {
  const redirect = (status: string, location: string) =>
    Buffer.from(`HTTP/1.1 ${status}\r\nlocation: ${location}\r\ncontent-length: 0\r\n\r\n`)

  test.each(['307 Temporary Redirect', '308 Permanent Redirect'])(
    '%s is followed, with the body and the key',
    async (status) => {
      const { text } = await talk.ask((socket, { path }) =>
        socket.write(path === '/other/?a=b' ? stream(WHOLE) : redirect(status, '/other/?a=b')),
      )
      expect(text).toBe(TEXT)
      const [first, second] = talk.provider.requests
      expect(second).toMatchObject({ method: 'POST', body: first?.body })
      expect(second?.headers.authorization).toBe('Bearer sk-secret-key')
    },
  )

  test('another origin is told no key and none of LLM_HEADERS', async () => {
    const other = await new RawProvider().listen()
    other.handler = (socket) => socket.write(stream(WHOLE))
    const keyed = new RawTalk(talk.provider, { LLM_HEADERS: '{"X-Api-Key": "also-secret"}' })
    try {
      const { text } = await keyed.ask((socket) =>
        socket.write(redirect('307 Temporary Redirect', `${other.origin}/v1/chat/completions`)),
      )
      expect(text).toBe(TEXT)
      expect(talk.provider.requests[0]?.headers['x-api-key']).toBe('also-secret')
      expect(JSON.stringify(other.requests)).not.toContain('secret')
      expect(other.requests[0]?.body).toEqual(talk.provider.requests[0]?.body)
    } finally {
      await keyed.source.close()
      await other.close()
    }
  })

  test.each(['301 Moved', '302 Found', '303 See Other'])('%s is refused', async (status) => {
    expect((await talk.ask(redirect(status, '/other'))).error).toMatchObject({ retryable: false })
    expect(talk.provider.requests.length).toBe(1)
  })

  test('a circle, an odd address and another protocol are refused', async () => {
    for (const location of ['/v1/chat/completions', 'http://', 'file:///etc/passwd', 'ftp://127.0.0.1/']) {
      expect((await talk.ask(redirect('307 Temporary Redirect', location))).error).toMatchObject({ retryable: false })
    }
    expect(talk.provider.requests.length).toBeLessThan(12)
  })
})

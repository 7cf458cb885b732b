import type { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  chunk,
  DONE,
  delta,
  event,
  everySplit,
  type Handler,
  head,
  json,
  LAST_CHUNK,
  RawTalk,
  STOP,
  say,
  stream,
} from '../support/raw-provider.ts'
import { RecordingSink } from '../support/scripted-model-sink.ts'

let talk: RawTalk
beforeEach(async () => {
  talk = await RawTalk.start()
})
afterEach(() => talk.close())

describe('[F6] nothing counts after the first event that cannot be read', () => {
  const faults: Record<string, string> = {
    'half a JSON': 'data: {"choices":[{"index":0,"delta":{"content":"not 5\n\n',
    words: event('upstream failed'),
    'a number': event('7'),
    'a text that is none': delta({ content: 7 }),
    'an error': event({ error: { code: 502, message: 'gone' } }),
    'an error that is a text': event({ error: 'gone' }),
    'an error inside the choice': event({
      choices: [{ index: 0, delta: {}, error: { code: 502 }, finish_reason: 'stop' }],
    }),
    'an error by its kind': event({ object: 'error', message: 'gone', code: 500 }),
    'an event of that name': 'event: error\ndata: {"message": "gone"}\n\n',
    'a finish reason that is a break': delta({ content: '' }, 'abort'),
  }
  test.each(Object.entries(faults))('%s, at every split', async (_, fault) => {
    const tail = Buffer.from(fault + say('00 mg, but 50') + STOP + DONE)
    const reads = [[tail], ...everySplit(tail)]
    for (const parts of reads) {
      const { text, error, end } = await talk.ask(stream(say('The dose is '), ...parts))
      expect([text, end]).toEqual(['The dose is ', undefined])
      expect(error).toMatchObject({ name: 'ModelError', retryable: true })
    }
    const { text, error } = await talk.ask(stream(say('The dose is ') + tail))
    expect([text, error?.retryable]).toEqual(['The dose is ', true])
  })
})

describe('[F6] how an answer ends', () => {
  test.each([
    ['stop', 'stop'],
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['eos', 'stop'],
    ['STOP', 'stop'],
    ['length', 'length'],
    ['max_tokens', 'length'],
    ['MAX_TOKENS', 'length'],
    ['model_length', 'length'],
    ['content_filter', 'content_filter'],
    ['SAFETY', 'content_filter'],
    ['PROHIBITED_CONTENT', 'content_filter'],
    ['tool_calls', 'tool_calls'],
    ['function_call', 'function_call'],
    ['something_new', 'something_new'],
  ])('%s is an end: %s', async (said, finishReason) => {
    const { text, end } = await talk.ask(stream(say('Hello'), delta({}, said), DONE))
    expect([text, end]).toEqual(['Hello', { finishReason, model: 'm' }])
  })

  test.each([
    'abort',
    'error',
    'network_error',
    'insufficient_system_resource',
    'cancelled',
    'timeout',
    'MALFORMED_RESPONSE',
  ])('%s is a break', async (said) => {
    for (const reply of [stream(say('Hel'), delta({}, said), DONE), stream(delta({ content: 'Hel' }, said), DONE)]) {
      const { text, error } = await talk.ask(reply)
      expect(text).toBe('Hel')
      expect(error).toMatchObject({ retryable: true, message: expect.stringContaining('broke its answer off') })
    }
  })

  test('a break is one also where its text has to wait for the sink', async () => {
    talk.provider.handler = (socket) => socket.write(stream(delta({ content: 'Hel' }, 'abort'), DONE))
    const sink = new RecordingSink()
    sink.hold()
    const request = { turns: [], sessionId: 's', messageId: 'm', userId: null }
    const running = talk.source.generate(request, sink, new AbortController().signal)
    await sink.when((text) => text === 'Hel')
    sink.resume()
    await expect(running).rejects.toMatchObject({ retryable: true })
  })

  test.each(['', 'null', 'none'])('%j is none yet', async (said) => {
    const { text, end } = await talk.ask(stream(delta({ content: 'Hel' }, said), say('lo'), STOP, DONE))
    expect([text, end?.finishReason]).toEqual(['Hello', 'stop'])
  })

  const after: Record<string, (write: (bytes: string) => void, socket: Socket) => void> = {
    'no [DONE]': () => {},
    'an open connection that says no more': () => {},
    'an open connection with comments': (write, socket) => {
      const timer = setInterval(() => write(': still here\n\n'), 50)
      socket.on('close', () => clearInterval(timer))
    },
    'an open connection with pings': (write, socket) => {
      const timer = setInterval(() => write(event({ type: 'ping' })), 50)
      socket.on('close', () => clearInterval(timer))
    },
    'a reset': (_, socket) => setTimeout(() => socket.resetAndDestroy(), 20),
    garbage: (write) => write('data: oops\n\n'),
    'an error': (write) => write(event({ error: { message: 'late' } })),
  }
  test.each(Object.entries(after))(
    'text and a finish reason are a whole answer, whatever follows: %s',
    async (_, follow) => {
      const { text, end, sink } = await talk.ask((socket) => {
        const write = (bytes: string) => socket.destroyed || socket.write(chunk(bytes))
        socket.write(head())
        write(say('Hello') + STOP + event({ choices: [], usage: { total_tokens: 9 } }))
        follow(write, socket)
      })
      expect([text, end?.finishReason]).toEqual(['Hello', 'stop'])
      expect(sink.usages).toEqual([{ total_tokens: 9 }])
    },
  )

  test('events that wait for the sink are taken also where the connection that ends their body is gone', async () => {
    const gone = Promise.withResolvers<void>()
    talk.provider.handler = (socket) => {
      socket.on('close', gone.resolve)
      socket.end(
        `HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n${say('one ')}${say('two ')}${say('three')}${STOP}${DONE}`,
      )
    }
    const sink = new RecordingSink()
    sink.hold()
    const request = { turns: [], sessionId: 's', messageId: 'm', userId: null }
    const running = talk.source.generate(request, sink, new AbortController().signal)
    await gone.promise
    expect(sink.joined).toBe('one ')
    sink.resume()
    expect(await running).toMatchObject({ finishReason: 'stop' })
    expect(sink.joined).toBe('one two three')
  })

  test('the usage that comes after the finish reason is waited for', async () => {
    const { sink } = await talk.ask((socket) => {
      socket.write(Buffer.concat([head(), chunk(say('Hello') + STOP)]))
      setTimeout(() => socket.write(Buffer.concat([chunk(event({ usage: { total_tokens: 9 } })), LAST_CHUNK])), 300)
    })
    expect(sink.usages).toEqual([{ total_tokens: 9 }])
  })

  test('text counts also where a provider says a finish reason in every chunk', async () => {
    const { text, end } = await talk.ask((socket) => {
      socket.write(head())
      const words = ['one ', 'two ', 'three']
      const next = () => {
        const word = words.shift()
        if (word === undefined) return socket.write(LAST_CHUNK)
        socket.write(chunk(delta({ content: word }, 'STOP')))
        setTimeout(next, 600)
      }
      next()
    })
    expect([text, end?.finishReason]).toEqual(['one two three', 'stop'])
  })

  test('an answer may have no words; without any, what breaks after the finish reason breaks it', async () => {
    expect(await talk.ask(stream(STOP, DONE))).toMatchObject({ text: '', end: { finishReason: 'stop' } })
    const { error } = await talk.ask(stream(STOP, event({ error: { message: 'upstream is gone' } })))
    expect(error).toMatchObject({ retryable: true })
  })

  test.each([[DONE], [''], [event({ usage: { total_tokens: 1 } })]])('[X1] %j is no end by itself', async (last) => {
    const { text, error } = await talk.ask(stream(say('Hel'), last))
    expect(text).toBe('Hel')
    expect(error).toMatchObject({ retryable: true, message: 'the model ended without a finish reason' })
  })
})

describe('[F7] silence', () => {
  const trickle =
    (bytes: string, everyMs: number, first = '') =>
    (socket: Socket) => {
      socket.write(Buffer.concat([head(), chunk(first)]))
      const timer = setInterval(() => socket.write(chunk(bytes)), everyMs)
      socket.on('close', () => clearInterval(timer))
    }

  test.each([
    ['comments', ': wait\n\n'],
    ['reasoning', delta({ reasoning_content: 'hm' })],
    ['pings', event({ type: 'ping' })],
    ['blanks', '\n'],
  ])('%s keep an answer alive, but not for ever', async (_, bytes) => {
    const limited = new RawTalk(talk.provider, { LLM_TIMEOUT_MS: '1000', LLM_SILENCE_MS: '1500' })
    try {
      const { error, text } = await limited.ask(trickle(bytes, 30, say('Hel')))
      expect(error).toMatchObject({ retryable: true, message: 'the model sent no text for 1500 ms' })
      expect(text).toBe('Hel')
    } finally {
      await limited.source.close()
    }
  })

  test('text that keeps coming is no silence', async () => {
    const limited = new RawTalk(talk.provider, { LLM_TIMEOUT_MS: '1200', LLM_SILENCE_MS: '1200' })
    try {
      const { text } = await limited.ask((socket) => {
        socket.write(head())
        let words = 0
        const timer = setInterval(() => {
          if (words++ < 16) return socket.write(chunk(say('a')))
          clearInterval(timer)
          return socket.write(Buffer.concat([chunk(STOP + DONE), LAST_CHUNK]))
        }, 100)
      })
      expect(text).toBe('a'.repeat(16))
    } finally {
      await limited.source.close()
    }
  })

  const bodyless = (status: string, ...fields: string[]) => [`HTTP/1.1 ${status}`, ...fields, '\r\n'].join('\r\n')
  const processing = bodyless('102 Processing')
  const moved = bodyless('307 Temporary Redirect', 'location: /other', 'content-length: 0')

  test('the head of a reply is bytes, of 1xx, a redirect or a refused form of the request as well', async () => {
    const whole = stream(say('Hello'), STOP, DONE)
    const slowly =
      (...parts: (string | Buffer)[]): Handler =>
      (socket) => {
        for (const [i, part] of parts.entries()) setTimeout(() => socket.write(part), 900 * (i + 1))
      }
    const first =
      (reply: string | Buffer): Handler =>
      (socket, request, nth) =>
        slowly(nth === 1 ? reply : whole)(socket, request, nth)
    const replies: Record<string, Handler> = {
      head: slowly(head(), whole.subarray(head().length)),
      '1xx': slowly(processing, whole),
      redirect: first(moved),
      refusal: first(json('400 Bad Request', { error: 'no prefill' })),
    }
    const ask = async (what: string, reply: Handler) => {
      const slow = await RawTalk.start({ LLM_TIMEOUT_MS: '1500', LLM_CONTINUE: 'prefix' })
      const { text, error } = await slow.ask(reply, { resume: { text: 'Say: ', bookmark: null } })
      await slow.close()
      expect([text, error?.message], what).toEqual(['Hello', undefined])
    }
    await Promise.all(Object.entries(replies).map(([what, reply]) => ask(what, reply)))
  })

  test.each<[string, Handler, string]>([
    [
      '1xx',
      (socket) => {
        const timer = setInterval(() => socket.write(processing), 30)
        socket.on('close', () => clearInterval(timer))
      },
      'the model sent no text for 1500 ms',
    ],
    ['redirects', (socket) => socket.write(moved), 'the provider of the model refused the request (status 307)'],
  ])('%s without an end do not keep an answer alive for ever', async (_, reply, message) => {
    const limited = new RawTalk(talk.provider, { LLM_TIMEOUT_MS: '1000', LLM_SILENCE_MS: '1500' })
    try {
      expect((await limited.ask(reply)).error).toMatchObject({ message })
    } finally {
      await limited.source.close()
    }
  })

  test('no byte at all, before or after the head, is a break', async () => {
    const limited = new RawTalk(talk.provider, { LLM_TIMEOUT_MS: '100' })
    try {
      for (const reply of [() => {}, (socket: Socket) => socket.write(head())]) {
        const { error } = await limited.ask(reply)
        expect(error).toMatchObject({ retryable: true, message: 'the model sent nothing for 100 ms' })
      }
    } finally {
      await limited.source.close()
    }
  })
})

test.for(['what is no HTTP\r\n\r\n', 'HTTP/1.1 x\r\n\r\n', '\u0016\u0003\u0001\u0000\u0000'])(
  '[F6] [X6] a reply that is no HTTP is a break: %j',
  async (reply) => {
    expect((await talk.ask(Buffer.from(reply))).error).toMatchObject({ retryable: true })
  },
)

test('[F6] [X6] an error whose code has no text is an error of the model', async () => {
  const { error } = await talk.ask(stream(event('{"error":{"code":{"toString":null,"valueOf":null},"message":"no"}}')))
  expect(error).toMatchObject({ retryable: expect.any(Boolean) })
})

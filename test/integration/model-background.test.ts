import type { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { chunk, head, json, LAST_CHUNK, named, type RawRequest, RawTalk, stream } from '../support/raw-provider.ts'

let talk: RawTalk
beforeEach(async () => {
  talk = await RawTalk.start({ LLM_API: 'responses' })
})
afterEach(() => talk.close())

const numbered = (events: readonly { type: string; [field: string]: unknown }[], from = 0) =>
  events.map((fields, at) => named({ ...fields, sequence_number: from + at }))
const created = { type: 'response.created', response: { id: 'resp_1', status: 'in_progress' } }
const text = (delta: string) => ({ type: 'response.output_text.delta', output_index: 0, content_index: 0, delta })
const message = (words: string) => ({ type: 'message', content: [{ type: 'output_text', text: words }] })
const completed = (words?: string) => ({
  type: 'response.completed',
  response: {
    id: 'resp_1',
    model: 'm',
    status: 'completed',
    usage: { output_tokens: 2 },
    ...(words && { output: [message(words)] }),
  },
})
const completedAs = (id: unknown) => {
  const { response, ...event } = completed('Hello')
  return { ...event, response: { ...response, id } }
}
const whole = stream(...numbered([created, text('Hel'), text('lo'), completed('Hello')]))
const resume = (stored: string) => ({ resume: { text: stored, bookmark: { responseId: 'resp_0', sequence: 3 } } })
const said = ({ method, path, body }: RawRequest) => [
  `${method} ${path.replace('/v1/responses', '')}`,
  body.background ?? false,
]

describe('[F8] background work', () => {
  test('is asked for where answers are reattached to', async () => {
    const { text: words, end, sink } = await talk.ask(whole)
    expect([words, end]).toEqual(['Hello', { finishReason: 'stop', model: 'm' }])
    expect(talk.provider.requests[0]?.body).toMatchObject({ background: true, store: true, stream: true })
    expect(sink.bookmarks.at(-1)).toEqual({ responseId: 'resp_1', sequence: 2 })
    expect(sink.usages).toEqual([{ output_tokens: 2 }])
  })

  const refusals: [string, object][] = [
    [
      '400 Bad Request',
      { error: { message: 'background is not supported', code: 'unsupported_parameter', param: 'background' } },
    ],
    ['400 Bad Request', { error: { message: "Unknown parameter: 'store'." } }],
    ['422 Unprocessable Entity', { detail: 'Extra inputs are not permitted: background' }],
    ['422 Unprocessable Entity', { detail: [{ type: 'extra_forbidden', loc: ['body', 'background'], msg: 'Extra' }] }],
    ['403 Forbidden', { error: { message: 'Zero data retention: store must be false' } }],
  ]
  test.each(refusals)(
    'is not insisted on where it is refused with %s %j, nor asked for again',
    async (status, body) => {
      const refusing = (socket: Socket, request: RawRequest) =>
        socket.write(request.body.background ? json(status, body) : whole)
      for (let answers = 0; answers < 2; answers++) {
        const { text: words, sink } = await talk.ask(refusing)
        expect([words, sink.bookmarks]).toEqual(['Hello', []])
      }
      expect(talk.provider.requests.map(said)).toEqual([
        ['POST ', true],
        ['POST ', false],
        ['POST ', false],
      ])
      expect(talk.provider.requests[1]?.body).not.toHaveProperty('store')
    },
  )

  test('is asked for again where the request was refused anyway', async () => {
    const refusal = json('400 Bad Request', { error: { message: 'store: no such tool' } })
    for (let answers = 0; answers < 2; answers++)
      expect((await talk.ask(refusal)).error).toMatchObject({ retryable: false })
    expect(talk.provider.requests.map(said).filter(([, background]) => background).length).toBe(2)
  })

  test('a response without numbers is an answer, is nothing to reattach to, and is cancelled when it is given up', async () => {
    const { text: words, sink } = await talk.ask(
      stream(...[created, text('Hel'), text('lo'), completed('Hello')].map(named)),
    )
    expect([words, sink.bookmarks]).toEqual(['Hello', []])
    const broken = (socket: Socket, { path }: RawRequest) =>
      socket.write(path.endsWith('/cancel') ? json('200 OK', {}) : stream(named(created), named(text('Hel'))))
    expect((await talk.ask(broken)).error).toMatchObject({ retryable: true })
    await expect.poll(() => talk.provider.requests.map(said).at(-1)).toEqual(['POST /resp_1/cancel', false])
  })

  test('an answer that is stopped is cancelled although its events have no numbers', async () => {
    const controller = new AbortController()
    const running = talk.ask(
      (socket, { path }) => {
        if (path.endsWith('/cancel')) return socket.write(json('200 OK', {}))
        socket.write(Buffer.concat([head(), chunk(named(created) + named(text('Hel')))]))
        setTimeout(() => controller.abort('stopped'), 50)
      },
      {},
      controller.signal,
    )
    await expect(running).rejects.toBe('stopped')
    await expect.poll(() => talk.provider.requests.map(said).at(-1)).toEqual(['POST /resp_1/cancel', false])
  })
})

describe('[F8] [X6] an id that cannot stand in an address', () => {
  const ids: [string, unknown][] = [
    ['longer than 1,024 characters', 'r'.repeat(1025)],
    ['of dots', '..'],
    ['with a space', 'resp 1'],
    ['that is no text', { length: 3 }],
  ]
  test.each(ids)('and is %s is none: there is nothing to reattach to', async (_, id) => {
    const unnamed = { ...created, response: { ...created.response, id } }
    const { text: words, sink } = await talk.ask(stream(...numbered([unnamed, text('Hello'), completedAs(id)])))
    expect([words, sink.bookmarks]).toEqual(['Hello', []])
  })

  test('of an old bookmark is not asked for, and its text is gone on with', async () => {
    const bookmark = { responseId: '..', sequence: 3 }
    const { text: words } = await talk.ask(whole, { resume: { text: 'So far. ', bookmark } })
    expect([words, talk.provider.requests.map(said)]).toEqual(['Hello', [['POST ', true]]])
  })
})

describe('[F8] a response that cannot be reattached to is gone on with as with continue', () => {
  const lost: [string, Uint8Array, boolean][] = [
    ['404', json('404 Not Found', { error: { message: 'no such response' } }), false],
    ['410', json('410 Gone', ''), false],
    ['a refusal to stream', json('400 Bad Request', { error: { message: 'stream is not supported' } }), true],
    ['a method that is not there', json('405 Method Not Allowed', ''), true],
    ['a method that it does not have, as a status', json('501 Not Implemented', ''), true],
    [
      'the same in words',
      json('500 Internal Server Error', { error: { message: 'GET responses is not supported' } }),
      true,
    ],
    ['nothing', stream(), true],
    ['no content', Buffer.from('HTTP/1.1 204 No Content\r\n\r\n'), true],
    ['a page', json('200 OK', '<!doctype html><html>app</html>'), true],
    ['what is no response', json('200 OK', { detail: 'stream object' }), true],
    ['a sentence', json('200 OK', { error: 'Unexpected endpoint or method. (GET /v1/responses/resp_0)' }), true],
    ['an error for good', json('200 OK', { error: { message: 'Response not found', code: 'not_found' } }), true],
    ['an event of an error without a name', stream(...numbered([{ type: 'error', message: 'no' }])), true],
    ['events without numbers', stream(named(text('all again'))), true],
    [
      'a response that failed',
      stream(...numbered([{ type: 'response.failed', response: { error: { code: 'server_error' } } }], 4)),
      false,
    ],
    [
      'a response that was cancelled',
      stream(...numbered([{ type: 'response.cancelled', response: { status: 'cancelled' } }], 4)),
      false,
    ],
    [
      'a response that runs and is not streamed',
      json('200 OK', { object: 'response', id: 'resp_0', status: 'in_progress' }),
      true,
    ],
  ]
  test.each(lost)('%s', async (_, reply, cancels) => {
    const {
      text: words,
      sink,
      error,
    } = await talk.ask((socket, { method, path }) => {
      if (method === 'GET') socket.write(reply)
      else socket.write(path.endsWith('/cancel') ? json('200 OK', {}) : whole)
    }, resume('Some text that is shown. '))
    expect([words, error]).toEqual(['Hello', undefined])
    expect(sink.bookmarks.at(-1)?.responseId).toBe('resp_1')
    const create = talk.provider.requests.find(({ method, path }) => method === 'POST' && !path.endsWith('/cancel'))
    expect(JSON.stringify(create?.body)).toContain('Some text that is shown. ')
    if (cancels)
      await expect.poll(() => talk.provider.requests.map(({ path }) => path)).toContain('/v1/responses/resp_0/cancel')
    else expect(talk.provider.requests.length).toBe(2)
  })

  test('for good: a stream of the other response that breaks leads nobody back to the first', async () => {
    const { sink, error } = await talk.ask((socket, { method }) => {
      socket.write(method === 'GET' ? json('404 Not Found', '') : stream(named(created), named(text('and more'))))
    }, resume('Some text. '))
    expect(error).toMatchObject({ retryable: true })
    const left = { text: 'Some text. and more', bookmark: sink.bookmarks.at(-1) ?? null }
    await expect.poll(() => talk.provider.requests.at(-1)?.path).toBe('/v1/responses/resp_1/cancel')
    const asked = talk.provider.requests.length
    expect((await talk.ask(whole, { resume: left })).error).toBeUndefined()
    expect(talk.provider.requests.slice(asked).map(said)).toEqual([['POST ', true]])
  })

  test.each([
    ['a status', json('503 Service Unavailable', '')],
    ['an event', stream(...numbered([{ type: 'error', code: 'server_error' }], 4))],
    ['an event that comes next', stream(...numbered([{ type: 'error', code: null, message: 'Sorry.' }], 4))],
    [
      'a status under one of success',
      json('200 OK', { error: { message: 'Service temporarily unavailable', code: 503 } }),
    ],
    ['a status as text', json('200 OK', { error: { message: 'Try later', type: null, code: '429' } })],
    ['a rate limit in words', json('200 OK', { error: 'Rate limit reached, try again in 2s' })],
    ['a stream that ends too early', stream(...numbered([{ type: 'response.in_progress', response: {} }], 4))],
  ])('but trouble that may pass is told first: %s', async (_, reply) => {
    const { error } = await talk.ask(reply, resume('a'))
    expect(error).toMatchObject({ retryable: true })
    expect(talk.provider.requests.map(({ method }) => method)).toEqual(['GET'])
  })
})

describe('[F8] text counts once, wherever it stands', () => {
  const done = { type: 'response.output_text.done', output_index: 0, content_index: 0, text: 'Hello' }
  const part = {
    type: 'response.content_part.done',
    output_index: 0,
    content_index: 0,
    part: { type: 'output_text', text: 'Hello' },
  }
  const item = { type: 'response.output_item.done', output_index: 0, item: message('Hello') }
  const refusal = { type: 'response.refusal.done', output_index: 0, content_index: 0, refusal: 'Hello' }
  const cases: Record<string, { type: string; [field: string]: unknown }[]> = {
    'in pieces': [text('Hel'), text('lo'), completed()],
    'in all of them': [text('Hel'), text('lo'), done, part, item, completed('Hello')],
    'when it is done': [done, completed()],
    'when its part is done': [part, completed()],
    'when its item is done': [item, completed()],
    'at the end': [completed('Hello')],
    'beginning in pieces': [text('Hel'), completed('Hello')],
    'as a refusal in pieces': [{ ...text('Hello'), type: 'response.refusal.delta' }, refusal, completed()],
    'as a refusal': [refusal, completed()],
    'in two parts': [text('Hel'), { ...done, text: 'Hel' }, { ...done, content_index: 1, text: 'lo' }, completed()],
    'in two items that are alike': [
      { ...text('l'), output_index: 1 },
      { ...done, output_index: 0, text: 'Hel' },
      completed(),
    ],
  }
  test.each(Object.entries(cases))('%s', async (name, events) => {
    const expected = name === 'in two items that are alike' ? 'lHel' : 'Hello'
    for (const bytes of [numbered([created, ...events]), [created, ...events].map(named)]) {
      const { text: words, end } = await talk.ask(stream(...bytes))
      expect([words, end?.finishReason]).toEqual([expected, 'stop'])
    }
  })

  test('after reattaching, too', async () => {
    const endings = [
      [text('lo'), done, part, item, completed('Hello')],
      [done, completed()],
      [completed('Hello')],
      [text('lo'), completed()],
    ]
    for (const events of endings) {
      const { text: words } = await talk.ask(stream(...numbered(events, 4)), resume('Hel'))
      expect(words).toBe('lo')
    }
    const response = { object: 'response', id: 'resp_0', status: 'completed', output: [message('Hello')] }
    expect((await talk.ask(json('200 OK', response), resume('Hel'))).text).toBe('lo')
    expect(talk.provider.requests.every(({ method }) => method === 'GET')).toBe(true)
  })

  test('in an event that repeats the longest answer that is allowed', async () => {
    await talk.use({ LLM_API: 'responses', MAX_ANSWER_BYTES: String(8 * 1024 * 1024) })
    const answer = 'né'.repeat(2 * 1024 * 1024)
    const { text: words, error } = await talk.ask(stream(...numbered([created, completed(answer)])))
    expect(error).toBeUndefined()
    expect(words === answer).toBe(true)
  })

  test('in one JSON document', async () => {
    const response = {
      object: 'response',
      id: 'r',
      model: 'm',
      status: 'incomplete',
      output: [{ type: 'reasoning' }, message('Hello')],
    }
    const reply = json('200 OK', { ...response, incomplete_details: { reason: 'max_output_tokens' } })
    const { text: words, end } = await talk.ask(reply)
    expect([words, end]).toEqual(['Hello', { finishReason: 'length', model: 'm' }])
  })
})

describe('[F6] how a response ends', () => {
  test.each([
    [{ type: 'response.incomplete', response: { incomplete_details: { reason: 'max_output_tokens' } } }, 'length'],
    [{ type: 'response.incomplete', response: { incomplete_details: { reason: 'content_filter' } } }, 'content_filter'],
    [{ type: 'response.incomplete', response: {} }, 'length'],
    [
      { type: 'response.completed', response: { status: 'incomplete', incomplete_details: { reason: 'max_tokens' } } },
      'length',
    ],
  ])('%j is an end', async (last, finishReason) => {
    const { end } = await talk.ask(stream(...numbered([created, text('Hello'), last])))
    expect(end).toMatchObject({ finishReason })
  })

  test.each([
    [{ type: 'response.failed', response: { error: { code: 'server_error' } } }, true],
    [{ type: 'response.failed', response: { error: { code: 'invalid_prompt' } } }, false],
    [{ type: 'response.failed', response: null }, true],
    [{ type: 'response.cancelled', response: {} }, true],
    [{ type: 'response.completed', response: { status: 'failed', error: { code: 'server_error' } } }, true],
    [{ type: 'error', code: 'server_error', message: 'x' }, true],
    [{ type: 'error', error: { code: 'context_length_exceeded' } }, false],
  ])('%j is none', async (last, retryable) => {
    const { text: words, error } = await talk.ask(stream(...numbered([created, text('Hel'), last, completed('Hello')])))
    expect(words).toBe('Hel')
    expect(error).toMatchObject({ retryable })
  })

  test('[DONE], keep-alives, unknown events and what comes after the end mean nothing', async () => {
    const odd = [
      'data: {}\n\n',
      ': x\n\n',
      named({ type: 'ping' }),
      named({ type: 'response.new_thing', delta: 'no' }),
      'data: null\n\n',
    ]
    const { text: words, end } = await talk.ask(
      stream(
        ...odd,
        ...numbered([created, text('Hello')]),
        ...odd,
        ...numbered([completed()], 7),
        'data: [DONE]\n\n',
        'oops\n\n',
      ),
    )
    expect([words, end?.finishReason]).toEqual(['Hello', 'stop'])
    expect(
      (await talk.ask(Buffer.concat([head(), chunk(named(text('a'))), chunk('data: [DONE]\n\n'), LAST_CHUNK]))).error,
    ).toMatchObject({
      message: 'the model ended without a finish reason',
    })
  })
})

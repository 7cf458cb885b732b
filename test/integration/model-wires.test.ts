import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readSettings } from '../../src/config/settings.ts'
import { createModel } from '../../src/model/create.ts'
import { MAX_EVENT_BYTES } from '../../src/model/sse-reader.ts'
import { silentLog } from '../../src/ports/log.ts'
import { type Model, ModelError, type ModelRequest } from '../../src/ports/model.ts'
import {
  end,
  event,
  fail,
  raw,
  refusal,
  refuse,
  reset,
  type Script,
  type ScriptedModel,
  silence,
  startScriptedModel,
} from '../support/scripted-model.ts'
import { RecordingSink } from '../support/scripted-model-sink.ts'

const KEY = 'sk-secret-1234'
const PROMPT = 'What is the airspeed of an unladen swallow?'
const request: ModelRequest = {
  turns: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: PROMPT },
  ],
  sessionId: '8a6e0804-2bd0-4672-b79d-d97027f9071a',
  messageId: 'm-1',
  userId: null,
}
const never = new AbortController().signal

describe.each(['chat', 'responses'] as const)('%s', (LLM_API) => {
  let model: ScriptedModel
  let source: Model
  let sink: RecordingSink

  beforeEach(async () => {
    model = await startScriptedModel()
    source = sourceWith({})
    sink = new RecordingSink()
  })
  afterEach(async () => {
    await source.close()
    await model.close()
  })

  function sourceWith(env: Record<string, string>): Model {
    const settings = readSettings({
      LLM_API,
      OPENAI_BASE_URL: model.url,
      OPENAI_API_KEY: KEY,
      LLM_MODEL: 'm-1',
      ...env,
    })
    return createModel(settings, silentLog)
  }

  async function failure(script: Script): Promise<ModelError> {
    model.script(script)
    const error = await source.generate(request, sink, never).then(
      () => new Error('it did not fail'),
      (thrown: unknown) => thrown,
    )
    if (!(error instanceof ModelError)) throw error
    expect(`${error.message}${error.cause ?? ''}`).not.toMatch(/sk-secret|swallow/)
    return error
  }

  describe('an answer', () => {
    it('gives every piece in order, with how it ended', async () => {
      model.say(['Hello', ' ', 'world', ''])
      const ending = await source.generate(request, sink, never)
      expect(sink.pieces).toEqual(['Hello', ' ', 'world'])
      expect(ending).toEqual({ finishReason: 'stop', model: 'm-1' })
      expect(sink.usages.at(-1)).toMatchObject({ total_tokens: expect.any(Number) })
    })

    it('asks for it with the key and the whole conversation', async () => {
      await source.generate(request, sink, never)
      const call = model.requests[0]
      expect(call?.headers.authorization).toBe(`Bearer ${KEY}`)
      expect(call?.turns).toMatchObject(request.turns)
      expect(call?.body).toMatchObject(
        LLM_API === 'chat'
          ? { model: 'm-1', stream: true, stream_options: { include_usage: true } }
          : { model: 'm-1', stream: true, background: true, store: true },
      )
      expect(JSON.stringify(call)).not.toContain(request.sessionId)
    })

    it.each([',', ':', ':{', ':[{', 'content', '{', '}', '"', '","'])('may begin with %j', async (first) => {
      const pieces = [first, ' and', first, first, ' so on']
      model.say(pieces)
      await source.generate(request, sink, never)
      expect(sink.pieces).toEqual(pieces)
    })

    it.each([1, 2, 3, 5, 7, 64, 1000])('comes whole where the network cuts it into %i bytes', async (bytes) => {
      model.chunkBytes = bytes
      model.say(['👩‍👩‍👧 ', '漢字', ' שלום', ' naïve', ' \n\n```ts\n', '\u2028', '\0', '\ud83d', '\ude00', '\udc00'])
      await source.generate(request, sink, never)
      expect(sink.joined).toBe('👩‍👩‍👧 漢字 שלום naïve \n\n```ts\n\u2028\0😀\udc00')
      expect(sink.pieces.slice(-3)).toEqual(['\ud83d', '\ude00', '\udc00'])
    })

    it('takes a refusal for text, and hears nothing of comments and reasoning', async () => {
      const thought =
        LLM_API === 'chat'
          ? { choices: [{ index: 0, delta: { reasoning_content: 'hm' } }] }
          : { type: 'response.reasoning_text.delta', delta: 'hm' }
      model.script(() => [raw(': ping\n\n'), event(thought), refusal('I '), refusal('cannot.')])
      await source.generate(request, sink, never)
      expect(sink.joined).toBe('I cannot.')
    })

    it.each(['length', 'content_filter'])('may end for %s', async (reason) => {
      model.script(() => ['Hal', end({ reason })])
      expect(await source.generate(request, sink, never)).toMatchObject({ finishReason: reason })
      expect(sink.joined).toBe('Hal')
    })

    it.runIf(LLM_API === 'chat')('is whole once its finish reason came, however the connection ends', async () => {
      const finish = event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })
      for (const after of [end({ done: false, reason: null }), reset, raw('data: oops\n\n')]) {
        model.script(() => ['a', finish, after])
        expect(await source.generate(request, sink, never)).toMatchObject({ finishReason: 'stop' })
      }
      expect(sink.joined).toBe('aaa')
    })

    it.runIf(LLM_API === 'chat')('is not ended by an empty finish reason', async () => {
      model.script(() => [
        event({ choices: [{ index: 0, delta: { content: '', refusal: 'no' }, finish_reason: '' }] }),
        reset,
      ])
      await expect(source.generate(request, sink, never)).rejects.toMatchObject({ retryable: true })
      expect(sink.joined).toBe('no')
    })

    it('uses connections again', async () => {
      for (let turn = 0; turn < 10; turn++) await source.generate(request, new RecordingSink(), never)
      expect(model.connections).toBeLessThan(10)
    })

    it('needs no key where the server is one of our own', async () => {
      await source.close()
      source = createModel(readSettings({ LLM_API, OPENAI_BASE_URL: model.url }), silentLog)
      await source.generate(request, sink, never)
      expect(sink.joined).toBe('Hello')
    })
  })

  describe('[F6] a failure', () => {
    const quoting = { error: { message: `key ${KEY} wrong for ${PROMPT}`, code: KEY, type: PROMPT } }

    it.each([408, 409, 429, 500, 503])('with status %i may be asked again', async (status) => {
      const error = await failure(() => [refuse(status, { 'retry-after': '2' }, quoting)])
      expect(error).toMatchObject({ retryable: true, retryAfterMs: 2000 })
      expect(model.requests.length).toBe(1)
    })

    it.each([400, 401, 403, 404, 422])('with status %i may not', async (status) => {
      const error = await failure(() => [refuse(status, {}, quoting)])
      expect(error).toMatchObject({ retryable: false, retryAfterMs: undefined })
    })

    it('names the provider’s code', async () => {
      const error = await failure(() => [refuse(400, {}, { error: { message: 'x', code: 'unsupported_parameter' } })])
      expect(error.message).toBe('the provider of the model refused the request (status 400, unsupported_parameter)')
    })

    const broken: [string, Script][] = [
      ['a connection that is reset at once', () => [reset]],
      ['a connection that is reset midway', () => ['a', reset]],
      ['an end without a finish reason', () => ['a', end({ reason: null, done: false })]],
      ['an end without a finish reason that says it is done', () => ['a', end({ reason: null })]],
      ['half an event', () => ['a', raw('data: {"id"'), end({ reason: null, done: false })]],
      ['an event that is no JSON', () => ['a', raw('data: {oops\n\n')]],
      ['an event that is no object', () => ['a', raw('data: 7\n\n')]],
      [
        'a text that is no string',
        () => [
          'a',
          event(
            LLM_API === 'chat'
              ? { choices: [{ delta: { content: 7 } }] }
              : { type: 'response.output_text.delta', delta: 1 },
          ),
        ],
      ],
      ['an event that never ends', () => ['a', raw('x'.repeat(MAX_EVENT_BYTES + 1))]],
      ['an error event', () => ['a', raw(`event: error\ndata: ${JSON.stringify({ type: 'error', ...quoting })}\n\n`)]],
      ['a failed answer', () => ['a', fail({ message: PROMPT, code: 'server_error' })]],
    ]
    it.each(broken)('%s may be asked again', async (_, script) => {
      expect(await failure(script)).toMatchObject({ retryable: true })
      expect(['', 'a']).toContain(sink.joined)
    })

    it('a provider that is not there may be asked again', async () => {
      const other = sourceWith({ OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' })
      await expect(other.generate(request, sink, never)).rejects.toMatchObject({ name: 'ModelError', retryable: true })
      await other.close()
    })

    it('a kept connection that the provider closed is noticed', async () => {
      await source.generate(request, sink, never)
      model.dropConnections()
      model.script(() => ['again'])
      const second = await source.generate(request, sink, never).catch((error: unknown) => error)
      if (second instanceof Error) expect(second).toMatchObject({ name: 'ModelError', retryable: true })
      else expect(sink.joined).toBe('Helloagain')
    })

    it('[F7] comments keep an answer alive, but for ever without text is too long', async () => {
      source = await replaced(source, sourceWith({ LLM_TIMEOUT_MS: '1000', LLM_SILENCE_MS: '1500' }))
      const error = await failure(async function* () {
        yield 'a'
        for (let pings = 0; pings < 500; pings++) {
          await new Promise((resolve) => setTimeout(resolve, 20))
          yield raw(': ping\n\n')
        }
      })
      expect(error).toMatchObject({ retryable: true, message: 'the model sent no text for 1500 ms' })
      expect(sink.joined).toBe('a')
      await model.until(() => model.disconnects === 1)
    })

    it('silence from the first byte on is noticed', async () => {
      source = await replaced(source, sourceWith({ LLM_TIMEOUT_MS: '100' }))
      expect((await failure(() => [silence])).retryable).toBe(true)
    })

    it('an error of the sink is passed on as it is', async () => {
      model.say('a b c')
      const mistake = new TypeError('mine')
      sink.onText = () => {
        throw mistake
      }
      await expect(source.generate(request, sink, never)).rejects.toBe(mistake)
      expect(sink.pieces.length).toBe(1)
    })

    it('close ends what is running', async () => {
      model.script(() => ['a', silence])
      const running = source.generate(request, sink, never)
      const settled = expect(running).rejects.toMatchObject({ name: 'ModelError', retryable: true })
      await sink.when((text) => text === 'a')
      await source.close()
      await settled
    })
  })

  describe('backpressure', () => {
    it('gives nothing more until the sink wants it', async () => {
      model.say('one two three')
      sink.hold()
      const running = source.generate(request, sink, never)
      await sink.when((text) => text !== '')
      await model.until(() => model.answered === 1)
      expect(sink.pieces).toEqual(['one '])
      sink.resume()
      await running
      expect(sink.joined).toBe('one two three')
    })

    it.runIf(LLM_API === 'chat')('stops reading, so that the provider’s bytes pile up there', async () => {
      const piece = 'x'.repeat(64 * 1024)
      let sent = 0
      model.script(function* () {
        for (; sent < 400; sent++) yield piece
      })
      sink.hold()
      const running = source.generate(request, sink, never)
      await sink.when((text) => text !== '')
      await model.until(() => model.stalled === 1)
      expect(sent).toBeLessThan(400)
      expect(sink.pieces.length).toBe(1)
      sink.resume()
      await running
      expect(sink.joined.length).toBe(400 * piece.length)
    })

    it('does not take a slow sink for a silent provider', async () => {
      source = await replaced(source, sourceWith({ LLM_TIMEOUT_MS: '400' }))
      model.say('one two')
      sink.hold()
      const running = source.generate(request, sink, never)
      await sink.when((text) => text !== '')
      await new Promise((resolve) => setTimeout(resolve, 800))
      sink.resume()
      await running
      expect(sink.joined).toBe('one two')
    })
  })

  describe('[D7] an abort', () => {
    const stop = new Error('stopped')

    it('rejects with its reason, gives nothing more, and ends the provider’s work', async () => {
      let more = () => {}
      const gate = new Promise<void>((resolve) => {
        more = resolve
      })
      model.script(async function* () {
        yield 'a'
        await gate
        yield 'b'
      })
      const controller = new AbortController()
      const running = source.generate(request, sink, controller.signal)
      await sink.when((text) => text === 'a')
      controller.abort(stop)
      await expect(running).rejects.toBe(stop)
      await model.until(() => model.disconnects === 1 && model.cancels === (LLM_API === 'chat' ? 0 : 1))
      more()
      expect(sink.joined).toBe('a')
    })

    it('stops at once even inside the sink', async () => {
      model.say('a b c d')
      const controller = new AbortController()
      sink.onText = () => controller.abort(stop)
      await expect(source.generate(request, sink, controller.signal)).rejects.toBe(stop)
      expect(sink.pieces).toEqual(['a '])
    })

    it('reaches the provider also while the sink never lets go', async () => {
      model.script(() => ['a', 'b', silence])
      sink.hold()
      const controller = new AbortController()
      const running = source.generate(request, sink, controller.signal)
      await sink.when((text) => text === 'a')
      controller.abort(stop)
      await expect(running).rejects.toBe(stop)
      await model.until(() => model.disconnects === 1)
    })

    it('before the first event leaves no work behind', async () => {
      let accept = () => {}
      const gate = new Promise<void>((resolve) => {
        accept = resolve
      })
      model.script(async function* () {
        await gate
        yield 'a'
        yield silence
      })
      const controller = new AbortController()
      const running = source.generate(request, sink, controller.signal)
      await model.until(() => model.requests.length === 1)
      controller.abort(stop)
      await expect(running).rejects.toBe(stop)
      accept()
      await model.until(() => (LLM_API === 'chat' ? model.disconnects === 1 : model.cancels === 1))
      expect(sink.pieces).toEqual([])
      expect(sink.bookmarks).toEqual([])
    })

    it('before the start asks nothing', async () => {
      await expect(source.generate(request, sink, AbortSignal.abort(stop))).rejects.toBe(stop)
      expect(model.requests).toEqual([])
    })
  })
})

async function replaced(old: Model, by: Model): Promise<Model> {
  await old.close()
  return by
}

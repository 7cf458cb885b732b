import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readSettings } from '../../src/config/settings.ts'
import { tokenize } from '../../src/demo-model/generation/tokens.ts'
import { GO_ON } from '../../src/model/continuation.ts'
import { createModel } from '../../src/model/create.ts'
import { silentLog } from '../../src/ports/log.ts'
import { DONE, delta, type Handler, json, RawTalk, STOP, say, stream } from '../support/raw-provider.ts'
import { RecordingSink } from '../support/scripted-model-sink.ts'
import { ASK, type DemoModel, start, user, wholeAnswer } from './demo-model-fixture.ts'

const SIDE_BY_SIDE = 16
const never = new AbortController().signal

/** What the gateway makes of the rest that the model gives to the beginning `text` of its answer. */
async function restOf({ url }: DemoModel, LLM_CONTINUE: string, text: string): Promise<string> {
  const settings = readSettings({ LLM_API: 'chat', OPENAI_BASE_URL: `${url}/v1`, LLM_CONTINUE })
  const source = createModel(settings, silentLog)
  const sink = new RecordingSink()
  try {
    const turns = [{ role: 'user', content: ASK }] as const
    await source.generate(
      { turns, sessionId: 's', messageId: 'm-1', userId: null, resume: { text, bookmark: null } },
      sink,
      never,
    )
  } finally {
    await source.close()
  }
  return sink.joined
}

test.each(['instruct', 'prefix', 'vllm'])(
  '[F3] a takeover may come after any token of an answer: with LLM_CONTINUE=%s the rest is the rest',
  async (style) => {
    const model = await start({ tokensPerSecond: 100_000 })
    const tokens = [...tokenize(await wholeAnswer(model, [user(ASK)]))]
    expect(tokens).toContain(',')
    const cuts = tokens.keys()
    cuts.next() // before the first token there is nothing to go on with
    const work = async () => {
      for (const cut of cuts) {
        const rest = await restOf(model, style, tokens.slice(0, cut).join(''))
        expect(rest, `before token ${cut}, ${JSON.stringify(tokens[cut])}`).toBe(tokens.slice(cut).join(''))
      }
    }
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work))
  },
)

describe('[F3] a provider that refuses a beginning by the assistant', () => {
  let talk: RawTalk
  beforeEach(async () => {
    talk = await RawTalk.start()
  })
  afterEach(() => talk.close())

  const resume = { text: 'One, ', bookmark: null }
  const refusing =
    (status: string, message: string): Handler =>
    (socket, { body }) => {
      const last = (body.messages as { role: string }[]).at(-1)
      socket.write(last?.role === 'user' ? stream(say('two'), STOP, DONE) : json(status, { error: { message } }))
    }

  test.each([
    ['llama.cpp', 'vllm', '400 Bad Request', 'Assistant response prefill is incompatible with enable_thinking.'],
    [
      'Claude',
      'prefix',
      '400 Bad Request',
      'This model does not support assistant message prefill. The conversation must end with a user message.',
    ],
    ['older Claude', 'prefix', '400 Bad Request', 'final assistant content cannot end with trailing whitespace'],
    ['Mistral behind vLLM', 'prefix', '500 Error', 'Expected last role User or Tool for serving but got assistant'],
    ['a strict schema', 'prefix', '422 Unprocessable Entity', 'Extra inputs are not permitted'],
  ])('is asked to go on with it instead: %s', async (_, LLM_CONTINUE, status, words) => {
    await talk.use({ LLM_CONTINUE })
    const { text, end } = await talk.ask(refusing(status, words), { resume })
    expect([text, end?.finishReason]).toEqual(['two', 'stop'])
    expect(talk.provider.requests.map(({ body }) => (body.messages as object[]).at(-1))).toEqual([
      expect.objectContaining({ role: 'assistant', content: resume.text }),
      { role: 'user', content: GO_ON },
    ])
    expect(talk.warnings).toEqual([
      { fields: expect.objectContaining({ said: words }), message: 'the provider of the model refused' },
      {
        fields: { session: expect.any(String), message: expect.any(String) },
        message: `the provider refuses LLM_CONTINUE=${LLM_CONTINUE}: asking it by instruct to go on`,
      },
    ])
  })

  test.each(['prefix', 'vllm'])(
    'is asked instead where it takes %s for the place of reasoning',
    async (LLM_CONTINUE) => {
      await talk.use({ LLM_CONTINUE })
      const thought = stream(delta({ reasoning: 'two' }), STOP, DONE)
      const { text, end } = await talk.ask(
        (socket, { body }) => {
          const last = (body.messages as { role: string }[]).at(-1)
          socket.write(last?.role === 'user' ? stream(say('two'), STOP, DONE) : thought)
        },
        { resume },
      )
      expect([text, end?.finishReason, talk.provider.requests.length]).toEqual(['two', 'stop', 2])
      expect(talk.warnings).toMatchObject([{ message: expect.stringContaining('as reasoning') }])
    },
  )

  test.each([
    [
      'totals',
      { prompt_tokens: 1000, completion_tokens: 500, total_tokens: 1500 },
      { prompt_tokens: 1020, completion_tokens: 503, total_tokens: 1523 },
    ],
    [
      'parts alone',
      { prompt_tokens: 1000, completion_tokens: 500, total_tokens: 0 },
      { prompt_tokens: 1020, completion_tokens: 503 },
    ],
  ])('[M4] and what both requests used is told: %s', async (_, used, sum) => {
    await talk.use({ LLM_CONTINUE: 'vllm' })
    const counted = (usage: object) => delta({}, null, { usage })
    const thought = stream(delta({ reasoning: 'two' }), STOP, counted(used), DONE)
    const more = { prompt_tokens: 20, completion_tokens: 3, total_tokens: 23 }
    const { sink } = await talk.ask(
      (socket, { body }) => {
        const last = (body.messages as { role: string }[]).at(-1)
        socket.write(last?.role === 'user' ? stream(say('two'), STOP, counted(more), DONE) : thought)
      },
      { resume },
    )
    expect(sink.usages.at(-1)).toEqual(sum)
  })

  test.each([
    ['was whole', { LLM_CONTINUE: 'vllm' }, { resume }, stream(STOP, DONE)],
    [
      'reasons until its length is reached',
      { LLM_CONTINUE: 'vllm' },
      { resume },
      stream(delta({ reasoning: 'x' }, 'length'), DONE),
    ],
    ['reasons by instruct', {}, { resume }, stream(delta({ reasoning: 'x' }), STOP, DONE)],
    ['reasons from the beginning', { LLM_CONTINUE: 'vllm' }, {}, stream(delta({ reasoning: 'x' }), STOP, DONE)],
    [
      'reasons and answers',
      { LLM_CONTINUE: 'vllm' },
      { resume },
      stream(delta({ reasoning: 'x' }), say('two'), STOP, DONE),
    ],
  ])('is asked once where it %s', async (_, env: Record<string, string>, more, reply) => {
    await talk.use(env)
    expect((await talk.ask(reply, more)).error).toBeUndefined()
    expect(talk.provider.requests.length).toBe(1)
  })

  const bad = json('400 Bad Request', { error: { message: 'top_q is unknown' } })
  test.each([
    ['refuses that, too', { LLM_CONTINUE: 'prefix' }, { resume }, bad, 2],
    ['was asked so from the beginning', {}, { resume }, bad, 1],
    ['has no text to go on with', { LLM_CONTINUE: 'prefix' }, {}, bad, 1],
    ['is overloaded', { LLM_CONTINUE: 'prefix' }, { resume }, json('503 Unavailable', {}), 1],
    ['throttles by 400', { LLM_CONTINUE: 'prefix' }, { resume }, json('400 Bad Request', { message: 'Throttled' }), 1],
    ['does not take the key', { LLM_CONTINUE: 'prefix' }, { resume }, json('401 Unauthorized', {}), 1],
    [
      'finds the prompt too long',
      { LLM_CONTINUE: 'prefix' },
      { resume },
      json('400 Bad Request', { error: { code: 'context_length_exceeded' } }),
      1,
    ],
  ])('is not asked again where it %s', async (_, env: Record<string, string>, more, reply, times) => {
    await talk.use(env)
    expect((await talk.ask(reply, more)).error).toBeDefined()
    expect(talk.provider.requests.length).toBe(times)
  })
})

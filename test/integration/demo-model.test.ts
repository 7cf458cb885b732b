import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import OpenAI from 'openai'
import type { ChatCompletionChunk, ChatCompletionMessageParam } from 'openai/resources/chat/completions'
import type { ResponseStreamEvent } from 'openai/resources/responses/responses'
import { afterEach, describe, expect, test } from 'vitest'
import { countTokens } from '../../src/demo-model/generation/tokens.ts'
import { createDemoModel, type DemoModelOptions } from '../../src/demo-model/server.ts'

const ASK = 'What happens when a replica is killed?'
const user = (content: string): ChatCompletionMessageParam => ({ role: 'user', content })

interface DemoModel {
  readonly url: string
  readonly client: OpenAI
  health(): Promise<{ running: number; tokens: number }>
}

const until = (condition: () => Promise<boolean>) => expect.poll(condition, { timeout: 30_000 }).toBe(true)

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function start(options: Partial<DemoModelOptions> = {}): Promise<DemoModel> {
  const app = createDemoModel({ tokensPerSecond: 20_000, ...options })
  cleanups.push(() => app.close())
  return demoModelAt(await app.listen({ port: 0, host: '127.0.0.1' }))
}

function demoModelAt(url: string): DemoModel {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'any', maxRetries: 0 })
  return {
    url,
    client,
    health: async () => (await fetch(`${url}/healthz`)).json() as Promise<{ running: number; tokens: number }>,
  }
}

async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of stream) items.push(item)
  return items
}

const textOf = (events: readonly ResponseStreamEvent[]) =>
  events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join('')
const contentOf = (chunks: readonly ChatCompletionChunk[]) =>
  chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')

async function wholeAnswer({ client }: DemoModel, messages: ChatCompletionMessageParam[]): Promise<string> {
  const completion = await client.chat.completions.create({ model: 'm', messages })
  return completion.choices[0]?.message.content ?? ''
}

describe('[R1] chat completions', () => {
  test('a stream: role first, tokens, finish_reason, usage, [DONE]', async () => {
    const model = await start()
    const body = {
      model: 'any-name',
      messages: [user(ASK)],
      stream: true,
      stream_options: { include_usage: true },
    } as const
    const raw = await fetch(`${model.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    expect(raw.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    const events = (await raw.text()).split('\n\n')
    expect(events.splice(-2)).toEqual(['data: [DONE]', ''])
    expect(events.every((event) => event.startsWith('data: {"id":"chatcmpl-'))).toBe(true)

    const chunks = await all(await model.client.chat.completions.create({ ...body, messages: [user(ASK)] }))
    const [first] = chunks
    const [finish, usage] = chunks.slice(-2)
    expect(first?.choices[0]?.delta).toEqual({ role: 'assistant', content: '', refusal: null })
    expect(finish?.choices[0]).toMatchObject({ delta: {}, finish_reason: 'stop' })
    expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null && chunk.model === 'any-name')).toBe(true)
    expect(usage).toMatchObject({ choices: [], usage: { completion_tokens: chunks.length - 3 } })
    expect(contentOf(chunks)).toBe(await wholeAnswer(model, [user(ASK)]))
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1)
  })

  test('without include_usage no chunk speaks of it', async () => {
    const model = await start()
    const chunks = await all(
      await model.client.chat.completions.create({ model: 'm', messages: [user('hi')], stream: true }),
    )
    expect(chunks.filter((chunk) => 'usage' in chunk)).toEqual([])
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop')
  })

  test('content in parts, a system prompt, and max_tokens', async () => {
    const model = await start()
    const completion = await model.client.chat.completions.create({
      model: 'm',
      messages: [
        { role: 'system', content: 'You are terse.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Count ' },
            { type: 'text', text: 'to 100' },
          ],
        },
      ],
      max_completion_tokens: 4,
    })
    expect(completion.choices[0]).toMatchObject({
      finish_reason: 'length',
      message: { role: 'assistant', content: '1, 2,' },
    })
    expect(completion.usage).toMatchObject({
      completion_tokens: 4,
      prompt_tokens: countTokens('You are terse.Count to 100'),
    })
  })

  test('[F3] prefix and continue_final_message go on with the trailing assistant message', async () => {
    const model = await start()
    const whole = await wholeAnswer(model, [user(ASK)])
    const given = { role: 'assistant' as const, content: whole.slice(0, 300) }
    for (const messages of [
      [user(ASK), { ...given, prefix: true }],
      [user(ASK), given],
    ]) {
      const vllm = 'prefix' in (messages[1] ?? {}) ? {} : { continue_final_message: true, add_generation_prompt: false }
      const chunks = await all(
        await model.client.chat.completions.create({ model: 'm', messages, ...vllm, stream: true }),
      )
      expect(given.content + contentOf(chunks)).toBe(whole)
    }
  })

  test('a dropped stream ends the work', async () => {
    const model = await start({ tokensPerSecond: 20 })
    const stream = await model.client.chat.completions.create({
      model: 'm',
      messages: [user('Write a story')],
      stream: true,
    })
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break
    await until(async () => (await model.health()).running === 0)
    expect((await model.health()).tokens).toBeLessThan(100)
  })

  test('a reader that stops reading stops the generation, and slows nobody else', async () => {
    const model = await start({ tokensPerSecond: 100_000 })
    const content = `Repeat after me: ${'so much text '.repeat(15_000)}`
    const stuck = await openStream(model.url, { model: 'm', messages: [user(content)], stream: true })
    const small = countTokens(await wholeAnswer(model, [user('hi')]))
    // The tokens of others' answers are all that is added once the stuck stream's buffers are full.
    await until(async () => {
      const before = await model.health()
      for (let i = 0; i < 5; i++) await wholeAnswer(model, [user('hi')])
      return (await model.health()).tokens === before.tokens + 5 * small
    })
    const { running, tokens } = await model.health()
    expect(running).toBe(1)
    expect(tokens).toBeLessThan(countTokens(content))
    stuck.destroy()
    await until(async () => (await model.health()).running === 0)
  })
})

/** The answer to a POST whose body nobody reads. */
async function openStream(url: string, body: object): Promise<IncomingMessage> {
  const request = httpRequest(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  })
  request.end(JSON.stringify(body))
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.on('error', () => {}) // destroyed in the middle, on purpose
  return response.pause()
}

describe('[R1] responses', () => {
  const background = { model: 'm', background: true, stream: true } as const

  test('a background stream: every event in order, numbered without gap', async () => {
    const model = await start()
    const events = await all(await model.client.responses.create({ ...background, input: ASK }))
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, i) => i))
    const types = events.map(({ type }) => type)
    expect(types.slice(0, 5)).toEqual([
      'response.created',
      'response.queued',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
    ])
    expect(types.slice(-4)).toEqual([
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ])
    expect(new Set(types.slice(5, -4))).toEqual(new Set(['response.output_text.delta']))

    const text = textOf(events)
    expect(text).toBe(await wholeAnswer(model, [user(ASK)]))
    const last = events.at(-1)
    expect(last).toMatchObject({ response: { status: 'completed', usage: { output_tokens: events.length - 9 } } })
    const id = last?.type === 'response.completed' ? last.response.id : ''
    expect(await model.client.responses.retrieve(id)).toMatchObject({ id, status: 'completed', output_text: text })
  })

  test('[F3] a reader that leaves is missed by nobody: the answer goes on and can be read from any number', async () => {
    const model = await start({ tokensPerSecond: 2000 })
    const live = await model.client.responses.create({ ...background, input: 'Count to 400' })
    let id = ''
    let seen = 0
    let text = ''
    for await (const event of live) {
      if (event.type === 'response.created') id = event.response.id
      if (event.type === 'response.output_text.delta') text += event.delta
      seen = event.sequence_number
      if (text.length > 100) break
    }
    const rest = await all(await model.client.responses.retrieve(id, { stream: true, starting_after: seen }))
    expect(rest.map(({ sequence_number }) => sequence_number)).toEqual(rest.map((_, i) => seen + 1 + i))
    expect(text + textOf(rest)).toBe(await wholeAnswer(model, [user('Count to 400')]))
    expect(rest.at(-1)?.type).toBe('response.completed')

    const again = await all(await model.client.responses.retrieve(id, { stream: true }))
    expect(again.slice(seen + 1)).toEqual(rest)
    const after = again.length - 1
    expect(await all(await model.client.responses.retrieve(id, { stream: true, starting_after: after }))).toEqual([])
  })

  test('it is generated with no reader at all', async () => {
    const model = await start({ tokensPerSecond: 5000 })
    const { id, status } = await model.client.responses.create({ model: 'm', background: true, input: ASK })
    expect(status).toBe('in_progress')
    await until(async () => (await model.client.responses.retrieve(id)).status === 'completed')
    expect((await model.client.responses.retrieve(id)).output_text).toBe(await wholeAnswer(model, [user(ASK)]))
  })

  test('[D7] cancel ends the work and the streams, and keeps the text', async () => {
    const model = await start({ tokensPerSecond: 200 })
    const live = await model.client.responses.create({ ...background, input: 'Write a story' })
    const events: ResponseStreamEvent[] = []
    for await (const event of live) {
      events.push(event)
      const [created] = events
      if (events.length === 10 && created?.type === 'response.created') {
        const cancelled = await model.client.responses.cancel(created.response.id)
        expect(cancelled.status).toBe('cancelled')
        expect(await model.client.responses.cancel(created.response.id)).toEqual(cancelled)
        const kept = await model.client.responses.retrieve(cancelled.id)
        expect(kept.output_text.startsWith(textOf(events))).toBe(true)
      }
    }
    expect(events.at(-1)?.type).toBe('response.output_text.delta')
    expect((await model.health()).running).toBe(0)
  })

  test('whole, foreground and limited answers', async () => {
    const model = await start()
    const whole = await model.client.responses.create({
      model: 'm',
      instructions: 'Be kind.',
      input: [{ role: 'user', content: ASK }],
    })
    expect(whole).toMatchObject({ status: 'completed', background: false, instructions: 'Be kind.' })
    expect(whole.output_text).toBe(await wholeAnswer(model, [user(ASK)]))

    const parts = [{ type: 'input_text' as const, text: 'Count to 100' }]
    const input = [{ role: 'user' as const, content: parts }]
    const events = await all(
      await model.client.responses.create({ model: 'm', stream: true, max_output_tokens: 4, input }),
    )
    expect(textOf(events)).toBe('1, 2,')
    expect(events.at(-1)).toMatchObject({
      type: 'response.incomplete',
      response: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
    })
  })

  test('a foreground stream that is dropped ends the work', async () => {
    const model = await start({ tokensPerSecond: 20 })
    const stream = await model.client.responses.create({ model: 'm', stream: true, input: 'Write a story' })
    for await (const event of stream) if (event.type === 'response.output_text.delta') break
    await until(async () => (await model.health()).running === 0)
  })
})

describe("[R1] refusals in the provider's shape", () => {
  test('what is wrong is named', async () => {
    const model = await start()
    const { client } = model
    const messages = [user('hi')]
    const refused = async (call: PromiseLike<unknown>) =>
      Promise.resolve(call).then(
        () => null,
        ({ status, type, param, message }: InstanceType<typeof OpenAI.APIError>) => ({ status, type, param, message }),
      )
    const invalid = { status: 400, type: 'invalid_request_error' }
    const chat = (body: object) => refused(client.post('/chat/completions', { body }))
    expect(await chat({ model: 'm', messages: [] })).toMatchObject({ ...invalid, param: 'messages' })
    expect(await chat({ messages })).toMatchObject({ ...invalid, param: 'model' })
    expect(await chat({ model: 'm', messages: [{ role: 'king', content: '' }] })).toMatchObject({
      ...invalid,
      param: 'messages[0].role',
    })
    expect(await chat({ model: 'm', messages, max_tokens: 0 })).toMatchObject({ ...invalid, param: 'max_tokens' })
    expect(await chat({ model: 'm', messages: [{ ...messages[0], prefix: true }] })).toMatchObject({
      ...invalid,
      param: 'messages',
    })
    expect(await chat({ model: 'm', messages, continue_final_message: true })).toMatchObject(invalid)

    expect(await refused(client.responses.retrieve('resp_none'))).toMatchObject({
      status: 404,
      type: 'invalid_request_error',
    })
    expect(await refused(client.responses.cancel('resp_none'))).toMatchObject({ status: 404 })
    expect(
      await refused(client.responses.create({ model: 'm', input: 'hi', previous_response_id: 'resp_x' })),
    ).toMatchObject({
      ...invalid,
      param: 'previous_response_id',
    })
    const done = await client.responses.create({ model: 'm', input: 'hi' })
    expect(await refused(client.responses.cancel(done.id))).toMatchObject({
      ...invalid,
      message: expect.stringContaining('synchronous'),
    })
    expect(await refused(client.responses.retrieve(done.id, { stream: true }))).toMatchObject({
      ...invalid,
      param: 'stream',
    })
    expect(await refused(client.get('/nothing'))).toMatchObject({
      status: 404,
      message: expect.stringContaining('Invalid URL'),
    })
    expect((await client.models.list()).data).toMatchObject([{ id: 'baton-demo', object: 'model' }])
  })

  test('a body that is no JSON, and a completed response that is cancelled', async () => {
    const { url, client } = await start()
    const broken = await fetch(`${url}/v1/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{',
    })
    expect([broken.status, await broken.json()]).toEqual([
      400,
      {
        error: {
          message: 'We could not parse the JSON body of your request.',
          type: 'invalid_request_error',
          param: null,
          code: null,
        },
      },
    ])
    const events = await all(await client.responses.create({ model: 'm', background: true, stream: true, input: 'hi' }))
    const id = events[0]?.type === 'response.created' ? events[0].response.id : ''
    await expect(client.responses.cancel(id)).rejects.toMatchObject({
      status: 400,
      message: '400 Cannot cancel a completed response.',
    })
  })

  test('more running responses than are kept are refused for now', async () => {
    const { client } = await start({ tokensPerSecond: 1, maxResponses: 1 })
    const { id } = await client.responses.create({ model: 'm', background: true, input: 'hi' })
    await expect(client.responses.create({ model: 'm', background: true, input: 'hi' })).rejects.toMatchObject({
      status: 429,
      code: 'rate_limit_exceeded',
    })
    await client.responses.cancel(id)
    expect((await client.responses.create({ model: 'm', background: true, input: 'hi' })).status).toBe('in_progress')
  })
})

test('[R1] it talks at its pace, unevenly', async () => {
  const model = await start({ tokensPerSecond: 100 })
  const gaps: number[] = []
  let last = 0
  for await (const chunk of await model.client.chat.completions.create({
    model: 'm',
    messages: [user('Count to 30')],
    stream: true,
  })) {
    if (!chunk.choices[0]?.delta.content) continue
    const now = performance.now()
    if (last > 0) gaps.push(now - last)
    last = now
  }
  const perToken = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
  expect(perToken).toBeGreaterThan(6) // 10 ms on average; a busy machine is slower, none is faster
  expect(Math.max(...gaps)).toBeGreaterThan(2 * Math.min(...gaps))
})

describe('[R1] as a process', () => {
  const main = join(import.meta.dirname, '../../src/demo-model/main.ts')

  function run(env: Record<string, string>): ChildProcess {
    const child = spawn(process.execPath, [main], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    cleanups.push(() => child.kill('SIGKILL'))
    return child
  }

  async function firstLine(stream: NodeJS.ReadableStream | null): Promise<string> {
    if (stream === null) throw new Error('the stream is not piped')
    const [line] = (await once(createInterface(stream), 'line')) as [string]
    return line
  }

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'prints its address, answers, and stops on %s in the middle of answers',
    async (signal) => {
      const child = run({ PORT: '', HOST: '', DEMO_TOKENS_PER_SECOND: '20' })
      const line = await firstLine(child.stdout)
      expect(line).toMatch(/^demo model on http:\/\/127\.0\.0\.1:\d+\/v1, 20 tokens a second$/)
      const model = demoModelAt(new URL(line.split(/ |,/)[3] ?? '').origin)
      expect((await model.health()).running).toBe(0)
      await model.client.responses.create({ model: 'm', background: true, input: 'Write a story' })
      const stuck = await openStream(model.url, { model: 'm', messages: [user('Write a story')], stream: true })
      await until(async () => (await model.health()).running === 2)

      child.kill(signal)
      expect(await once(child, 'exit')).toEqual([0, null])
      stuck.destroy()
    },
  )

  test('a port that is taken and a wrong setting are said in a sentence', async () => {
    const taken = new URL((await start()).url).port
    for (const [env, sentence] of [
      [{ PORT: taken }, `HOST=127.0.0.1 PORT=${taken}: already in use`],
      [{ PORT: 'http' }, 'PORT="http": must be a port number from 0 to 65535'],
      [{ DEMO_TOKENS_PER_SECOND: '0' }, 'DEMO_TOKENS_PER_SECOND="0": must be a number from 0.1 to 100000'],
    ] as const) {
      const child = run(env)
      const exit = once(child, 'exit')
      expect(await firstLine(child.stderr)).toContain(`demo model: ${sentence}`)
      expect(await exit).toEqual([1, null])
    }
  })
})

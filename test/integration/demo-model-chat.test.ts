import { describe, expect, test } from 'vitest'
import { countTokens } from '../../src/demo-model/generation/tokens.ts'
import { ASK, all, contentOf, openStream, start, until, user, wholeAnswer } from './demo-model-fixture.ts'

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

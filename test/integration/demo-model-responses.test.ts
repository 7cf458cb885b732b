import type { ResponseStreamEvent } from 'openai/resources/responses/responses'
import { describe, expect, test } from 'vitest'
import { ASK, all, start, textOf, until, user, wholeAnswer } from './demo-model-fixture.ts'

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

import type OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import { all, start, user } from './demo-model-fixture.ts'

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

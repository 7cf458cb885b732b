import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { refuse, reset } from '../support/scripted-model.ts'

describe('with LLM_API=responses', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startCluster({ replicas: 2, env: { LLM_API: 'responses' } })
  })
  afterAll(() => cluster.stop())

  test('[M4] an answer streams, and how it ended is in its metadata', async () => {
    cluster.model.say('As one would expect.')
    const client = await cluster.connect()
    const sessionId = await client.newSession()
    const { answer } = await client.send(sessionId, 'How?')
    expect(await client.ended(answer.id)).toMatchObject({
      content: 'As one would expect.',
      status: 'complete',
      metadata: { finish_reason: 'stop', replicas: ['r1'], usage: expect.anything() },
    })
  })

  test('[F6] [F3] after a cut the response is gone on with, not generated again', async () => {
    const generations = cluster.model.generations
    cluster.model.script(() => ['Before the cut, ', reset, 'and after ', 'it.'])
    const client = await cluster.connect()
    const sessionId = await client.newSession()
    const { answer } = await client.send(sessionId, 'Go')
    expect((await client.ended(answer.id)).content).toBe('Before the cut, and after it.')
    expect(cluster.model.generations - generations).toBe(1)
    expect(cluster.model.requests.at(-1)).toMatchObject({ kind: 'retrieve' })
  })

  test('[F6] a 429 is asked again, another 4xx is not', async () => {
    let asked = 0
    cluster.model.script(() => (asked++ === 0 ? [refuse(429, { 'retry-after': '0' })] : ['Fine.']))
    const client = await cluster.connect()
    const sessionId = await client.newSession()
    const first = await client.send(sessionId, 'Go')
    expect(await client.ended(first.answer.id)).toMatchObject({ content: 'Fine.', status: 'complete' })
    cluster.model.script(() => [refuse(400)])
    const second = await client.send(sessionId, 'Go')
    expect(await client.ended(second.answer.id)).toMatchObject({
      status: 'error',
      metadata: { error: { code: 'llm_failed' } },
    })
  })

  test.each([0, 1])('[D7] stop from replica %i cancels the response', async (where) => {
    const latch = cluster.model.saysInTwo('So far', ' and on')
    const client = await cluster.connect(0)
    const stopper = await cluster.connect(where)
    const sessionId = await client.newSession()
    await stopper.open({ sessionId })
    const { answer } = await client.send(sessionId, 'Go')
    await stopper.text(answer.id)
    const cancels = cluster.model.cancels
    const { message } = await stopper.request('message:stop', { sessionId, messageId: answer.id })
    expect(message).toMatchObject({ content: 'So far', status: 'stopped' })
    await cluster.model.until(() => cluster.model.cancels > cancels)
    latch.open()
  })
})

test('[E] with POLLING=1 a client that only polls is served as well', async () => {
  const cluster = await startCluster({ env: { STORE: 'memory', POLLING: '1' } })
  try {
    cluster.model.say('Even over polling, word by word.', { everyMs: 3 })
    const client = await cluster.connect(0, { transports: ['polling'] })
    const sessionId = await client.newSession()
    const { answer } = await client.send(sessionId, 'Go')
    expect((await client.ended(answer.id)).content).toBe('Even over polling, word by word.')
    expect(client.violations).toEqual([])
    client.close()
  } finally {
    await cluster.stop()
  }
})

test('[E] polling is refused by default', async () => {
  const cluster = await startCluster({ env: { STORE: 'memory' } })
  try {
    await expect(cluster.connect(0, { transports: ['polling'] })).rejects.toThrow()
  } finally {
    await cluster.stop()
  }
})

import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Message } from '../../src/protocol/message.ts'
import { type Cluster, startCluster } from '../support/cluster.ts'
import {
  end,
  fail,
  type ModelCall,
  raw,
  refuse,
  reset,
  type Script,
  type Step,
  silence,
} from '../support/scripted-model.ts'

/** What the retriever was asked, and what it says. */
const retriever = { server: null as Server | null, asked: [] as unknown[], answer: (): unknown => ({ documents: [] }) }
const RETRIEVER_TIMEOUT_MS = 300
const LLM_TIMEOUT_MS = 600

let cluster: Cluster
beforeAll(async () => {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    retriever.asked.push(JSON.parse(Buffer.concat(chunks).toString()))
    const answer = retriever.answer()
    if (answer === 'silence') return
    if (answer === 'failure') return response.writeHead(500).end('no')
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  retriever.server = server
  cluster = await startCluster({
    env: {
      LLM_RETRIES: '2',
      LLM_TIMEOUT_MS: String(LLM_TIMEOUT_MS),
      RETRIEVER_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/find`,
      RETRIEVER_TIMEOUT_MS: String(RETRIEVER_TIMEOUT_MS),
    },
  })
})
afterAll(async () => {
  retriever.server?.closeAllConnections()
  retriever.server?.close()
  await cluster.stop()
})

/** Asks once; the model does with its n-th request what the n-th script says, and with further ones what the last says. */
async function answerOf(
  ...scripts: Script[]
): Promise<{ message: Message; calls: readonly ModelCall[]; waits: number[] }> {
  const from = cluster.model.requests.length
  const times: number[] = []
  let asked = 0
  cluster.model.script((call) => {
    times.push(performance.now())
    const script = scripts[Math.min(asked++, scripts.length - 1)]
    return script === undefined ? [] : script(call)
  })
  const client = await cluster.connect()
  const sessionId = await client.newSession()
  const { answer } = await client.send(sessionId, 'A question')
  const message = await client.ended(answer.id)
  return {
    message,
    calls: cluster.model.requests.slice(from),
    waits: times.slice(1).map((time, i) => time - (times[i] ?? 0)),
  }
}

const whole: Script = () => ['All ', 'is ', 'well.']

describe('[F6] before there is text the model is asked again from the start', () => {
  test('after a 429, as late as Retry-After wants', async () => {
    const { message, calls, waits } = await answerOf(() => [refuse(429, { 'retry-after': '1' })], whole)
    expect(message).toMatchObject({ content: 'All is well.', status: 'complete' })
    expect(calls.map(({ continues }) => continues)).toEqual([null, null])
    expect(waits[0]).toBeGreaterThanOrEqual(1000)
  })

  const failures: Record<string, Step[]> = {
    'a 500': [refuse(500)],
    'a 503': [refuse(503)],
    'a broken connection': [reset],
    'an end without a word': [end({ reason: null, done: false })],
    silence: [silence],
    garbage: [raw('data: {"choices": [oh no\n\n'), silence],
    'an error event': [fail()],
  }
  for (const [name, steps] of Object.entries(failures)) {
    test(`after ${name}`, async () => {
      const { message, calls } = await answerOf(() => steps, whole)
      expect(message).toMatchObject({ content: 'All is well.', status: 'complete', attempt: 1 })
      expect(calls.map(({ continues }) => continues)).toEqual([null, null])
    })
  }

  test('but not after another 4xx', async () => {
    for (const status of [400, 401, 403, 404, 422]) {
      const { message, calls } = await answerOf(() => [refuse(status)], whole)
      expect(message).toMatchObject({
        content: '',
        status: 'error',
        metadata: { error: { code: 'llm_failed', retryable: false } },
      })
      expect(message.metadata).not.toHaveProperty('finish_reason')
      expect(calls).toHaveLength(1)
    }
  })

  test('and no more than LLM_RETRIES times', async () => {
    const { message, calls } = await answerOf(() => [refuse(500)])
    expect(message).toMatchObject({
      status: 'error',
      metadata: { error: { code: 'llm_failed', retryable: true }, replicas: [] },
    })
    expect(message.metadata.processing_time_ms).toBeTypeOf('number')
    expect(calls).toHaveLength(3)
  })
})

describe('[F6] [F3] after there is text the model is asked to go on from it', () => {
  const breaks: Record<string, Step[]> = {
    'a broken connection': [reset],
    'an end without a finish reason': [end({ reason: null })],
    silence: [silence],
    garbage: [raw('data: no json at all\n\n'), silence],
    'an error event': [fail()],
  }
  for (const [name, steps] of Object.entries(breaks)) {
    test(`after ${name}`, async () => {
      const { message, calls } = await answerOf(
        () => ['The quick brown fox ', 'jumps over ', ...steps],
        ({ continues }) => [continues === 'The quick brown fox jumps over ' ? 'the lazy dog.' : 'What?'],
      )
      expect(calls.map(({ continues }) => continues)).toEqual([null, 'The quick brown fox jumps over '])
      expect(message).toMatchObject({
        status: 'complete',
        attempt: 1,
        metadata: { finish_reason: 'stop', replicas: ['r1'] },
      })
      expect(message.content).toBe('The quick brown fox jumps over the lazy dog.')
    })
  }

  test('what the continuation repeats of the end, 8 characters or more, is left out', async () => {
    const { message } = await answerOf(
      () => ['The quick brown fox jumps ', reset],
      () => ['brown fox', ' jumps over the lazy dog.'],
    )
    expect(message.content).toBe('The quick brown fox jumps over the lazy dog.')
  })

  test('and ends as llm_failed, its text kept, when the retries are used up; it can be regenerated', async () => {
    const { message, calls } = await answerOf(
      () => ['A beginning', reset],
      () => [refuse(500)],
    )
    expect(message).toMatchObject({
      content: 'A beginning',
      status: 'error',
      metadata: { replicas: ['r1'], error: { code: 'llm_failed', retryable: true } },
    })
    expect(calls).toHaveLength(3)
  })
})

test('[F6] [M5] an answer that failed can be regenerated, and the next message does not mind it', async () => {
  const client = await cluster.connect()
  const sessionId = await client.newSession()
  cluster.model.script(() => [refuse(400)])
  const { answer } = await client.send(sessionId, 'First')
  await client.ended(answer.id)
  cluster.model.script(whole)
  await client.request('message:regenerate', { sessionId, messageId: answer.id })
  expect(await client.ended(answer.id, 2)).toMatchObject({ content: 'All is well.', status: 'complete' })
})

test('[X1] what failed is said without secrets or stack traces', async () => {
  const { message } = await answerOf(() => [
    refuse(401, {}, { error: { message: 'Incorrect API key provided: sk-test' } }),
  ])
  expect(message.status).toBe('error')
  expect(JSON.stringify(message)).not.toMatch(/sk-test|\bat .*\.(js|ts):\d+|node_modules/)
})

describe('[S8] the retriever', () => {
  const documents = [
    { title: 'Foxes', text: 'Foxes jump over dogs.', url: 'https://example.com/foxes', score: 0.9 },
    { title: 'Dogs', text: 'Dogs are lazy.' },
  ]

  test('is asked first; its documents go into the prompt, and without their text into the sources', async () => {
    retriever.answer = () => ({ documents })
    const asked = retriever.asked.length
    const client = await cluster.connect()
    const sessionId = await client.newSession()
    cluster.model.script(whole)
    const { answer } = await client.send(sessionId, 'What of foxes?')
    const message = await client.ended(answer.id)
    expect(message.metadata.sources).toEqual([
      { title: 'Foxes', url: 'https://example.com/foxes', score: 0.9 },
      { title: 'Dogs' },
    ])
    expect(retriever.asked.slice(asked)).toEqual([
      { session_id: sessionId, query: 'What of foxes?', messages: [{ role: 'user', content: 'What of foxes?' }] },
    ])
    const prompt = JSON.stringify(cluster.model.requests.at(-1)?.turns)
    for (const { title, text } of documents) expect(prompt.includes(title) && prompt.includes(text)).toBe(true)
    const stored = await cluster.inspect().hget(`session:{${sessionId}}`, 'message:2')
    expect(stored).not.toContain('Foxes jump')
  })

  test.each(['failure', 'silence', { documents: 'none' }, [], null])(
    'that says %j costs the sources, not the answer',
    async (answer) => {
      retriever.answer = () => answer
      const { message } = await answerOf(whole)
      expect(message).toMatchObject({ content: 'All is well.', status: 'complete' })
      expect(message.metadata).not.toHaveProperty('sources')
    },
  )
})

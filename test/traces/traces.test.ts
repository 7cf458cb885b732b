/** Traces by OpenTelemetry's own SDK. By `npm run traces`: it installs the SDK. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { loyalClient, numbered, WORD_MS } from '../fault/fixtures.ts'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { eventually } from '../support/conditions.ts'
import { refuse } from '../support/scripted-model.ts'
import { Receiver, type Span } from './receiver.ts'

const program = process.env.TRACES ?? ''
const CLIENT = 3
const SERVER = 2
const ERROR = 2

describe.skipIf(program === '')('with OTEL_EXPORTER_OTLP_ENDPOINT', () => {
  let receiver: Receiver
  let cluster: Cluster
  beforeAll(async () => {
    receiver = await Receiver.start()
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, LLM_MODEL: 'some-model' }
    cluster = await startCluster({ replicas: 2, env: { ...env, LLM_RETRIES: '1' }, program: [program] })
  })
  afterAll(async () => {
    await cluster?.stop()
    receiver?.stop()
  })

  /** The trace of an answer, once it has its root. */
  const traceOf = async (messageId: string): Promise<{ readonly root: Span; readonly parts: readonly Span[] }> => {
    const all = () => receiver.spans.filter(({ traceId }) => traceId === messageId.replaceAll('-', ''))
    const root = await eventually('its root came', () => all().find(({ name }) => name === 'answer'))
    const parts = all().filter(({ name }) => name !== 'answer')
    for (const part of parts)
      expect(part).toMatchObject({ parentSpanId: root.spanId, name: 'chat some-model', kind: CLIENT })
    return { root, parts: parts.toSorted((a, b) => Number(a.start - b.start)) }
  }

  test.each(['drain', 'kill'] as const)(
    '[F2] an answer whose owner is ended by %s is one trace, in the names of the conventions',
    async (how) => {
      const text = numbered(400)
      cluster.model.say(text, { everyMs: WORD_MS })
      const [client, sessionId] = await loyalClient(cluster, 0)
      const [watcher] = await loyalClient(cluster, 1, sessionId)
      const { answer } = await client.send(sessionId, 'A secret of mine')
      await client.text(answer.id, 200)
      await cluster.replica(0)[how]()
      onTestFinished(() => cluster.replica(0).start())
      expect(await watcher.ended(answer.id)).toMatchObject({ content: text, status: 'complete' })

      const { root, parts } = await traceOf(answer.id)
      expect(root).toMatchObject({
        kind: SERVER,
        status: {},
        resource: { 'service.name': 'baton', 'service.instance.id': 'r2' },
      })
      expect(root.parentSpanId ?? '').toBe('')
      expect(root.attributes).toMatchObject({
        'baton.message.id': answer.id,
        'baton.message.status': 'complete',
        'baton.replicas': ['r1', 'r2'],
      })
      const last = parts.at(-1)
      expect(last?.attributes).toMatchObject({
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': '127.0.0.1',
        'gen_ai.request.model': 'some-model',
        'gen_ai.response.finish_reasons': ['stop'],
        'gen_ai.response.time_to_first_chunk': expect.any(Number),
        'gen_ai.usage.output_tokens': expect.any(Number),
        'baton.replica': 'r2',
        'baton.takeover.from': expect.stringMatching(/^r1\./),
        'baton.takeover.cause': how === 'drain' ? 'drain' : 'death',
        'baton.takeover.outcome': 'continue',
      })
      // What a replica that was killed had not told yet went with it.
      expect(parts.map(({ attributes }) => attributes['baton.replica'])).toEqual(
        how === 'drain' ? ['r1', 'r2'] : ['r2'],
      )
      // The root's times are whole milliseconds.
      for (const { start, end } of parts) expect(root.start <= start && end <= root.end + 1_000_000n).toBe(true)
      const told = JSON.stringify(receiver.spans, (_, value) => (typeof value === 'bigint' ? String(value) : value))
      for (const secret of [sessionId, 'secret of mine', 'word5']) expect(told).not.toContain(secret)
    },
  )

  test('[F6] a model that fails: its second try is told, and how the answer ended; made again, it is the same trace under another root', async () => {
    cluster.model.script(async function* () {
      yield refuse(500)
    })
    const client = await cluster.connect(0)
    const sessionId = await client.newSession()
    const { answer } = await client.send(sessionId, 'Hello')
    await client.ended(answer.id)
    const { root, parts } = await traceOf(answer.id)
    expect(root).toMatchObject({ status: { code: ERROR }, attributes: { 'error.type': 'llm_failed' } })
    expect(parts).toHaveLength(1)
    expect(parts[0]).toMatchObject({
      events: ['retry'],
      status: { code: ERROR },
      attributes: { 'error.type': 'llm_failed' },
    })

    cluster.model.say('Better')
    await client.request('message:regenerate', { sessionId, messageId: answer.id })
    await client.ended(answer.id, 2)
    const roots = () => receiver.spans.filter(({ traceId, name }) => name === 'answer' && traceId === root.traceId)
    await eventually('the second root came', () => roots().length === 2)
    expect(new Set(roots().map(({ spanId }) => spanId)).size).toBe(2)
  })
})

test('[R4] without the SDK a replica that is to send traces does not start, and says what to install', () => {
  const main = join(import.meta.dirname, '../../dist/main.js')
  const env = {
    PATH: process.env.PATH ?? '',
    STORE: 'memory',
    PORT: '0',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
  }
  const { status, stderr } = spawnSync(process.execPath, [main], { env, encoding: 'utf8' })
  expect(status).toBe(1)
  expect(stderr).toMatch(/^baton: OTEL_EXPORTER_OTLP_ENDPOINT: needs OpenTelemetry\. Install @opentelemetry\/api, /m)
})

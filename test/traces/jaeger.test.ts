/** What a real Jaeger shows of an answer. By `npm run traces`: it builds Jaeger, where there is Go. */
import { existsSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { loyalClient, ownerOf } from '../fault/fixtures.ts'
import { startCluster } from '../support/cluster.ts'
import { eventually, Latch } from '../support/conditions.ts'
import { Jaeger, jaegerProgram } from './jaeger.ts'

const program = process.env.TRACES ?? ''
/** What each of three owners adds. */
const PARTS = ['The first one says this, ', 'the second one that, ', 'and the third one ends it.'] as const

test.skipIf(program === '' || !existsSync(jaegerProgram))(
  '[F2] Jaeger has an answer as one trace, though one owner drained and the next was killed',
  async () => {
    const jaeger = await Jaeger.start()
    onTestFinished(() => jaeger.stop())
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: jaeger.endpoint, LLM_MODEL: 'some-model' }
    const cluster = await startCluster({ replicas: 3, nginx: true, env, program: [program] })
    onTestFinished(() => cluster.stop())
    const redis = cluster.inspect()

    const end = new Latch()
    onTestFinished(() => end.open())
    cluster.model.script(async function* ({ continues }) {
      const said = PARTS.findLastIndex((part) => continues?.includes(part))
      yield PARTS[said + 1] ?? ''
      if (said + 2 < PARTS.length) await end.opened
    })
    const [client, sessionId] = await loyalClient(cluster, 'nginx')
    const { answer } = await client.send(sessionId, 'Hello')
    await client.text(answer.id, PARTS[0].length)
    const first = (await ownerOf(redis, sessionId)) ?? -1
    await cluster.replica(first).drain()
    await client.text(answer.id, PARTS[0].length + PARTS[1].length)
    const second = (await ownerOf(redis, sessionId)) ?? -1
    await cluster.replica(second).kill()
    const { status, content, metadata } = await client.ended(answer.id)
    expect({ status, content }).toEqual({ status: 'complete', content: PARTS.join('') })
    const replicas = metadata.replicas as string[]
    expect(replicas).toEqual([`r${first + 1}`, `r${second + 1}`, expect.any(String)])

    const traces = await eventually('the trace is there', async () => {
      const seen = await jaeger.traces('baton')
      return seen.flat().length >= 3 && seen
    })
    expect(traces).toHaveLength(1)
    const root = traces[0]?.find(({ parent }) => parent === undefined)
    expect(root).toMatchObject({ name: 'answer', tags: { 'baton.replicas': JSON.stringify(replicas) } })
    const parts = traces[0]?.filter(({ parent }) => parent === root?.id) ?? []
    // Who was killed took its own along.
    expect(parts.map(({ tags }) => tags['baton.replica']).toSorted()).toEqual([replicas[0], replicas[2]].toSorted())
    const heir = parts.find(({ tags }) => tags['baton.replica'] === replicas[2])
    expect(heir).toMatchObject({
      name: 'chat some-model',
      tags: { 'baton.takeover.from': expect.stringMatching(`^${replicas[1]}\\.`), 'baton.takeover.cause': 'death' },
    })
  },
)

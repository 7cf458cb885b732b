import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Delta, MessageEvent } from '../../src/protocol/events.ts'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { eventually, Latch } from '../support/conditions.ts'
import { RawClient } from '../support/raw-client.ts'
import { type News as CheckedNews, TextChecker } from '../support/text-checker.ts'

const MIB = 1024 * 1024
/** More than the kernel takes for a socket whose other end does not read, by far. */
const CHARACTERS = 16 * MIB
const PIECE = 'All work and no play makes Jack a dull boy. '.repeat(300)

let cluster: Cluster
beforeAll(async () => {
  cluster = await startCluster({ replicas: 2, env: { MAX_ANSWER_BYTES: String(2 * CHARACTERS) } })
})
afterAll(() => cluster.stop())

type News = ['delta', Delta] | ['message', MessageEvent]

function newsIn(frame: string | undefined): News | null {
  return frame !== undefined && /^42\["(delta|message)"/.test(frame) ? (JSON.parse(frame.slice(2)) as News) : null
}

test.each([
  ['on the replica of the answer', 0],
  ['on another replica', 1],
])('[D6] a client %s that stops reading costs bounded memory and slows nobody; it catches up', async (_, where) => {
  const finish = new Latch()
  cluster.model.script(async function* () {
    for (let said = 0; said < CHARACTERS; said += PIECE.length) yield PIECE
    await finish.opened
    yield 'The end.'
  })
  const reader = await cluster.connect(0)
  const sessionId = await reader.newSession()
  const slow = await RawClient.join(cluster.urlOf(where))
  await slow.emit('"session:open"', JSON.stringify({ sessionId }))
  const replica = cluster.replica(where)
  const before = await replica.memory()

  const { answer } = await reader.send(sessionId, 'Write a novel')
  await slow.frame((frame) => frame.startsWith('42["delta"'))
  slow.pause()
  await reader.text(answer.id, CHARACTERS)
  const metrics = await (await fetch(`${replica.url}/metrics`)).text()
  expect(Number(/^baton_slow_readers_total(?:\{.*\})? (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThan(0)
  const grown = (await replica.memory()) - before
  // The answer's own text is held by its owner, in UTF-16 where it must be; nothing of it per slow reader.
  expect(grown).toBeLessThan(where === 0 ? 300 * MIB : 120 * MIB)

  slow.resume()
  await eventually('the slow client has caught up', () => {
    // Not the newest frame, which may be a ping, or tell of Redis.
    const news = newsIn(slow.frames.findLast((frame) => frame.startsWith('42["delta"')))
    return news?.[0] === 'delta' && news[1].offset + news[1].text.length >= CHARACTERS
  })
  finish.open()
  const { content } = await reader.ended(answer.id)
  await slow.frame(
    (frame) => frame.startsWith('42["message"') && frame.includes('"status":"complete"') && frame.includes(answer.id),
  )

  const checker = new TextChecker()
  let joined = ''
  let deltas = 0
  for (const [event, payload] of slow.frames.map(newsIn).filter((news) => news !== null)) {
    checker.take({ event, payload } as CheckedNews)
    if (event !== 'delta') continue
    joined += payload.text
    deltas++
  }
  expect(checker.violations).toEqual([])
  expect(joined === content).toBe(true)
  expect(checker.get(answer.id)?.status).toBe('complete')
  expect(deltas).toBeLessThan(reader.all('delta').length)
})

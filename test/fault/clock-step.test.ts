/** Somebody sets the machine's clock while an answer streams: durations do not notice, times of day do. */
import { expect, onTestFinished, test } from 'vitest'
import { startCluster } from '../support/cluster.ts'
import { clocksCanBeSet, StepClock } from '../support/step-clock.ts'
import { numbered, WORD_MS } from './fixtures.ts'

const HOUR_MS = 3_600_000

test.skipIf(!clocksCanBeSet).for([5, -5])('a clock that is set by %i hours ends and delays nothing', async (step) => {
  const clock = new StepClock()
  onTestFinished(() => clock.remove())
  const cluster = await startCluster({ env: { STORE: 'memory', ...clock.env } })
  onTestFinished(() => cluster.stop())
  const text = numbered(60)
  cluster.model.say(text, { everyMs: WORD_MS })
  const client = await cluster.connect(0)
  const { session } = await client.open()
  const { answer, message } = await client.send(session.id, 'Tell me')
  await client.text(answer.id, 20)

  clock.step(step)

  const final = await client.ended(answer.id)
  expect(final).toMatchObject({ content: text, status: 'complete' })
  expect(final.metadata.processing_time_ms).toBeGreaterThan(0)
  expect(final.metadata.processing_time_ms).toBeLessThan(HOUR_MS)
  const { resumed, session: again } = await client.open({ sessionId: session.id })
  expect(resumed).toBe(true)
  expect(again.ttlSeconds).toBeGreaterThan(0)
  expect(again.ttlSeconds).toBeLessThanOrEqual(3600)

  cluster.model.say('short')
  const next = await client.send(session.id, 'And?')
  expect(await client.ended(next.answer.id)).toMatchObject({ content: 'short', status: 'complete' })
  const stepped = Date.parse(next.message.createdAt) - Date.parse(message.createdAt)
  expect(Math.round(stepped / HOUR_MS)).toBe(step)
})

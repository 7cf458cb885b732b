import { expect, test } from 'vitest'
import { AwaitedAnswer } from '../../src/conversation/awaited-answer.ts'
import type { Message } from '../../src/protocol/message.ts'
import { expectConverged, loseRedis, regain, start, talk } from './fallback/outages.ts'
import { ANYBODY } from './fallback/world.ts'

/** Found by a soak: the one who waited at the replica that had been alone was told that the message was lost. */
test('[H] [G4] who waits for the answer to a message that two replicas took is given the one that Redis holds', async () => {
  const world = await start({ replicas: 2 })
  const [r1, r2] = [world.replica(0), world.replica(1)]
  const here = await r1.follow()
  const there = await r2.follow(here.sessionId)
  const { sessionId } = here
  await talk(world, here, 'before')
  await loseRedis(world, r2)
  world.model.words = 400
  const id = world.newId()
  const first = await r1.send(sessionId, 'asked twice', id)
  const second = await r2.send(sessionId, 'asked twice', id)
  expect(second.answer.id).not.toBe(first.answer.id)
  const { signal } = new AbortController()
  const waited = r2.engine.api.answerOf(ANYBODY, sessionId, second.answer.id, signal)
  r2.wire.weather = 'fair'
  const { message, persisted } = await r2.during(waited, 30_000)
  expect(message).toMatchObject({
    id: first.answer.id,
    status: 'complete',
    content: world.model.answerTo('asked twice'),
  })
  expect(persisted).toBe(true)
  await expectConverged(world, here, there)
})

test('[H] [G4] where what Redis holds has no answer to it, who waits is told that it was lost; what is held above it changes nothing', async () => {
  const waiting = new AwaitedAnswer('a')
  waiting.opened([messageOf('q', 1), messageOf('a', 2)])
  waiting.sync({ sessionId: 's', after: 2, messages: [messageOf('later', 3)] }, [])
  waiting.sync({ sessionId: 's', after: 0, messages: [messageOf('other', 1), messageOf('its answer', 2)] }, [])
  await expect(waiting.end).rejects.toMatchObject({ code: 'interrupted', retryable: true })
})

function messageOf(id: string, seq: number): Message {
  const role = seq % 2 === 1 ? 'user' : 'assistant'
  const status = role === 'user' ? 'complete' : 'streaming'
  return { id, seq, role, content: '', status, attempt: 1, createdAt: '2026-11-30T00:00:00.000Z', metadata: {} }
}

test('[H] [G2] who waits for an answer of a long session over an outage is given it', async () => {
  const world = await start({ maxBytes: 64 * 1024 * 1024 })
  const r1 = world.replica(0)
  const here = await r1.follow()
  const { sessionId } = here
  for (const letter of ['a', 'b', 'c']) await talk(world, here, letter.repeat(30_000)) // 600 kB of answer each
  await loseRedis(world, r1)
  world.model.words = 200
  const { answer } = await r1.send(sessionId, 'held')
  const waited = r1.engine.api.answerOf(ANYBODY, sessionId, answer.id, new AbortController().signal)
  const outcome = waited.then(({ message }) => message.content, String)
  await regain(world, r1)
  await world.until('it ends', () => world.stored(sessionId).at(-1)?.status === 'complete')
  await world.clock.advance(2000)
  expect(world.stored(sessionId).at(-1)?.content).toBe(world.model.answerTo('held'))
  expect(await outcome).toBe(world.model.answerTo('held'))
})

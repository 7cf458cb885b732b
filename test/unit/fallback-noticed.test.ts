/** What Redis lost, or another replica did without a word, is noticed. */
import { expect, test } from 'vitest'
import { expectConverged, isWhole, loseRedis, start, talk } from './fallback/outages.ts'
import { ANYBODY, Follower } from './fallback/world.ts'

test('[G6] a session that lost messages while another one takes long to return: its followers are given what Redis holds', async () => {
  const world = await start({ replicas: 1 })
  const r1 = world.replica(0)
  const busy = await r1.follow()
  const idle = await r1.follow()
  await talk(world, idle, 'kept')
  const calls = world.calls
  await talk(world, idle, 'lost')
  await world.clock.advance(3000)
  r1.wire.onMended = () => void world.clock.after(300, () => r1.engine.busInterrupted()) // its subscriptions stand again a moment after its writes
  await loseRedis(world, r1)
  world.rollBack(calls) // the last second before the crash was not yet on disk
  await talk(world, busy, 'held') // one session is held ...
  r1.wire.fate = (name) => (name === 'reconcile' ? 'refused' : 'done') // ... and takes five seconds to return
  r1.wire.weather = 'fair'
  await world.clock.advance(5000)
  r1.wire.fate = () => 'done'
  await world.until('all is written', () => r1.backend === 'redis', 30_000)
  await world.clock.advance(10_000)
  expect(world.stored(idle.sessionId)).toHaveLength(2)
  await expectConverged(world, idle)
})

for (const opens of [0, 1, 2]) {
  test(`[G6] ${opens} clients that open the session while it is read after data was lost do not end the comparison`, async () => {
    const world = await start({ replicas: 1 })
    const r1 = world.replica(0)
    const here = await r1.follow()
    await talk(world, here, 'kept')
    const calls = world.calls
    await talk(world, here, 'lost')
    await world.clock.advance(3000)
    r1.wire.latency = () => 10
    r1.wire.onMended = () => {}
    r1.wire.weather = 'refusing' // Redis is started again within a second
    await world.clock.advance(100)
    world.rollBack(calls)
    r1.wire.weather = 'fair'
    await world.clock.advance(1000)
    if (opens > 0) void new Follower(r1).open(here.sessionId)
    await world.clock.advance(5)
    r1.engine.busInterrupted() // read at once
    await world.clock.advance(2995)
    if (opens > 1) void new Follower(r1).open(here.sessionId) // and three seconds later
    await world.clock.advance(20_000)
    expect(world.stored(here.sessionId)).toHaveLength(2)
    await expectConverged(world, here)
  })
}

test('[S3] [G1] [G6] one replica was never sure that Redis was away, another was and brings back what Redis lost: nobody is told that it is over', async () => {
  const world = await start({ replicas: 2 })
  const [r1, r2] = [world.replica(0), world.replica(1)]
  const here = await r1.follow()
  const there = await r2.follow(here.sessionId)
  await talk(world, here, 'both')
  await world.clock.advance(1200)
  for (const { wire } of [r1, r2]) wire.weather = 'refusing'
  // r2 notices at once; r1 with its next lease
  const sent = r2.engine.api.send(ANYBODY, { sessionId: here.sessionId, id: world.newId(), content: 'held' })
  world.loseEverything()
  await world.clock.advance(1100)
  expect([r1.backend, r2.backend]).toEqual(['redis', 'memory'])
  for (const { wire } of [r1, r2]) wire.weather = 'fair'
  await r2.during(sent)
  await world.clock.advance(3000)
  expect(here.isOver).toBe(false)
  await expectConverged(world, here, there)
})

test('[S5] [G6] a copy of a state that Redis lost is not taken for another state that has its version and time', async () => {
  const world = await start({ replicas: 3 })
  const [r1, r2, r3] = [world.replica(0), world.replica(1), world.replica(2)]
  const { sessionId } = await r1.follow()
  const there = await r3.follow(sessionId)
  world.model.words = 500
  await r1.send(sessionId, 'long')
  await world.clock.advance(200)
  const calls = world.calls
  // A fourth replica brings back what it held since before the last question: the version rises, the last activity does not.
  const snapshot = world.shared.peek(sessionId)
  const [question, answer] = snapshot?.messages ?? []
  if (!snapshot || !question || !answer) throw new Error('not there')
  const { session } = snapshot
  const brought = {
    question: { ...question, id: world.newId(), seq: 3, content: 'held' },
    answer: {
      ...answer,
      id: world.newId(),
      seq: 4,
      content: 'HELD',
      status: 'complete' as const,
      metadata: { replicas: ['r4'] },
    },
  }
  const base = { seq: 0, lastSeq: 0, version: 0, lastActivity: session.createdAt }
  const early = { ...session, lastActivity: session.createdAt }
  await world.callShared('reconcile', [
    { session: early, owner: 'r4.a', base, exchanges: [brought], running: null, watch: null },
  ])
  await r2.during(r2.engine.api.open(ANYBODY, { sessionId }, null)) // r2, where nobody follows it, has a copy with that
  // Redis fails over to a node that has not got that yet, and r1 dies.
  world.rollBack(calls)
  for (const { engine } of [r2, r3]) engine.busInterrupted()
  r1.wire.weather = 'refusing'
  r2.wire.fate = (name) => (name === 'claim' || name === 'sessionsOf' ? 'refused' : 'done') // r3 comes first
  await world.until('it is taken over', () => world.shared.peek(sessionId)?.running?.owner !== 'r1.a')
  await world.clock.advance(4000)
  const late = await r2.follow(sessionId)
  await world.until('it ends', () => isWhole(world.stored(sessionId)), 30_000)
  await world.clock.advance(10_000)
  await expectConverged(world, there, late)
})

test('[E] [G1] who opens a session that is cleared before the reply arrives is given another', async () => {
  const world = await start()
  const r1 = world.replica()
  const first = await r1.follow()
  const { sessionId } = first
  r1.wire.latency = () => 30
  const opening = r1.engine.api.open(ANYBODY, { sessionId }, () => new Follower(r1))
  await world.clock.advance(35)
  await world.shared.clear(sessionId)
  r1.engine.recall.cleared(sessionId)
  const { session } = await r1.during(opening)
  expect(first.isOver).toBe(true)
  expect(session.id).not.toBe(sessionId)
})

test('[G6] an answer that was dropped as too old while its end was missed is not read for again and again', async () => {
  const world = await start({ replicas: 2, maxMessages: 4 })
  const [r1, r2] = [world.replica(0), world.replica(1)]
  const here = await r1.follow()
  const there = await r2.follow(here.sessionId)
  world.model.everyMs = 5
  world.model.words = 3
  r2.engine.busInterrupted()
  await world.clock.advance(3500)
  await r1.during(r1.engine.api.send(ANYBODY, { sessionId: here.sessionId, id: world.newId(), content: 'long' }))
  await world.clock.advance(5)
  r2.wire.isDeaf = true // for a second
  await world.until('it ends', () => here.messages.at(-1)?.status === 'complete')
  for (let i = 0; i < 12; i++) await talk(world, here, `${i}`)
  r2.wire.isDeaf = false
  for (let i = 0; i < 10; i++) await talk(world, here, `later ${i}`)
  await world.clock.advance(3000)
  const { reads } = r2.wire
  await world.clock.advance(20_000)
  expect(there.messages.at(-1)).toEqual(here.messages.at(-1))
  expect({
    reads: r2.wire.reads - reads,
    streaming: there.messages.filter(({ status }) => status === 'streaming').length,
  }).toEqual({ reads: 0, streaming: 0 })
})

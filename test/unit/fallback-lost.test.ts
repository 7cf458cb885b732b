import { expect, test } from 'vitest'
import { contents, expectConverged, loseRedis, regain, start, talk } from './fallback/outages.ts'
import type { Follower, World } from './fallback/world.ts'

/** Two replicas with a follower each of one session, in which r1 has an answer running when Redis goes, which loses everything. */
async function loseInTheMiddle(
  before: number,
): Promise<{ world: World; here: Follower; there: Follower; long: string }> {
  const world = await start({ replicas: 2 })
  const [r1, r2] = [world.replica(0), world.replica(1)]
  const here = await r1.follow()
  const there = await r2.follow(here.sessionId)
  for (let i = 0; i < before; i++) await talk(world, here, `before ${i}`)
  world.model.words = 400
  const long = world.model.answerTo('long')
  await r1.send(here.sessionId, 'long')
  await world.clock.advance(200)
  await loseRedis(world, r1, r2)
  world.loseEverything()
  world.model.words = 20
  return { world, here, there, long }
}

for (const before of [0, 1, 2]) {
  test(`[G4] [F4] Redis lost everything, and who brings a session back first leaves the answer that another living replica writes to that, after ${before} others`, async () => {
    const { world, here, there, long } = await loseInTheMiddle(before)
    const [r1, r2] = [world.replica(0), world.replica(1)]
    await talk(world, there, 'held')
    r2.wire.weather = 'fair'
    await world.clock.advance(700)
    await regain(world, r1, r2)
    const stored = await expectConverged(world, here, there)
    expect(contents(stored)).toContain(long)
    const questions = contents(stored.filter(({ role }) => role === 'user'))
    expect(questions.slice(before).sort()).toEqual(['held', 'long'])
  })
}

test('[F4] [G6] where that replica is dead its answer is brought back as interrupted, after the time that others have', async () => {
  const { world, there } = await loseInTheMiddle(1)
  world.replica(0).wire.weather = 'refusing' // for ever
  await talk(world, there, 'held')
  await regain(world, world.replica(1))
  const stored = await expectConverged(world, there)
  expect(stored[3]).toMatchObject({ status: 'error', metadata: { error: { code: 'interrupted' } } })
  expect(stored[4]).toMatchObject({ content: 'held' })
})

test('[S3] [G6] nobody is told that a session is over which another replica may be about to bring back', async () => {
  const world = await start({ replicas: 2 })
  const [r1, r2] = [world.replica(0), world.replica(1)]
  const here = await r1.follow()
  const there = await r2.follow(here.sessionId)
  await talk(world, here, 'both')
  await loseRedis(world, r1, r2)
  await talk(world, there, 'held')
  world.loseEverything()
  r1.wire.weather = 'fair'
  await world.clock.advance(2000)
  expect(here.isOver).toBe(false)
  await regain(world, r1, r2)
  expect(here.isOver).toBe(false)
  expect(contents(await expectConverged(world, here, there))).toContain('held')
})

test('[S3] [G6] and who followed one that nobody brings back is told that within five seconds', async () => {
  const world = await start({ replicas: 2 })
  const [r1, r2] = [world.replica(0), world.replica(1)]
  const here = await r1.follow()
  await talk(world, here, 'both')
  await loseRedis(world, r1, r2)
  world.loseEverything()
  await regain(world, r1, r2)
  await world.until('it is over', () => here.isOver, 5000)
})

/** Found by a random story (seed 600050985). */
test('[S4] [G6] messages that were dropped as too old, and are back, are told those who never had them', async () => {
  const world = await start({ maxMessages: 4 })
  const replica = world.replica()
  const early = await replica.follow()
  await talk(world, early, 'first')
  const calls = world.calls
  for (const content of ['second', 'third']) await talk(world, early, content)
  const late = await replica.follow(early.sessionId)
  expect(contents(late.messages)).not.toContain('first')
  await loseRedis(world, replica)
  replica.engine.busInterrupted() // so the session is read, and held
  await world.until('it is held', () => replica.store.held.sessions === 1)
  world.rollBack(calls)
  await regain(world, replica)
  expect(contents(await expectConverged(world, early, late))).toContain('first')
})

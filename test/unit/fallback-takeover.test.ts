import { expect, test, vi } from 'vitest'
import { delay } from '../../src/ports/clock.ts'
import { contents, expectConverged, isWhole, loseRedis, start, talk } from './fallback/outages.ts'
import { ANYBODY, type World } from './fallback/world.ts'

test('[F4] [G2] one whose owner dies meanwhile is gone on with, and what was held stays after it', async () => {
  const world = await start({ replicas: 2 })
  const [r1, r2] = [world.replica(0), world.replica(1)]
  const here = await r1.follow()
  await loseRedis(world, r1)
  await talk(world, here, 'held')
  const there = await r2.follow(here.sessionId)
  world.model.words = 200
  await r2.send(there.sessionId, 'long')
  await world.clock.advance(500)
  r1.wire.weather = 'fair'
  r2.wire.weather = 'refusing' // for ever
  await world.until('all is written', () => r1.backend === 'redis', 30_000)
  const stored = await expectConverged(world, here)
  expect(stored[1]).toMatchObject({ status: 'complete', content: world.model.answerTo('long') })
  expect(contents(stored.filter(({ role }) => role === 'user'))).toEqual(['long', 'held'])
})

test('[F4] [G2] an answer that had ended in memory when its replica died is gone on with elsewhere', async () => {
  const world = await start({ replicas: 2 })
  const [r1, r2] = [world.replica(0), world.replica(1)]
  const here = await r1.follow()
  await r1.send(here.sessionId, 'one')
  await world.clock.advance(100)
  for (const { wire } of [r1, r2]) wire.weather = 'hanging'
  await world.until('it ends in memory', () => here.messages.at(-1)?.status === 'complete')
  expect(world.stored(here.sessionId).at(-1)?.status).toBe('streaming')
  r1.wire.fate = (name) => (name === 'append' || name === 'finish' ? 'refused' : 'done')
  r1.wire.weather = 'fair' // what else was on its way arrives
  r1.wire.weather = 'refusing' // for ever
  r2.wire.weather = 'fair'
  await world.until('it ends in the store', () => isWhole(world.stored(here.sessionId)))
  expect(world.stored(here.sessionId)[1]).toMatchObject({ status: 'complete', content: world.model.answerTo('one') })
})

test('[F4] one that was begun by the late call of a removed replica is gone on with by whoever meets it, though nobody can judge its owner yet', async () => {
  const world = await start({ replicas: 2 })
  const [r1, r2] = [world.replica(0), world.replica(1)]
  const { session } = await r1.during(r1.engine.api.open(ANYBODY, {}, null))
  const late = { sessionId: session.id, id: world.newId(), content: 'late' }
  r2.wire.fate = (name) => {
    if (name === 'track') r2.wire.weather = 'hanging'
    return 'done'
  }
  r2.engine.api.send(ANYBODY, late).catch(() => {})
  await world.clock.advance(1800)
  expect(world.stored(session.id)).toEqual([])
  r1.wire.weather = 'refusing'
  r2.wire.fate = (name) => (name === 'renew' ? 'refused' : 'done')
  r2.wire.weather = 'fair' // what else was on its way arrives
  r2.wire.weather = 'refusing' // for ever
  await world.clock.advance(100)
  r1.wire.weather = 'fair'
  await r1.during(r1.engine.api.send(ANYBODY, late))
  await world.until('it ends', () => isWhole(world.stored(session.id)))
  expect(contents(world.stored(session.id))).toEqual(['late', world.model.answerTo('late')])
})

/** Found by random stories (seeds 600019326, 600043104). */
test('[F2] [M5] [G2] who takes an answer over has what was brought back between its reading and its claim', async () => {
  const world = await start({ replicas: 2 })
  const [r1, r2] = [world.replica(0), world.replica(1)]
  const { sessionId } = await r1.follow()
  const there = await r2.follow(sessionId)
  world.model.words = 200
  await r1.send(sessionId, 'long')
  await world.clock.advance(500)
  const { shared } = world
  const claim = shared.claim.bind(shared)
  shared.claim = async (request) => {
    await bringBack(world, sessionId, ['held', world.model.answerTo('held')])
    shared.claim = claim
    return claim(request)
  }
  r1.wire.weather = 'refusing' // for ever
  const stored = await expectConverged(world, there, await r2.follow(sessionId))
  expect(contents(stored)).toEqual(['long', 'held'].flatMap((asked) => [asked, world.model.answerTo(asked)]))
  const last = { sessionId, messageId: stored[3]?.id ?? '' }
  await r2.during(r2.engine.api.regenerate(ANYBODY, last))
  expect((await expectConverged(world, there))[3]).toMatchObject({ attempt: 2, content: world.model.answerTo('held') })
})

test('[F2] two equal claims of one replica whose replies come at once are gone on with once', async () => {
  const world = await start({ replicas: 2 })
  const [r1, r2] = [world.replica(0), world.replica(1)]
  const { sessionId } = await r1.follow()
  const there = await r2.follow(sessionId)
  world.model.words = 100
  await r1.send(sessionId, 'long')
  await world.clock.advance(500)
  // Commands of one turn travel together, and so do their replies: they are read from the connection in one go.
  const claim = r2.store.claim.bind(r2.store)
  let claims: PromiseWithResolvers<void>[] = []
  r2.store.claim = async (request) => {
    const reply = await claim(request)
    const told = Promise.withResolvers<void>()
    claims.push(told)
    world.clock.after(5, () => {
      for (const each of claims) each.resolve()
      claims = []
    })
    await told.promise
    return reply
  }
  r1.wire.weather = 'refusing' // for ever
  const opens: Promise<unknown>[] = []
  for (let i = 0; i < 80; i++) {
    // Two tabs come back at the same time: each meets the answer, and asks whether its owner lives.
    for (let tab = 0; tab < 2; tab++) opens.push(r2.engine.api.open(ANYBODY, { sessionId }, null).catch(() => {}))
    await world.clock.advance(10)
    if (world.shared.peek(sessionId)?.running?.owner === 'r2.a') break
  }
  await world.clock.advance(100)
  await Promise.all(opens)
  const report = (await r2.engine.reports.all()).get('r2.a') as { takeovers: unknown[] }
  await expectConverged(world, there)
  expect(report.takeovers).toHaveLength(1)
})

test.each(['send', 'regenerate'] as const)(
  '[F1] [M1] %s: what was begun, and is confirmed only when Redis’s copies have it, is not taken for one whose reply was lost',
  async (way) => {
    const world = await start({ replicas: 1 })
    const r1 = world.replica()
    const here = await r1.follow()
    const { sessionId } = here
    await talk(world, here, 'one')
    const last = here.messages.at(-1)?.id ?? ''
    const begin = () =>
      way === 'send'
        ? r1.engine.api.send(ANYBODY, { sessionId, id: world.newId(), content: 'two' })
        : r1.engine.api.regenerate(ANYBODY, { sessionId, messageId: last })
    const call = way === 'send' ? 'begin' : 'regenerate'
    r1.wire.fate = (name) => (name === call ? 'refused' : 'done')
    await expect(r1.during(begin())).rejects.toMatchObject({ code: 'overloaded' })
    r1.wire.fate = () => 'done'
    for (const name of ['begin', 'regenerate'] as const) {
      const original = r1.store[name].bind(r1.store) as (request: never) => Promise<never>
      r1.store[name] = async (request: never) => {
        const reply = await original(request)
        await delay(world.clock, 1000, AbortSignal.any([]))
        return reply
      }
    }
    const generate = vi.spyOn(world.model, 'generate')
    await r1.during(begin())
    await expectConverged(world, here)
    expect(generate).toHaveBeenCalledTimes(1)
  },
)

test('[D7] [G2] an answer that was stopped while Redis went away stays stopped when that is back', async () => {
  const world = await start({ replicas: 2 })
  const [r1, r2] = [world.replica(0), world.replica(1)]
  const there = await r2.follow()
  const { sessionId } = there
  await r1.during(r1.engine.api.open(ANYBODY, { sessionId }, null)) // r1 has a copy, nobody follows it there
  world.model.words = 400
  const { answer } = await r2.send(sessionId, 'long')
  await world.clock.advance(300)
  r1.wire.fate = (name) => {
    if (name === 'finish') for (const { wire } of [r1, r2]) wire.weather = 'refusing' // between the claim and the end
    return name === 'finish' ? 'refused' : 'done'
  }
  const { message, persisted } = await r1.during(r1.engine.api.stop(ANYBODY, { sessionId, messageId: answer.id }))
  expect({ status: message.status, persisted }).toEqual({ status: 'stopped', persisted: false })
  r1.wire.fate = () => 'done'
  await world.clock.advance(200)
  for (const { wire } of [r1, r2]) wire.weather = 'fair'
  await world.until('it is back', () => r1.backend === 'redis', 30_000)
  const stored = await expectConverged(world, there)
  expect(stored.at(-1)).toMatchObject({ status: 'stopped', content: message.content })
})

/** As a third replica does with what it held while it was without the store. */
async function bringBack(world: World, sessionId: string, [asked, answered]: [string, string]): Promise<void> {
  const snapshot = world.shared.peek(sessionId)
  if (snapshot === null) throw new Error('not there')
  const { session, messages } = snapshot
  const [question, answer] = messages ?? []
  if (question === undefined || answer === undefined) throw new Error('nothing was asked')
  const metadata = { replicas: ['r3'] }
  const brought = {
    question: { ...question, id: world.newId(), seq: 3, content: asked },
    answer: { ...answer, id: world.newId(), seq: 4, content: answered, status: 'complete' as const, metadata },
  }
  const base = { seq: 2, lastSeq: 2, version: session.version, lastActivity: session.lastActivity }
  await world.shared.reconcile({ session, owner: 'r3.a', base, exchanges: [brought], running: null, watch: null })
}

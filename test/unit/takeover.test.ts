import { expect, test, vi } from 'vitest'
import { StoreUnavailable } from '../../src/ports/session-store.ts'
import { expectConverged, start } from './fallback/outages.ts'
import type { TestReplica } from './fallback/world.ts'

/** Two replicas, and a session with a long answer at the first, which has just lost the store. */
async function bereaved() {
  const world = await start({ replicas: 2 })
  const [r1, r2] = [world.replica(0), world.replica(1)]
  const here = await r1.follow()
  world.model.words = 800
  await r1.send(here.sessionId, 'long')
  await world.clock.advance(300)
  return { world, r1, r2, sessionId: here.sessionId }
}

/** Makes calls of the replica to its store fail as long as it is told to. */
function failing(replica: TestReplica, name: 'read' | 'claim' | 'begin') {
  const call = replica.store[name].bind(replica.store) as (request: never) => Promise<never>
  const state = { fails: true }
  replica.store[name] = async (request: never) => {
    if (state.fails) throw new StoreUnavailable('its shard is away')
    return call(request)
  }
  return state
}

test('[F2] a session that cannot be read is asked about by its recovery alone, however long that takes', async () => {
  const { world, r1, r2, sessionId } = await bereaved()
  const shard = failing(r2, 'read')
  const reads = vi.spyOn(r2.store, 'read')
  r1.wire.weather = 'refusing' // for ever
  await world.clock.advance(10_000)
  reads.mockClear()
  await world.clock.advance(1000)
  expect(reads.mock.calls.length).toBeGreaterThan(0)
  expect(reads.mock.calls.length).toBeLessThan(8)
  shard.fails = false
  await expectConverged(world, await r2.follow(sessionId))
  expect([...world.membership.listOf(r2.address).keys()]).toEqual([])
})

test('[F2] claims that are repeated without a reply are found out about together', async () => {
  const { world, r1, r2, sessionId } = await bereaved()
  const shard = failing(r2, 'claim')
  const claims = vi.spyOn(r2.store, 'claim')
  const reads = vi.spyOn(r2.store, 'read')
  r1.wire.weather = 'refusing' // for ever
  await world.clock.advance(10_000)
  for (const spy of [claims, reads]) spy.mockClear()
  await world.clock.advance(3000)
  expect(claims.mock.calls.length).toBeGreaterThan(5)
  expect(reads.mock.calls.length).toBeLessThan(2 * claims.mock.calls.length)
  expect([...world.membership.listOf(r2.address).keys()]).toEqual([sessionId])
  shard.fails = false
  await expectConverged(world, await r2.follow(sessionId))
  expect([...world.membership.listOf(r2.address).keys()]).toEqual([])
})

test('[X6] messages that a silent shard does not take are found out about together, however often they are sent', async () => {
  const world = await start({ replicas: 1 })
  const r1 = world.replica()
  const { sessionId } = await r1.follow()
  await r1.send(sessionId, 'short')
  await world.until('it has ended', () => r1.engine.answersRunning() === 0)
  await world.clock.advance(3000)
  const shards = [failing(r1, 'begin'), failing(r1, 'read')]
  const again = crypto.randomUUID()
  for (const id of [...Array(10).fill(again), ...Array(10).fill(null)]) {
    await expect(r1.send(sessionId, 'again', id ?? crypto.randomUUID())).rejects.toMatchObject({ code: 'overloaded' })
    await world.clock.advance(100)
  }
  const reads = vi.spyOn(r1.store, 'read')
  await world.clock.advance(10_000)
  reads.mockClear()
  await world.clock.advance(1000)
  expect(reads.mock.calls.length).toBeGreaterThan(0)
  expect(reads.mock.calls.length).toBeLessThan(8)
  for (const shard of shards) shard.fails = false
  await r1.send(sessionId, 'again', again)
  await expectConverged(world, await r1.follow(sessionId))
  expect([...world.membership.listOf(r1.address).keys()]).toEqual([])
})

test('[F2] [M1] a second message that got no reply is looked for as soon as the first was', async () => {
  const world = await start({ replicas: 1 })
  const r1 = world.replica()
  const here = await r1.follow()
  const shard = failing(r1, 'begin')
  await expect(r1.send(here.sessionId, 'first')).rejects.toMatchObject({ code: 'overloaded' })
  await world.clock.advance(300) // it was looked for once, in vain
  const reads = vi.spyOn(r1.store, 'read')
  await expect(r1.send(here.sessionId, 'second')).rejects.toMatchObject({ code: 'overloaded' })
  reads.mockClear()
  await world.clock.advance(300)
  expect(reads).toHaveBeenCalled()
  shard.fails = false
})

test('[F4] of two messages that got no reply, the second may still be begun after the answer to the first has ended', async () => {
  const world = await start({ replicas: 1 })
  const r1 = world.replica()
  const here = await r1.follow()
  const begin = r1.store.begin.bind(r1.store)
  const late: (() => Promise<unknown>)[] = []
  r1.store.begin = async (request) => {
    late.push(() => begin(request))
    throw new StoreUnavailable('no reply')
  }
  for (const content of ['first', 'second'])
    await expect(r1.send(here.sessionId, content)).rejects.toMatchObject({ code: 'overloaded' })
  world.model.words = 2
  await r1.during(late[0]?.() ?? Promise.reject())
  await world.until('the first is taken up', () => r1.engine.answersRunning() === 1)
  await world.until('and has ended', () => r1.engine.answersRunning() === 0)
  await r1.during(late[1]?.() ?? Promise.reject())
  await world.until('the second is taken up', () => r1.engine.answersRunning() === 1)
  expect(await expectConverged(world, here)).toHaveLength(4)
  expect([...world.membership.listOf(r1.address).keys()]).toEqual([])
})

test('[G6] after a failover, sessions of a node that is silent do not keep those of others from being looked after', async () => {
  const world = await start({ replicas: 1 })
  const r1 = world.replica()
  const ids: string[] = []
  for (let i = 0; i < 60; i++) {
    const { sessionId } = await r1.follow()
    ids.push(sessionId)
    await r1.send(sessionId, 'short')
  }
  await world.until('all have ended', () => r1.engine.answersRunning() === 0)
  await world.clock.advance(3000)
  const silent = new Set(ids.filter((_, i) => i % 2 === 0))
  r1.store.nodeOf = (sessionId) => (silent.has(sessionId) ? 'silent' : 'there')
  const read = new Set<string>()
  const original = r1.store.read.bind(r1.store)
  r1.store.read = async (request) => {
    if (silent.has(request.sessionId)) throw new StoreUnavailable('its shard is away')
    if (request.watch === undefined) read.add(request.sessionId) // not for those who follow it
    return original(request)
  }
  r1.engine.busInterrupted()
  await world.clock.advance(1000)
  expect(read.size).toBe(30)
})

test('[S3] [F2] a running answer whose shard could not be asked to keep it is not taken for another’s', async () => {
  const world = await start({ replicas: 1 })
  const r1 = world.replica()
  const here = await r1.follow()
  world.model.words = 800
  const keep = r1.store.keep.bind(r1.store)
  const kept = vi.fn(async (answers: Parameters<typeof keep>[0]) => answers.map(() => undefined))
  r1.store.keep = kept
  const reads = vi.spyOn(r1.store, 'read')
  await r1.send(here.sessionId, 'long')
  await world.clock.advance(3500)
  expect(kept.mock.calls.length).toBeGreaterThan(2)
  expect(reads).not.toHaveBeenCalled()
  r1.store.keep = keep
  await expectConverged(world, here)
})

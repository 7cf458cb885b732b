import { expect, test } from 'vitest'
import { HeldSessions } from '../../src/store/fallback/held-sessions.ts'
import { MemorySessionStore } from '../../src/store/memory/memory-store.ts'
import { HandClock } from '../support/hand-clock.ts'
import { contents, expectConverged, isWhole, loseRedis, regain, start, talk } from './fallback/outages.ts'
import { ANYBODY } from './fallback/world.ts'

test('[G1] what does not fit into FALLBACK_MAX_BYTES is refused as overloaded, and nothing that was taken is dropped', async () => {
  const world = await start({ maxBytes: 20_000 })
  world.model.words = 2
  const replica = world.replica()
  for (let outage = 0; outage < 3; outage++) {
    const follower = await replica.follow()
    await loseRedis(world, replica)
    for (let isFull = false; !isFull; ) {
      const refusal = await talk(world, follower, 'x'.repeat(300)).catch((error: unknown) => error)
      isFull = refusal !== undefined
      if (isFull) expect(refusal).toMatchObject({ code: 'overloaded', retryable: true })
      expect(replica.store.held.bytes).toBeLessThan(20_000 + 2000) // the end of an answer is always taken
    }
    const taken = follower.messages.length
    expect(taken).toBeGreaterThan(8)
    const look = replica.engine.api.look(ANYBODY, follower.sessionId)
    await expect(replica.during(look), 'reading needs no room').resolves.toBeDefined()
    await expect(replica.during(replica.engine.api.open(ANYBODY, {}, null))).rejects.toMatchObject({
      code: 'overloaded',
    })
    await regain(world, replica)
    expect(await expectConverged(world, follower)).toHaveLength(taken)
  }
})

test('[G1] an answer for which there is no more room waits, unless it can end; nothing of it is lost', async () => {
  const world = await start({ maxBytes: 6000 })
  const [replica, follower] = [world.replica(), await world.replica().follow()]
  world.model.words = 2000
  world.model.everyMs = 2
  await loseRedis(world, replica)
  await replica.send(follower.sessionId, 'long')
  await world.clock.advance(3500)
  const shown = follower.messages.at(-1)
  expect(shown?.status).toBe('streaming')
  await world.clock.advance(300)
  expect(follower.messages.at(-1)).toEqual(shown)
  expect(replica.store.held.bytes).toBeLessThanOrEqual(6000)
  await world.until('it ends', () => isWhole(follower.messages))
  expect(follower.messages.at(-1)?.content).toBe(world.model.answerTo('long'))
  await expect(replica.send(follower.sessionId, 'more')).rejects.toMatchObject({ code: 'overloaded' })
  await regain(world, replica)
  expect(await expectConverged(world, follower)).toHaveLength(2)
})

test('[G1] what a question brings beside its words counts as well; the session that has no room for it is refused alone', async () => {
  const world = await start({ maxBytes: 60_000 })
  world.model.words = 2
  const replica = world.replica()
  const [heavy, light] = [await replica.follow(), await replica.follow()]
  await loseRedis(world, replica)
  await talk(world, light, 'one')
  const { sessionId } = heavy
  const metadata = { page: Array.from({ length: 50 }, (_, i) => ({ [`field ${i}`]: 'x'.repeat(1000) })) }
  const send = replica.engine.api.send(ANYBODY, { sessionId, id: world.newId(), content: 'hi', metadata })
  await expect(replica.during(send)).rejects.toMatchObject({ code: 'overloaded', retryable: true })
  await talk(world, light, 'two')
  await talk(world, heavy, 'the same without')
  await regain(world, replica)
  expect(contents(await expectConverged(world, heavy)).at(0)).toBe('the same without')
  expect(await expectConverged(world, light)).toHaveLength(4)
})

test('[S3] a session whose time runs out while it is held takes no room any more', async () => {
  const world = await start()
  const follower = await world.replica().follow()
  await talk(world, follower, 'one')
  await loseRedis(world, follower.replica)
  await talk(world, follower, 'two')
  const { clock } = world
  await clock.advance(1000)
  Object.defineProperty(clock, 'now', { value: () => Date.UTC(2026, 3, 1) })
  follower.replica.wire.weather = 'fair'
  const { promise, resolve } = Promise.withResolvers<void>()
  follower.replica.store.onBackend(() => resolve())
  Reflect.deleteProperty(clock, 'now')
  await world.until('it is told', () => follower.replica.backend === 'redis', 30_000)
  await promise
  expect(follower.replica.store.held).toEqual({ sessions: 0, bytes: 0 })
})

test('[G1] [S3] what has expired while Redis is away leaves its room to others, but for what is kept of it until then', async () => {
  const clock = new HandClock()
  const held = new HeldSessions(new MemorySessionStore({ ttlSeconds: 60, maxMessages: 100, clock }), 10_000)
  const create = () => held.create({ id: crypto.randomUUID(), userId: null, createdAt: '' }, null, false)
  const fill = async () => {
    for (;;) await create()
  }
  await expect(fill()).rejects.toThrow('full')
  const atFirst = held.sessions.size
  await clock.advance(61_000)
  await create()
  for (let ttl = 0; ttl < 60; ttl++) {
    await expect(fill()).rejects.toThrow('full')
    await clock.advance(61_000)
  }
  expect(held.sessions.size).toBeGreaterThan(atFirst)
  expect(held.sessions.size).toBeLessThan(4 * atFirst)
})

import { expect, onTestFinished, test } from 'vitest'
import { StoreUnavailable } from '../../src/ports/session-store.ts'
import type { Message } from '../../src/protocol/message.ts'
import type { MemorySessionStore } from '../../src/store/memory/memory-store.ts'
import { Latch } from '../support/conditions.ts'
import { ANYBODY, type Follower, type TestReplica, World, type WorldOptions } from './fallback/world.ts'

async function start(options: WorldOptions = {}): Promise<World> {
  const world = await World.start(options)
  onTestFinished(() => world.close())
  return world
}

const contents = (messages: readonly Message[]) => messages.map(({ content }) => content)
const isWhole = (messages: readonly Message[]) => messages.every(({ status }) => status !== 'streaming')

/** Sends and waits for the end of the answer. */
async function talk(world: World, { replica, sessionId }: Follower, content: string): Promise<void> {
  const { answer } = await replica.send(sessionId, content)
  const follower = replica.followers.find((one) => one.sessionId === sessionId)
  await world.until(
    'the answer ends',
    () => isWhole(follower?.messages.filter(({ id }) => id === answer.id) ?? []) === (follower !== undefined),
  )
}

async function loseRedis(world: World, ...replicas: TestReplica[]): Promise<void> {
  for (const { wire } of replicas) wire.weather = 'refusing'
  await world.until('it is told', () => replicas.every(({ backend }) => backend === 'memory'))
}

/** Resolves once everything that was held is written. */
async function regain(world: World, ...replicas: TestReplica[]): Promise<void> {
  for (const { wire } of replicas) wire.weather = 'fair'
  await world.until('it is told', () => replicas.every(({ backend }) => backend === 'redis'), 60_000)
  for (const { store } of replicas) expect(store.held).toEqual({ sessions: 0, bytes: 0 })
}

/** Fails where a follower does not hold exactly what is stored. */
async function expectConverged(world: World, ...followers: Follower[]): Promise<readonly Message[]> {
  const [first] = followers
  const stored = () => world.stored(first?.sessionId ?? '')
  await world.until('all answers end', () => isWhole(stored()), 30_000)
  await world.clock.advance(2500)
  for (const follower of followers) {
    expect(follower.messages).toEqual(stored())
    expect(follower.violations).toEqual([])
  }
  expect(stored().map(({ seq }) => seq)).toEqual(stored().map((_, i) => i + 1))
  return stored()
}

interface HeldUp {
  readonly latch: Latch
  reached: boolean
}

/** The store's calls of that name for the session wait for a latch. */
function holdUp<Name extends 'create' | 'open'>(
  sessionId: string,
  idOf: (request: Parameters<MemorySessionStore[Name]>[0]) => string,
  store: MemorySessionStore,
  name: Name,
): HeldUp {
  const held: HeldUp = { latch: new Latch(), reached: false }
  const call = store[name].bind(store) as (...args: unknown[]) => Promise<unknown>
  const waiting = async (request: Parameters<MemorySessionStore[Name]>[0], ...more: unknown[]): Promise<unknown> => {
    if (idOf(request) === sessionId) {
      held.reached = true
      await held.latch.opened
    }
    return call(request, ...more)
  }
  Object.assign(store, { [name]: waiting })
  return held
}

test('[G1] [G2] an outage in the middle of an answer: it streams on, and all is written once the store is back', async () => {
  const world = await start()
  const replica = world.replica()
  const client = await replica.follow()
  const { sessionId } = client
  expect(await replica.send(sessionId, 'one')).toMatchObject({ persisted: true, backend: 'redis' })
  await world.clock.advance(150)
  await loseRedis(world, replica)
  await world.until('it ends', () => client.messages.at(-1)?.status === 'complete')
  expect(client.messages.at(-1)?.content).toBe(world.model.answerTo('one'))
  expect(await replica.send(sessionId, 'two')).toMatchObject({ persisted: false, backend: 'memory' })
  await world.clock.advance(100)
  await regain(world, replica)
  const stored = await expectConverged(world, client)
  expect(contents(stored)).toEqual(['one', world.model.answerTo('one'), 'two', world.model.answerTo('two')])
  expect(client.gaps).toBe(0)
  expect(await replica.send(sessionId, 'three')).toMatchObject({ persisted: true, message: { seq: 5 } })
})

test('[D1] [G1] in the doubtful second nothing is shown; `backend` comes before what is not stored', async () => {
  const world = await start()
  const replica = world.replica()
  const client = await replica.follow()
  await replica.send(client.sessionId, 'one')
  await world.clock.advance(150)
  replica.wire.weather = 'refusing'
  const shown = client.messages.at(-1)?.content
  await world.clock.advance(900)
  expect(client.messages.at(-1)?.content).toBe(shown)
  expect(replica.told).toEqual([])
  await world.until('it streams on', () => client.messages.at(-1)?.content !== shown)
  expect(replica.told).toEqual(['memory'])
})

test('[D1] [G1] an outage of less than a second is none: nothing is told, nothing is served from memory', async () => {
  const world = await start()
  const replica = world.replica()
  const client = await replica.follow()
  await replica.send(client.sessionId, 'one')
  await world.clock.advance(100)
  replica.wire.weather = 'refusing'
  const opening = replica.engine.api.open(ANYBODY, {}, null)
  const refusal = expect(opening).rejects.toMatchObject({ code: 'overloaded', retryable: true })
  await world.clock.advance(700)
  replica.wire.weather = 'fair'
  await world.clock.advance(200)
  await refusal
  await expectConverged(world, client)
  expect(replica.told).toEqual([])
})

for (const weather of ['refusing', 'hanging'] as const) {
  test(`[G1] while the store is ${weather} every call is answered within 6 s, for a session that is known and for one that is not`, async () => {
    const world = await start()
    const [replica, follower] = [world.replica(), await world.replica().follow()]
    await talk(world, follower, 'one')
    const { sessionId, messages } = follower
    const [, answer] = messages
    const stranger = crypto.randomUUID()
    const { api } = replica.engine
    replica.wire.weather = weather
    const calls = (id: string): Record<string, () => Promise<unknown>> => ({
      open: () => api.open(ANYBODY, { sessionId: id }, null),
      history: () => api.history(ANYBODY, { sessionId: id }),
      extend: () => api.extend(ANYBODY, id),
      look: () => api.look(ANYBODY, id),
      stats: () => api.stats(ANYBODY, id),
      stop: () => api.stop(ANYBODY, { sessionId: id, messageId: answer?.id ?? '' }),
      send: () => api.send(ANYBODY, { sessionId: id, id: crypto.randomUUID(), content: 'more' }),
      regenerate: () => api.regenerate(ANYBODY, { sessionId: id, messageId: answer?.id ?? '' }),
      clear: () => api.clear(ANYBODY, id),
    })
    for (const [name, call] of Object.entries(calls(stranger)))
      await expect(replica.during(call()), name).rejects.toMatchObject({ code: 'overloaded', retryable: true })
    const { send: _, regenerate, clear, ...harmless } = calls(sessionId)
    for (const [name, call] of Object.entries(harmless))
      await expect(replica.during(call()), name).resolves.toBeDefined()
    await expect(replica.during(regenerate?.() ?? Promise.resolve())).resolves.toMatchObject({ attempt: 2 })
    await expect(replica.during(clear?.() ?? Promise.resolve())).rejects.toMatchObject({ code: 'overloaded' })
    await expect(replica.during(api.open(ANYBODY, {}, null))).resolves.toMatchObject({ backend: 'memory' })
    await expect(replica.during(api.list(ANYBODY, 'ann'))).rejects.toMatchObject({ code: 'overloaded' })
    await regain(world, replica)
    await expectConverged(world, follower)
  })
}

test('[G1] what does not fit into FALLBACK_MAX_BYTES is refused as overloaded, and nothing that was taken is dropped', async () => {
  const world = await start({ maxBytes: 12_000 })
  world.model.words = 2
  const replica = world.replica()
  for (let outage = 0; outage < 3; outage++) {
    const follower = await replica.follow()
    await loseRedis(world, replica)
    for (let isFull = false; !isFull; ) {
      const refusal = await talk(world, follower, 'x'.repeat(300)).catch((error: unknown) => error)
      isFull = refusal !== undefined
      if (isFull) expect(refusal).toMatchObject({ code: 'overloaded', retryable: true })
      expect(replica.store.held.bytes).toBeLessThan(12_000 + 700) // the end of an answer is always taken
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

test('[G2] [G5] meanwhile the session grew elsewhere: what was held comes after that, under new numbers, once', async () => {
  const world = await start({ replicas: 2 })
  const [r1, r2] = [world.replica(0), world.replica(1)]
  const here = await r1.follow()
  const there = await r2.follow(here.sessionId)
  await talk(world, here, 'both')
  await loseRedis(world, r1)
  await talk(world, here, 'held')
  await talk(world, there, 'stored')
  expect(here.messages.map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
  await regain(world, r1)
  const stored = await expectConverged(world, here, there)
  expect(contents(stored.filter(({ role }) => role === 'user'))).toEqual(['both', 'stored', 'held'])
})

test('[G2] an answer that another replica streams is waited for', async () => {
  const world = await start({ replicas: 2 })
  const [r1, r2] = [world.replica(0), world.replica(1)]
  const here = await r1.follow()
  const there = await r2.follow(here.sessionId)
  await loseRedis(world, r1)
  await talk(world, here, 'held')
  world.model.words = 200
  await r2.send(there.sessionId, 'long')
  r1.wire.weather = 'fair'
  await world.clock.advance(1500)
  expect(r1.backend, 'not all is written').toBe('memory')
  await regain(world, r1)
  const stored = await expectConverged(world, here, there)
  expect(contents(stored)).toEqual([
    'long',
    world.model.answerTo('long'),
    'held',
    world.model.answerTo('held').split(' ').slice(0, 20).join(' '),
  ])
})

test('[F4] [G2] one whose owner dies meanwhile is not waited for without end', async () => {
  const world = await start({ replicas: 2 })
  const [r1, r2] = [world.replica(0), world.replica(1)]
  const here = await r1.follow()
  await loseRedis(world, r1)
  await talk(world, here, 'held')
  const there = await r2.follow(here.sessionId)
  world.model.words = 10_000
  await r2.send(there.sessionId, 'endless')
  await world.clock.advance(500)
  r1.wire.weather = 'fair'
  r2.wire.weather = 'refusing' // for ever
  await world.until('all is written', () => r1.backend === 'redis', 30_000)
  const stored = await expectConverged(world, here)
  expect(stored[1]).toMatchObject({ status: 'error', metadata: { error: { code: 'interrupted' } } })
  expect(contents(stored.filter(({ role }) => role === 'user'))).toEqual(['endless', 'held'])
})

/** r1 produces an answer, alone loses the store, and r2 has taken the answer over. */
async function takeOver(world: World): Promise<{ here: Follower; there: Follower }> {
  const [r1, r2] = [world.replica(0), world.replica(1)]
  world.model.words = 150
  const here = await r1.follow()
  const there = await r2.follow(here.sessionId)
  await r1.send(here.sessionId, 'one')
  await world.clock.advance(300)
  await loseRedis(world, r1)
  await world.until('r2 has it', () => world.shared.peek(here.sessionId)?.running?.owner === r2.address)
  return { here, there }
}

for (const fails of [false, true]) {
  test(`[G4] gone on with in other words: the attempt is raised once, its content unchanged${fails ? ', also where the replies are lost' : ''}`, async () => {
    const world = await start({ replicas: 2 })
    world.model.diverges = true
    const { here, there } = await takeOver(world)
    const before = there.messages.at(-1)?.content ?? ''
    let lost = fails ? 3 : 0
    here.replica.wire.fate = (name) => (name === 'raise' && lost-- > 0 ? 'lost' : 'done')
    await regain(world, here.replica)
    const stored = await expectConverged(world, here, there)
    expect(stored).toHaveLength(2)
    expect(stored[1]).toMatchObject({ attempt: 2, status: 'complete', metadata: { replicas: ['r1', 'r2'] } })
    expect(stored[1]?.content.startsWith(before)).toBe(true)
    expect(stored[1]?.content.toLowerCase()).toBe(world.model.answerTo('one'))
  })
}

test('[G4] gone on with where it stopped here: no attempt is raised', async () => {
  const world = await start({ replicas: 2 })
  const { here, there } = await takeOver(world)
  world.replica(0).wire.weather = 'fair'
  await world.until('r2 ends it', () => isWhole(world.stored(here.sessionId)), 30_000)
  const stored = await expectConverged(world, here, there)
  expect(stored[1]?.content).toBe(world.model.answerTo('one'))
})

test('[G2] a store that lost everything gets what was held back, with all that this replica knew of it', async () => {
  const world = await start()
  const [replica, follower] = [world.replica(), await world.replica().follow()]
  for (const content of ['one', 'two']) await talk(world, follower, content)
  await replica.send(follower.sessionId, 'three')
  await world.clock.advance(100)
  await loseRedis(world, replica)
  world.loseEverything()
  await world.until('it ends', () => isWhole(follower.messages))
  await talk(world, follower, 'four')
  await regain(world, replica)
  const stored = await expectConverged(world, follower)
  expect(contents(stored.filter(({ role }) => role === 'user'))).toEqual(['one', 'two', 'three', 'four'])
})

test('[G2] a write-back that fails half-way, again and again, is finished in the end, and nothing is there twice', async () => {
  const world = await start()
  const [replica, follower] = [world.replica(), await world.replica().follow()]
  await talk(world, follower, 'known')
  await loseRedis(world, replica)
  world.loseEverything()
  for (const content of ['one', 'two', 'three']) await talk(world, follower, content)
  let calls = 0
  replica.wire.fate = (name) => {
    if (name === 'renew' || calls > 400) return 'done'
    return ++calls % 3 === 0 ? (calls % 2 === 0 ? 'lost' : 'refused') : 'done'
  }
  await regain(world, replica)
  const stored = await expectConverged(world, follower)
  expect(contents(stored.filter(({ role }) => role === 'user'))).toEqual(['known', 'one', 'two', 'three'])
})

test('[S3] a session that was cleared elsewhere meanwhile and got nothing new here stays cleared', async () => {
  const world = await start({ replicas: 2 })
  const here = await world.replica(0).follow()
  await talk(world, here, 'secret')
  await loseRedis(world, here.replica)
  await here.replica.during(here.open(here.sessionId))
  await world.replica(1).during(world.replica(1).engine.api.clear(ANYBODY, here.sessionId))
  await regain(world, here.replica)
  expect(world.shared.peek(here.sessionId)).toBeNull()
  await world.until('its follower is let go', () => here.isOver)
})

test('[D1] [G2] text that waits for one session’s release does not slip into another that is being released by then', async () => {
  const world = await start()
  const [replica, more, end] = [world.replica(), new Latch(), new Latch()]
  world.model.generate = async (_, sink) => {
    await sink.text('one ')
    await more.opened
    await sink.text('two')
    await end.opened
    return { finishReason: 'stop' }
  }
  await loseRedis(world, replica)
  const ask = async (): Promise<string> => {
    const { session } = await replica.during(replica.engine.api.open(ANYBODY, {}, null))
    await replica.send(session.id, 'question')
    return session.id
  }
  const [first, second] = [await ask(), await ask()]
  const { shared } = world
  const create = holdUp(first, ({ id }: Parameters<typeof shared.create>[0]) => id, shared, 'create')
  const [release, otherRelease] = [first, second].map((id) =>
    holdUp(id, ({ sessionId }: Parameters<typeof shared.open>[0]) => sessionId, shared, 'open'),
  ) as [HeldUp, HeldUp]

  replica.wire.weather = 'fair'
  await world.until('one is being released', () => otherRelease.reached)
  more.open() // the writer has text for both, and waits
  await world.clock.advance(10)
  create.latch.open()
  await world.until('so is the other', () => release.reached)
  otherRelease.latch.open()
  await world.clock.advance(10)
  release.latch.open()
  await world.until('all is written back', () => replica.backend === 'redis')
  await world.clock.advance(10)
  for (const id of [first, second]) expect(contents(world.stored(id))).toEqual(['question', 'one two'])
  end.open()
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

test('[M1] [G1] nothing of the store itself escapes: what it cannot answer is StoreUnavailable', async () => {
  const world = await start()
  const { store } = world.replica()
  await loseRedis(world, world.replica())
  const id = crypto.randomUUID()
  const calls: (() => Promise<unknown>)[] = [
    () => store.read(id, 0),
    () => store.page(id, 1, 1),
    () => store.extend(id),
    () => store.append([{ sessionId: id, epoch: 1, storedBytes: 0, text: 'x', bookmark: null }]),
    () => store.keep([{ sessionId: id, epoch: 1 }]),
    () => store.remaining([id]),
    () => store.sessionsOf('ann'),
    () => store.clear(id),
    () => store.unwatch(id, { watcher: 'r1.a', id: 1 }),
  ]
  for (const call of calls) await expect(world.replica().during(call())).rejects.toBeInstanceOf(StoreUnavailable)
})

import { expect, test } from 'vitest'
import type { MemorySessionStore } from '../../src/store/memory/memory-store.ts'
import { Latch } from '../support/conditions.ts'
import { contents, expectConverged, isWhole, loseRedis, regain, start, talk } from './fallback/outages.ts'
import { ANYBODY } from './fallback/world.ts'

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

import { expect, test } from 'vitest'
import type { SessionSync } from '../../src/protocol/events.ts'
import { Latch } from '../support/conditions.ts'
import { contents, expectConverged, isWhole, loseRedis, regain, start, talk } from './fallback/outages.ts'
import { ANYBODY, type World } from './fallback/world.ts'

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

/** Has sessions come back only once `returning` opens, and counts the calls for it. */
function holdReturns({ shared }: World, returning: Latch): { readonly calls: number } {
  const reconcile = shared.reconcile.bind(shared)
  const held = { calls: 0 }
  shared.reconcile = async (request) => {
    held.calls++
    await returning.opened
    return reconcile(request)
  }
  return held
}

test('[D1] [G2] text that comes while its session returns is stored after what was brought, once', async () => {
  const world = await start()
  const [replica, more, end, returning] = [world.replica(), new Latch(), new Latch(), new Latch()]
  world.model.generate = async (_, sink) => {
    await sink.text('one ')
    await more.opened
    await sink.text('two')
    await end.opened
    return { finishReason: 'stop' }
  }
  await loseRedis(world, replica)
  const followers = [await replica.follow(), await replica.follow()]
  for (const { sessionId } of followers) await replica.send(sessionId, 'question')
  const held = holdReturns(world, returning)
  replica.wire.weather = 'fair'
  await world.until('both return', () => held.calls === 2)
  more.open()
  await world.until('it is shown', () => followers.every(({ messages }) => messages.at(-1)?.content === 'one two'))
  returning.open()
  await world.until('all is written back', () => replica.backend === 'redis')
  await world.clock.advance(10)
  for (const { sessionId } of followers) expect(contents(world.stored(sessionId))).toEqual(['question', 'one two'])
  end.open()
  for (const follower of followers) await expectConverged(world, follower)
  expect(held.calls).toBe(2)
})

test('[G2] a message that is sent while its session returns is stored after what was held, and reading waits for nothing', async () => {
  const world = await start()
  const [replica, returning] = [world.replica(), new Latch()]
  await loseRedis(world, replica)
  const follower = await replica.follow()
  const { sessionId } = follower
  await talk(world, follower, 'held')
  const held = holdReturns(world, returning)
  replica.wire.weather = 'fair'
  await world.until('it returns', () => held.calls === 1)
  const sent = replica.send(sessionId, 'next')
  await world.clock.advance(100)
  const page = await replica.during(replica.engine.api.history(ANYBODY, { sessionId }))
  expect(contents(page.messages)).toEqual(['held', world.model.answerTo('held')])
  returning.open()
  expect(await sent).toMatchObject({ persisted: true, message: { seq: 3 } })
  expect(contents(await expectConverged(world, follower))).toEqual(
    ['held', 'next'].flatMap((question) => [question, world.model.answerTo(question)]),
  )
  expect(held.calls).toBe(1)
})

test('[G1] a message waits a second for its session’s return, and then it is taken in memory', async () => {
  const world = await start()
  const [replica, returning] = [world.replica(), new Latch()]
  await loseRedis(world, replica)
  const follower = await replica.follow()
  await talk(world, follower, 'held')
  const reconcile = world.shared.reconcile.bind(world.shared)
  let calls = 0
  world.shared.reconcile = async (request) => {
    if (calls++ === 0) await returning.opened // and the wire, too, waits for two seconds
    return reconcile(request)
  }
  replica.wire.weather = 'fair'
  await world.until('it returns', () => calls === 1)
  const sentAt = world.clock.now()
  expect(await replica.send(follower.sessionId, 'next')).toMatchObject({ persisted: false, message: { seq: 3 } })
  expect(world.clock.now() - sentAt).toBeLessThan(1500)
  returning.open()
  expect(contents(await expectConverged(world, follower))).toEqual(
    ['held', 'next'].flatMap((question) => [question, world.model.answerTo(question)]),
  )
})

test('[G2] a return whose reply takes longer than a second is waited for by the next try', async () => {
  const world = await start()
  const replica = world.replica()
  await loseRedis(world, replica)
  const follower = await replica.follow()
  await talk(world, follower, 'held')
  const reconcile = world.shared.reconcile.bind(world.shared)
  world.shared.reconcile = async (request) => {
    const reply = await reconcile(request)
    await new Promise<void>((resolve) => world.clock.after(1500, resolve))
    return reply
  }
  replica.wire.weather = 'fair'
  await world.until('all is written', () => replica.backend === 'redis', 20_000)
  expect(contents(await expectConverged(world, follower))).toEqual(['held', world.model.answerTo('held')])
})

test('[G2] a session that a fault gives up is let go of before a message that waits is taken into it', async () => {
  const world = await start()
  const [replica, returning] = [world.replica(), new Latch()]
  await loseRedis(world, replica)
  const follower = await replica.follow()
  await talk(world, follower, 'held')
  let calls = 0
  world.shared.reconcile = async () => {
    calls++
    await returning.opened
    throw new TypeError('a fault')
  }
  replica.wire.weather = 'fair'
  await world.until('it returns', () => calls === 1)
  const sent = replica.send(follower.sessionId, 'next')
  await world.clock.advance(100)
  returning.open()
  await expect(sent).rejects.toMatchObject({ code: 'overloaded' })
  expect(replica.store.held).toEqual({ sessions: 0, bytes: 0 })
})

test('[S6] [G2] a session that was made meanwhile is in its user’s list, and counted, while it returns', async () => {
  const world = await start()
  const [replica, returning] = [world.replica(), new Latch()]
  const created = '2026-11-28T00:00:00.000Z'
  await world.shared.create({ id: crypto.randomUUID(), userId: 'ann', createdAt: created }, null)
  await loseRedis(world, replica)
  const made = { id: crypto.randomUUID(), userId: 'ann', createdAt: created }
  await replica.during(replica.store.create(made, null))
  const held = holdReturns(world, returning)
  replica.wire.weather = 'fair'
  await world.until('it returns', () => held.calls === 1)
  const list = () => replica.store.sessionsOf('ann', { before: null, limit: 10 })
  expect(await replica.during(list())).toMatchObject({ total: 2, sessions: [{}, {}] })
  returning.open()
  await world.until('all is written back', () => replica.backend === 'redis')
  expect(await replica.during(list())).toMatchObject({ total: 2, sessions: [{}, {}] })
})

test('[G4] [M5] an attempt that was asked for after a return whose reply was lost is brought back, too', async () => {
  const world = await start()
  const r1 = world.replica(0)
  const here = await r1.follow()
  const { sessionId } = here
  await talk(world, here, 'before')
  await loseRedis(world, r1)
  await talk(world, here, 'held')
  // Redis is back just long enough to take what was held; the reply is lost, and it is away again.
  r1.wire.fate = (name) => {
    if (name !== 'reconcile') return 'done'
    world.clock.after(0, () => {
      r1.wire.weather = 'refusing'
    })
    return 'lost'
  }
  r1.wire.weather = 'fair'
  await world.until('it is taken', () => world.stored(sessionId).length === 4)
  await world.clock.advance(2000)
  r1.wire.fate = () => 'done'
  expect(r1.backend).toBe('memory')
  const messageId = here.messages.at(-1)?.id ?? ''
  const again = await r1.during(r1.engine.api.regenerate(ANYBODY, { sessionId, messageId }))
  expect(again).toMatchObject({ persisted: false, answer: { attempt: 2 } })
  await world.until('it ends', () => here.messages.at(-1)?.status === 'complete' && here.messages.at(-1)?.attempt === 2)
  await regain(world, r1)
  const stored = await expectConverged(world, here)
  expect(stored.at(-1)).toMatchObject({ attempt: 2, status: 'complete' })
})

test('[G4] a session that went on in memory is given anew from where that began, and not whole', async () => {
  const world = await start()
  const r1 = world.replica()
  const here = await r1.follow()
  for (const content of ['1', '2', '3', '4', '5', '6']) await talk(world, here, content)
  await world.clock.advance(3000)
  const afters: number[] = []
  const sync = here.sync.bind(here)
  here.sync = (event: SessionSync) => {
    afters.push(event.after)
    sync(event)
  }
  await loseRedis(world, r1)
  await talk(world, here, 'held')
  await regain(world, r1)
  await expectConverged(world, here)
  expect(afters).toEqual([11]) // is [0]
})

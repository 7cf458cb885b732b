import { expect, test } from 'vitest'
import { StoreUnavailable } from '../../src/ports/session-store.ts'
import { Latch } from '../support/conditions.ts'
import { expectConverged, loseRedis, regain, start, talk } from './fallback/outages.ts'
import { ANYBODY } from './fallback/world.ts'

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
    await expect(replica.during(regenerate?.() ?? Promise.resolve())).resolves.toMatchObject({ answer: { attempt: 2 } })
    await expect(replica.during(clear?.() ?? Promise.resolve())).rejects.toMatchObject({ code: 'overloaded' })
    await expect(replica.during(api.open(ANYBODY, {}, null))).resolves.toMatchObject({ backend: 'memory' })
    await expect(replica.during(api.list(ANYBODY, 'ann', { before: null, limit: 10 }))).rejects.toMatchObject({
      code: 'overloaded',
    })
    await regain(world, replica)
    await expectConverged(world, follower)
  })
}

test('[E] [G1] a replica that knows only the newest messages says where they begin, and refuses what is older', async () => {
  const world = await start({ replicas: 2 })
  const [writer, alone] = [await world.replica().follow(), world.replica(1)]
  for (let i = 0; i < 13; i++) await talk(world, writer, `question ${i}`)
  const { sessionId } = writer
  const { api } = alone.engine
  await alone.during(api.open(ANYBODY, { sessionId, after: 24 }, null)) // takes the newest into its memory
  await loseRedis(world, alone)
  const opened = await alone.during(api.open(ANYBODY, { sessionId }, null))
  const [first] = opened.messages
  expect(first?.seq).toBeGreaterThan(1)
  expect(opened).toMatchObject({ after: (first?.seq ?? 0) - 1, session: { messageCount: 26 }, backend: 'memory' })
  const older = { sessionId, before: first?.seq ?? 0 }
  await expect(alone.during(api.history(ANYBODY, older))).rejects.toMatchObject({ code: 'overloaded', retryable: true })
  const oldest = { sessionId, messageId: writer.messages[1]?.id ?? '' }
  await expect(alone.during(api.stop(ANYBODY, oldest))).rejects.toMatchObject({ code: 'overloaded' })
  await expect(alone.during(api.regenerate(ANYBODY, oldest))).rejects.toMatchObject({ code: 'overloaded' })
  const page = await alone.during(api.history(ANYBODY, { sessionId }))
  expect([page.messages.length, page.hasMore]).toEqual([opened.messages.length, true])
  await regain(world, alone)
  expect((await alone.during(api.history(ANYBODY, older))).messages[0]?.seq).toBe(1)
})

test('[M1] [G1] nothing of the store itself escapes: what it cannot answer is StoreUnavailable', async () => {
  const world = await start()
  const { store } = world.replica()
  await loseRedis(world, world.replica())
  const id = crypto.randomUUID()
  const calls: (() => Promise<unknown>)[] = [
    () => store.read({ sessionId: id, after: 0 }),
    () => store.page({ sessionId: id, before: 1, limit: 1, bytes: 1e6 }),
    () => store.extend(id),
    () => store.keep([{ sessionId: id, epoch: 1 }]),
    () => store.remaining([id]),
    () => store.sessionsOf('ann', { before: null, limit: 10 }),
    () => store.clear(id),
    () => store.unwatch(id, { watcher: 'r1.a', id: 1 }),
  ]
  for (const call of calls) await expect(world.replica().during(call())).rejects.toBeInstanceOf(StoreUnavailable)
})

test('[G1] an append to a session that is not in memory is put off alone: the others are answered', async () => {
  const world = await start()
  const replica = world.replica()
  const { sessionId } = await replica.follow()
  await loseRedis(world, replica)
  const item = { epoch: 1, messageId: null, storedBytes: 0, text: 'x', bookmark: null }
  const appended = replica.store.append([
    { ...item, sessionId: crypto.randomUUID() },
    { ...item, sessionId },
  ])
  expect(await replica.during(appended)).toEqual(['later', 'fenced'])
})

test('[M2] [M3] a message that Redis may have got is not refused because another one was taken meanwhile: its repeat is acknowledged once', async () => {
  const world = await start()
  const replica = world.replica()
  const client = await replica.follow()
  const { sessionId } = client
  await talk(world, client, 'one')
  const unanswered = crypto.randomUUID()
  const send = (id: string) => replica.engine.api.send(ANYBODY, { sessionId, id, content: 'two' })
  const { shared } = world
  const carriedOut = new Latch()
  const begin = shared.begin.bind(shared)
  shared.begin = (request) => carriedOut.opened.then(() => begin(request))
  const first = send(unanswered)
  const refused = expect(first).rejects.toMatchObject({ code: 'overloaded', retryable: true })
  await world.clock.advance(10)
  replica.wire.fate = () => 'refused'
  await world.until('Redis is away', () => replica.told.includes('memory'))
  await replica.during(send(crypto.randomUUID()))
  carriedOut.open()
  await world.clock.advance(10)
  await refused
  await expect(replica.during(send(unanswered))).rejects.toMatchObject({ code: 'overloaded' })
  await expect(replica.during(send(crypto.randomUUID()))).rejects.toMatchObject({ code: 'answer_in_progress' })
  replica.wire.fate = () => 'done'
  await regain(world, replica)
  await expectConverged(world, client)
  expect((await replica.during(send(unanswered))).message.id).toBe(unanswered)
  expect(world.stored(sessionId).filter(({ id }) => id === unanswered)).toHaveLength(1)
})

test('[M1] [H] an answer that was begun in Redis and has ended in memory is not called persisted', async () => {
  const world = await start()
  const replica = world.replica()
  const here = await replica.follow()
  const { answer, ...sent } = await replica.send(here.sessionId, 'one')
  expect(sent).toMatchObject({ persisted: true, backend: 'redis' })
  const ended = replica.engine.api.answerOf(ANYBODY, here.sessionId, answer.id, AbortSignal.timeout(60_000))
  await loseRedis(world, replica)
  expect(await replica.during(ended)).toMatchObject({
    message: { status: 'complete' },
    persisted: false,
    backend: 'memory',
  })
})

test('[G1] [D7] a session that cannot be cleared now keeps its answer', async () => {
  const world = await start()
  const replica = world.replica()
  const here = await replica.follow()
  world.model.words = 200
  await replica.send(here.sessionId, 'one')
  await loseRedis(world, replica)
  await expect(replica.during(replica.engine.api.clear(ANYBODY, here.sessionId))).rejects.toMatchObject({
    code: 'overloaded',
    retryable: true,
  })
  await regain(world, replica)
  const stored = await expectConverged(world, here)
  expect(stored.at(-1)).toMatchObject({ status: 'complete', content: world.model.answerTo('one') })
})

test('[G1] a session that another replica holds still is refused for a while after the return of Redis, not answered with a new one', async () => {
  const world = await start({ replicas: 2 })
  const [r1, r2] = [world.replica(0), world.replica(1)]
  await loseRedis(world, r1, r2)
  const here = await r1.follow()
  await talk(world, here, 'held')
  await regain(world, r2)
  const { sessionId } = here
  const refused = { code: 'overloaded', retryable: true }
  const open = () => r2.during(r2.engine.api.open(ANYBODY, { sessionId }, null))
  await expect(open()).rejects.toMatchObject(refused)
  await expect(r2.send(sessionId, 'here')).rejects.toMatchObject(refused)
  const latest = r2.engine.api.open(ANYBODY, { resume: 'latest', userId: 'ada' }, null)
  await expect(r2.during(latest)).rejects.toMatchObject(refused)
  await expect(r2.during(r2.engine.api.look(ANYBODY, sessionId))).rejects.toMatchObject(refused)
  await regain(world, r1)
  expect(await open()).toMatchObject({ resumed: true, session: { id: sessionId } })

  const unknown = world.newId()
  const stop = () => r2.during(r2.engine.api.stop(ANYBODY, { sessionId, messageId: unknown }))
  await expect(stop()).rejects.toMatchObject(refused)
  await world.clock.advance(3000)
  await expect(stop()).rejects.toMatchObject({ code: 'message_not_found' })
  const made = await r2.during(r2.engine.api.open(ANYBODY, { sessionId: unknown }, null))
  expect(made.resumed).toBe(false)
})

test('[X6] [G6] what another replica may be about to bring back is not cleared: just after an outage a user’s older sessions stay', async () => {
  const world = await start()
  const r1 = world.replica(0)
  const user = { ...ANYBODY, user: 'u' }
  for (let i = 0; i < 2; i++) await r1.during(r1.engine.api.open(user, {}, null))
  await loseRedis(world, r1)
  await regain(world, r1)
  const trim = () => r1.during(r1.store.trimSessionsOf('u', 1, ''))
  expect(await trim()).toEqual([])
  await world.clock.advance(3000)
  expect(await trim()).toHaveLength(1)
})

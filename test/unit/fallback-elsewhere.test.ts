import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { contents, expectConverged, isWhole, loseRedis, regain, start, talk } from './fallback/outages.ts'
import { ANYBODY, type Follower, type World } from './fallback/world.ts'

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

test('[G2] [G6] what was held is stored at once, also while another replica streams an answer', async () => {
  const world = await start({ replicas: 2 })
  const [r1, r2] = [world.replica(0), world.replica(1)]
  const here = await r1.follow()
  const there = await r2.follow(here.sessionId)
  await loseRedis(world, r1)
  await talk(world, here, 'held')
  world.model.words = 200
  await r2.send(there.sessionId, 'long')
  await regain(world, r1)
  expect(world.shared.peek(here.sessionId)?.running, 'it streams still').not.toBeNull()
  const stored = await expectConverged(world, here, there)
  expect(contents(stored)).toEqual([
    'long',
    world.model.answerTo('long'),
    'held',
    world.model.answerTo('held').split(' ').slice(0, 20).join(' '),
  ])
})

test('[G1] of a session whose first messages came from elsewhere, too, nobody can say that it lacks a message', async () => {
  const world = await start({ replicas: 2 })
  const [r1, r2] = [world.replica(0), world.replica(1)]
  const here = await r1.follow()
  const there = await r2.follow(here.sessionId)
  await talk(world, there, 'heard')
  await loseRedis(world, r1)
  const { answer } = await r2.send(there.sessionId, 'unheard')
  await world.clock.advance(500)
  const stop = r1.during(r1.engine.api.stop(ANYBODY, { sessionId: here.sessionId, messageId: answer.id }))
  await expect(stop).rejects.toMatchObject({ code: 'overloaded' })
  r1.wire.weather = 'fair'
  await expectConverged(world, here, there)
})

test('[E] [G6] what was cleared elsewhere is not brought back, and who followed it here is told', async () => {
  const world = await start({ replicas: 2 })
  const [r1, r2] = [world.replica(0), world.replica(1)]
  const here = await r1.follow()
  await talk(world, here, 'stored')
  await loseRedis(world, r1)
  await talk(world, here, 'held')
  await r2.during(r2.engine.api.clear(ANYBODY, here.sessionId))
  r1.wire.weather = 'fair'
  await world.until('it is over here', () => here.isOver, 10_000)
  expect(world.shared.peek(here.sessionId)).toBeNull()
  expect(r1.store.held).toEqual({ sessions: 0, bytes: 0 })
})

for (const lives of [true, false]) {
  test(`[F4] [G6] two answers at once: all hold the same within 5 s, though that of a ${lives ? 'living' : 'dead'} replica runs on`, async () => {
    const world = await start({ replicas: 2 })
    const [r1, r2] = [world.replica(0), world.replica(1)]
    const here = await r1.follow()
    const there = await r2.follow(here.sessionId)
    await loseRedis(world, r1)
    world.model.words = 800
    await r1.send(here.sessionId, 'held')
    await r2.send(there.sessionId, 'long')
    await world.clock.advance(500)
    r1.wire.weather = 'fair'
    if (!lives) r2.wire.weather = 'refusing' // for ever
    const followers = lives ? [here, there] : [here]
    const hold = ({ messages }: Follower) => isDeepStrictEqual(messages, world.stored(here.sessionId))
    await world.until('all is written and told', () => r1.backend === 'redis' && followers.every(hold), 5000)
    expect(world.shared.peek(here.sessionId)?.running, 'it streams still').not.toBeNull()
    const stored = await expectConverged(world, ...followers)
    expect(contents(stored.slice(0, 3))).toEqual(['long', world.model.answerTo('long'), 'held'])
    expect(stored[3]).toMatchObject({ status: 'error', metadata: { error: { code: 'interrupted', retryable: true } } })
    expect(stored[3]?.content).not.toBe('')
    expect(world.model.answerTo('held').startsWith(stored[3]?.content ?? '')).toBe(true)
  })
}

test('[G2] two answers at once: where the other one ends soon, both become whole', async () => {
  const world = await start({ replicas: 2 })
  const [r1, r2] = [world.replica(0), world.replica(1)]
  const here = await r1.follow()
  const there = await r2.follow(here.sessionId)
  await loseRedis(world, r1)
  world.model.words = 200
  await r1.send(here.sessionId, 'held')
  world.model.words = 50
  await r2.send(there.sessionId, 'long')
  r1.wire.weather = 'fair'
  await world.until('all is written', () => r1.backend === 'redis', 5000)
  const stored = await expectConverged(world, here, there)
  expect(stored.map(({ status }) => status)).toEqual(['complete', 'complete', 'complete', 'complete'])
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
  test(`[G4] gone on with in other words: what Redis holds stands, and the followers here are given it${fails ? ', also where the replies are lost' : ''}`, async () => {
    const world = await start({ replicas: 2 })
    world.model.diverges = true
    const { here, there } = await takeOver(world)
    const before = there.messages.at(-1)?.content ?? ''
    let lost = fails ? 3 : 0
    here.replica.wire.fate = (name) => (name === 'reconcile' && lost-- > 0 ? 'lost' : 'done')
    await regain(world, here.replica)
    const stored = await expectConverged(world, here, there)
    expect(stored).toHaveLength(2)
    expect(stored[1]).toMatchObject({ attempt: 1, status: 'complete', metadata: { replicas: ['r1', 'r2'] } })
    expect(stored[1]?.content.startsWith(before)).toBe(true)
    expect(stored[1]?.content.toLowerCase()).toBe(world.model.answerTo('one'))
    expect([here.syncs, there.syncs]).toEqual([1, 0])
  })
}

test('[G4] an attempt that was begun while Redis was away goes on there where nobody has written another', async () => {
  const world = await start({ replicas: 2 })
  const here = await world.replica(0).follow()
  await talk(world, here, 'one')
  const there = await world.replica(1).follow(here.sessionId)
  await loseRedis(world, here.replica)
  const messageId = here.messages[1]?.id ?? ''
  await here.replica.during(here.replica.engine.api.regenerate(ANYBODY, { sessionId: here.sessionId, messageId }))
  await world.clock.advance(100)
  await regain(world, here.replica)
  const stored = await expectConverged(world, here, there)
  expect(stored[1]).toMatchObject({ attempt: 2, status: 'complete', content: world.model.answerTo('one') })
})

test('[G4] an attempt that was begun while Redis was away gives way to what another replica wrote', async () => {
  const world = await start({ replicas: 2 })
  const here = await world.replica(0).follow()
  await talk(world, here, 'one')
  const there = await world.replica(1).follow(here.sessionId)
  await loseRedis(world, here.replica)
  const messageId = here.messages[1]?.id ?? ''
  await here.replica.during(here.replica.engine.api.regenerate(ANYBODY, { sessionId: here.sessionId, messageId }))
  await world.until('it ends', () => isWhole(here.messages))
  await talk(world, there, 'two')
  await regain(world, here.replica)
  const stored = await expectConverged(world, here, there)
  expect(stored.map(({ attempt }) => attempt)).toEqual([1, 1, 1, 1])
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

test('[G6] whoever comes from a replica that had lost Redis to another that has lost it by then holds what Redis holds afterwards', async () => {
  const world = await start({ replicas: 2 })
  const [r1, r2] = [world.replica(0), world.replica(1)]
  const here = await r1.follow()
  const there = await r2.follow(here.sessionId)
  await talk(world, here, 'both')
  await loseRedis(world, r1)
  await talk(world, here, 'lost')
  for (const content of ['one', 'two']) await talk(world, there, content)
  await loseRedis(world, r2)
  const moved = await r2.welcome(here)
  await regain(world, r2) // r1 never comes back
  const stored = await expectConverged(world, moved, there)
  expect(contents(stored.filter(({ role }) => role === 'user'))).toEqual(['both', 'one', 'two'])
})

for (const replicas of [2, 4]) {
  test(`[G6] what a replica brought back before it died, and told nobody of, reaches the followers on the ${replicas - 1} others`, async () => {
    const world = await start({ replicas })
    const [r1] = world.replicas
    if (r1 === undefined) throw new Error('no replica')
    const here = await r1.follow()
    await loseRedis(world, r1)
    await talk(world, here, 'held')
    const others = await Promise.all(world.replicas.slice(1).map((replica) => replica.follow(here.sessionId)))
    let hasReconciled = false
    r1.wire.fate = (name) => {
      if (name === 'reconcile') {
        hasReconciled = true
        world.clock.after(0, () => {
          r1.wire.weather = 'refusing' // for ever
        })
      }
      return 'done'
    }
    r1.wire.weather = 'fair'
    await world.until('it is stored', () => hasReconciled && world.stored(here.sessionId).length === 2)
    const ends = () => others.every(({ messages }) => messages.length === 2)
    await world.until('all hold it', ends, 30_000)
    await expectConverged(world, ...others)
  })
}

test('[G6] what a dead replica had cleared and told nobody of, ends for the followers elsewhere', async () => {
  const world = await start({ replicas: 3 })
  const [r1, r2, r3] = [world.replica(0), world.replica(1), world.replica(2)]
  const here = await r2.follow()
  await talk(world, here, 'secret')
  const there = await r3.follow(here.sessionId)
  r1.wire.fate = (name) => {
    if (name === 'clear') {
      world.clock.after(0, () => {
        r1.wire.weather = 'refusing' // for ever
      })
    }
    return 'done'
  }
  r1.engine.api.clear(ANYBODY, here.sessionId).catch(() => {})
  await world.until('it is cleared', () => world.shared.peek(here.sessionId) === null)
  await world.until('its followers are let go', () => here.isOver && there.isOver)
})

test('[G6] a replica whose lease had run out looks at what its followers hold: it may have missed the end of another one', async () => {
  const world = await start({ replicas: 2 })
  const r2 = world.replica(1)
  const there = await r2.follow()
  await talk(world, there, 'one')
  r2.wire.fate = (name) => (name === 'renew' ? 'refused' : 'done')
  await world.clock.advance(900)
  const { sessionId } = there
  const question = { id: world.newId(), role: 'user', content: 'untold', status: 'complete', attempt: 1 } as const
  const told = { createdAt: new Date(0).toISOString(), metadata: {} }
  const answer = { ...question, ...told, id: world.newId(), role: 'assistant', content: 'untold, too' } as const
  const { session } = world.shared.peek(sessionId) ?? {}
  await world.shared.reconcile({
    session: { id: sessionId, userId: null, createdAt: told.createdAt, lastActivity: told.createdAt },
    owner: 'r9.gone',
    base: { seq: 2, lastSeq: 2, version: session?.version ?? 0, lastActivity: session?.lastActivity ?? '' },
    exchanges: [{ question: { ...question, ...told, seq: 3 }, answer: { ...answer, seq: 4 } }],
    running: null,
    watch: null,
  })
  r2.wire.fate = () => 'done'
  await world.until('its follower holds it', () => there.messages.length === 4, 5000)
  await expectConverged(world, there)
})

for (const held of [0, 1]) {
  test(`[G1] [G6] others are heard of while Redis refuses this replica alone: its answers stream on, after ${held} of its own`, async () => {
    const world = await start({ replicas: 2 })
    const [r1, r2] = [world.replica(0), world.replica(1)]
    const here = await r1.follow()
    const beside = await r1.follow(here.sessionId)
    const there = await r2.follow(here.sessionId)
    await talk(world, here, 'both')
    r1.wire.fate = () => 'refused' // what is sent to it comes all the same
    await world.until('it is told', () => r1.backend === 'memory')
    for (let i = 0; i < held; i++) await talk(world, here, `held ${i}`)
    await r1.during(r1.engine.api.history(ANYBODY, { sessionId: here.sessionId }))
    await talk(world, there, 'stored')
    await talk(world, there, 'stored too')
    const { answer } = await r1.send(here.sessionId, 'held')
    for (const follower of [here, beside])
      await world.until('it is streamed', () =>
        follower.messages.some(({ id, status }) => id === answer.id && status === 'complete'),
      )
    r1.wire.fate = () => 'done'
    await world.until('it is told', () => r1.backend === 'redis', 60_000)
    const stored = await expectConverged(world, here, beside, there)
    expect(contents(stored.filter(({ role }) => role === 'user')).at(-1)).toBe('held')
  })
}

test('[G6] what a call without a reply has begun here, and another replica has ended, reaches the followers though that was not heard', async () => {
  const world = await start({ replicas: 2 })
  const [r1, r2] = [world.replica(0), world.replica(1)]
  const here = await r2.follow()
  const there = await r1.follow(here.sessionId)
  r2.wire.onMended = () => {} // nobody tells it that it missed something
  r2.wire.fate = (name) => (name === 'begin' ? 'lost' : 'done')
  await expect(r2.send(here.sessionId, 'asked')).rejects.toMatchObject({ code: 'overloaded' })
  r2.wire.fate = () => 'done'
  const [, answer] = world.stored(here.sessionId)
  r2.wire.weather = 'refusing'
  await r1.during(r1.engine.api.stop(ANYBODY, { sessionId: here.sessionId, messageId: answer?.id ?? '' }))
  r2.wire.weather = 'fair'
  const stored = await expectConverged(world, here, there)
  expect(stored.map(({ status }) => status)).toEqual(['complete', 'stopped'])
})

test('[D7] who stops an answer is shown its last text before that is acknowledged, also while the session is read again', async () => {
  const world = await start()
  const replica = world.replica()
  const here = await replica.follow()
  const { answer } = await replica.send(here.sessionId, 'one')
  await world.until('there is text', () => (here.messages.at(-1)?.content ?? '') !== '')
  replica.wire.fate = (name) => (name === 'read' ? 'refused' : 'done')
  replica.engine.busInterrupted()
  await world.clock.advance(10)
  replica.wire.fate = () => 'done'
  const stopped = replica.engine.api.stop(ANYBODY, { sessionId: here.sessionId, messageId: answer.id })
  const { message } = await replica.during(stopped)
  expect(here.messages.at(-1)).toEqual(message)
})

test('[S3] [G2] no session is cleared that another replica may be about to bring back', async () => {
  const world = await start({ replicas: 2 })
  const [r1, r2] = [world.replica(0), world.replica(1)]
  const here = await r1.follow()
  await talk(world, here, 'both')
  await loseRedis(world, r1, r2)
  await talk(world, here, 'held')
  await regain(world, r2)
  const clear = () => r2.during(r2.engine.api.clear(ANYBODY, here.sessionId))
  await expect(clear()).rejects.toMatchObject({ code: 'overloaded', retryable: true })
  await regain(world, r1)
  await world.clock.advance(3000)
  await clear()
  expect(world.stored(here.sessionId)).toEqual([])
})

test('[D7] who is told that an answer has been stopped, by somebody else, has been shown its last text', async () => {
  const world = await start({ replicas: 2 })
  const [owner, other] = [world.replica(0), world.replica(1)]
  const follower = await other.follow()
  const { answer } = await owner.send(follower.sessionId, 'one')
  await world.until('there is text', () => (follower.messages.at(-1)?.content ?? '') !== '')
  other.wire.isDeaf = true
  const ref = { sessionId: follower.sessionId, messageId: answer.id }
  await owner.during(owner.engine.api.stop(ANYBODY, ref))
  const { message } = await other.during(other.engine.api.stop(ANYBODY, ref))
  expect(message.status).toBe('stopped')
  expect(follower.messages.at(-1)).toEqual(message)
})

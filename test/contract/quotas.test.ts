import { randomUUID } from 'node:crypto'
import calculateSlot from 'cluster-key-slot'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/ports/clock.ts'
import { silentLog } from '../../src/ports/log.ts'
import { noMeter } from '../../src/ports/meter.ts'
import type { Account, Begun, Quota, Quotas } from '../../src/ports/quotas.ts'
import { dayOf } from '../../src/store/day.ts'
import { MemoryQuotaLedger } from '../../src/store/memory/quota-ledger.ts'
import { AccountQuotas, LAPSE_MS, type Ledger } from '../../src/store/quotas.ts'
import { connectRedis, type RedisConnections } from '../../src/store/redis/connect.ts'
import { RedisQuotaLedger } from '../../src/store/redis/quota-ledger.ts'
import { eventually } from '../support/conditions.ts'
import { HandClock } from '../support/hand-clock.ts'
import { startRedis, type TestRedis } from '../support/redis.ts'

const NONE: Quota = { messages: 0, sessions: 0, tokens: 0, answers: 0 }
const TEN_PM = Date.parse('2026-03-01T22:00:00Z')
const TWO_HOURS = 2 * 60 * 60 * 1000
const ann = { user: 'ann', group: 'acme' }
const bob = { user: 'bob', group: 'acme' }

/** Another one each time. */
const answer = (): Begun => ({ id: randomUUID(), createdAt: '2026-03-01T00:00:00.000Z' })

let server: TestRedis
let connections: RedisConnections[] = []
beforeAll(async () => {
  server = await startRedis()
  connections = await Promise.all([0, 1].map(() => connectRedis({ REDIS_URL: [server.url] }, silentLog)))
})
afterAll(async () => {
  for (const connection of connections) await connection.close()
  await server?.stop()
})

const redis = () => connections[0]?.commands ?? expect.fail()

/** Two replicas, or twice the one that is alone. */
async function memoryLedgers(): Promise<Ledger[]> {
  const ledger = new MemoryQuotaLedger()
  return [ledger, ledger]
}
async function redisLedgers(): Promise<Ledger[]> {
  await redis().flushall()
  return connections.map((connection) => new RedisQuotaLedger(connection, noMeter))
}

/** The reply to what is released first of each answer and subject is lost. */
function losingReplies(ledger: Ledger): Ledger {
  const lost = new Set<string>()
  return {
    take: (...args) => ledger.take(...args),
    groupOf: (...args) => ledger.groupOf(...args),
    async release(subject, release) {
      await ledger.release(subject, release)
      const name = `${subject.name} ${release.answer?.key}`
      if (lost.has(name)) return
      lost.add(name)
      throw new Error('no reply')
    },
  }
}

/** The first release of each subject cannot be made. */
function refusingAtFirst(ledger: Ledger): Ledger {
  const refused = new Set<string>()
  return {
    take: (...args) => ledger.take(...args),
    groupOf: (...args) => ledger.groupOf(...args),
    async release(subject, release) {
      if (refused.has(subject.name)) return ledger.release(subject, release)
      refused.add(subject.name)
      throw new Error('away')
    },
  }
}

/** What is taken is taken without a reply. */
function takingUnseen(ledger: Ledger): Ledger {
  return {
    release: (...args) => ledger.release(...args),
    groupOf: (...args) => ledger.groupOf(...args),
    async take(...args) {
      await ledger.take(...args)
      throw new Error('no reply')
    },
  }
}

const quotasOf = (ledger: Ledger | undefined, user: Partial<Quota>) =>
  new AccountQuotas(ledger ?? expect.fail(), { user: { ...NONE, ...user }, group: NONE }, systemClock)

describe.each([
  { place: 'memory', make: memoryLedgers },
  { place: 'Redis', make: redisLedgers },
])('[X5] quotas in $place', ({ make }) => {
  let now = TEN_PM
  const replicas = async (
    user: Partial<Quota>,
    group: Partial<Quota> | null = null,
    through = (ledger: Ledger) => ledger,
  ): Promise<[AccountQuotas, AccountQuotas]> => {
    now = TEN_PM
    const limits = { user: { ...NONE, ...user }, group: group && { ...NONE, ...group } }
    const [a, b] = await make()
    const clock = { ...systemClock, wallTime: () => now }
    const of = (ledger: Ledger | undefined) => new AccountQuotas(through(ledger ?? expect.fail()), limits, clock)
    return [of(a), of(b)]
  }
  /** What is used up, or null where it was taken. */
  const begin = async (quotas: Quotas, account: Account, sessionId: string, begun = answer()) => {
    const taken = await quotas.beginAnswer(account, sessionId, begun)
    return typeof taken === 'function' ? null : taken
  }
  /** As many as may be begun of so many in sessions of their own. */
  const begunOf = async (times: number, quotas: Quotas, account: Account) => {
    const taken = Array.from({ length: times }, (_, i) => begin(quotas, account, `${account.user}-${i}`))
    return (await Promise.all(taken)).filter((one) => one === null).length
  }

  test('messages of a day, over all replicas, then until when there are none; of each user', async () => {
    const [a, b] = await replicas({ messages: 10 })
    expect((await begunOf(8, a, ann)) + (await begunOf(8, b, ann))).toBe(10)
    expect(await begin(b, ann, 's')).toEqual({ what: 'messages', whose: 'user', retryAfterMs: TWO_HOURS })
    expect(await begin(b, bob, 's')).toBeNull()
    now += TWO_HOURS
    expect(await begin(a, ann, 's')).toBeNull()
  })

  test('what is given back can be taken again', async () => {
    const [a] = await replicas({ messages: 1, answers: 1, sessions: 1 })
    for (const take of [() => a.beginAnswer(ann, 's', answer()), () => a.makeSession(ann)]) {
      const taken = await take()
      if (typeof taken !== 'function') return expect.fail('nothing was taken')
      expect(await take()).toMatchObject({ whose: 'user' })
      await taken()
      expect(await take()).toSatisfy((one) => typeof one === 'function')
    }
  })

  test('what cannot be given back is given back later, to the user and the group', async () => {
    for (const take of [
      (quotas: Quotas) => quotas.beginAnswer(ann, 's', answer()),
      (quotas: Quotas) => quotas.makeSession(ann),
    ]) {
      const one = { messages: 1, answers: 1, sessions: 1 }
      const [a, b] = await replicas(one, one, refusingAtFirst)
      const taken = await take(a)
      if (typeof taken !== 'function') return expect.fail('nothing was taken')
      await taken()
      expect(await take(b)).toMatchObject({ whose: 'user' })
      await a.close()
      expect(await take(b)).toSatisfy((given) => typeof given === 'function')
    }
  })

  test('a give-back whose reply is lost gives back once', async () => {
    const [a, b] = await replicas({ messages: 3 }, null, losingReplies)
    const taken = await a.beginAnswer(ann, 's', answer())
    if (typeof taken !== 'function') return expect.fail('nothing was taken')
    await taken()
    await a.close()
    expect(await begunOf(5, b, ann)).toBe(3)
  })

  test('what was taken without a reply is given back', async () => {
    const [ledger, other] = await make()
    const quotas = quotasOf(takingUnseen(ledger ?? expect.fail()), { answers: 1 })
    const taken = await quotas.beginAnswer(ann, 's1', answer())
    const there = quotasOf(other, { answers: 1 })
    expect(await begin(there, ann, 's2')).toMatchObject({ what: 'answers' })
    if (typeof taken !== 'function') return expect.fail('nothing was taken')
    await taken()
    await quotas.close()
    expect(await begin(there, ann, 's2')).toBeNull()
  })

  test('sessions of a day', async () => {
    const [a, b] = await replicas({ sessions: 2 })
    for (const quotas of [a, b]) expect(typeof (await quotas.makeSession(ann))).toBe('function')
    expect(await a.makeSession(ann)).toEqual({ what: 'sessions', whose: 'user', retryAfterMs: TWO_HOURS })
    expect(await begin(a, ann, 's')).toBeNull()
  })

  test('what is given back after midnight is not added to the new day', async () => {
    const [a] = await replicas({ messages: 1, sessions: 1 })
    const taken = [await a.beginAnswer(ann, 's', answer()), await a.makeSession(ann)]
    now += TWO_HOURS
    expect(await begin(a, ann, 's1')).toBeNull()
    expect(await a.makeSession(ann)).toBeTypeOf('function')
    for (const giveBack of taken) if (typeof giveBack === 'function') await giveBack()
    expect(await begin(a, ann, 's2')).toMatchObject({ what: 'messages' })
    expect(await a.makeSession(ann)).toMatchObject({ what: 'sessions' })
  })

  test('tokens of a day, wherever the answer ended', async () => {
    const [a, b] = await replicas({ tokens: 100 })
    const [first, second] = [answer(), answer()]
    for (const begun of [first, second]) expect(await begin(a, ann, 's', begun)).toBeNull()
    b.endAnswer('ann', 's', first, 99)
    a.endAnswer('ann', 's', second, 1)
    const refused = await eventually('used up', () => begin(b, ann, 's'))
    expect(refused).toEqual({ what: 'tokens', whose: 'user', retryAfterMs: TWO_HOURS })
  })

  test('answers at once: one ends and makes room, also elsewhere; a repeat in the same session is no other one', async () => {
    const [a, b] = await replicas({ answers: 2 })
    const first = answer()
    expect(await begin(a, ann, 's1', first)).toBeNull()
    expect(await begin(b, ann, 's2')).toBeNull()
    const repeat = await b.beginAnswer(ann, 's2', answer())
    if (typeof repeat !== 'function') return expect.fail('the same session')
    await repeat()
    const refused = await begin(a, ann, 's3')
    expect(refused).toMatchObject({ what: 'answers', whose: 'user' })
    expect(refused?.retryAfterMs).toBeLessThan(10_000)
    b.endAnswer('ann', 's1', first, 0)
    await eventually('there is room', async () => (await begin(a, ann, 's3')) === null)
    expect(await begin(a, ann, 's4')).not.toBeNull()
  })

  test('of two sends into one session each gives back its own, and the answer that runs stays counted, for its group too', async () => {
    const [a, b] = await replicas({ answers: 1 }, { tokens: 100 })
    const refused = await a.beginAnswer(ann, 's', answer())
    const begun = answer()
    expect(await begin(b, ann, 's', begun)).toBeNull()
    if (typeof refused !== 'function') return expect.fail('nothing was taken')
    await refused()
    expect(await begin(a, ann, 's2'), 'the other one runs').toMatchObject({ what: 'answers' })
    b.endAnswer('ann', 's', begun, 100)
    await b.close()
    expect(await begin(a, ann, 's2')).toMatchObject({ what: 'tokens', whose: 'group' })
  })

  test('an answer that is begun again by two in one millisecond is one of them alone', async () => {
    const [a, b] = await replicas({})
    const begun = answer()
    expect(await begin(a, ann, 's', begun)).toBeNull()
    expect(await begin(b, ann, 's', begun)).toMatchObject({ what: 'answers' })
    expect(await begin(b, ann, 's', { ...begun, createdAt: '2026-03-01T00:00:00.001Z' })).toBeNull()
  })

  test('an end whose reply is lost counts once, for the group too', async () => {
    const [a, b] = await replicas({ tokens: 150 }, { tokens: 150 }, losingReplies)
    for (const tokens of [100, 50]) {
      const begun = answer()
      expect(await begin(a, ann, 's', begun)).toBeNull()
      b.endAnswer('ann', 's', begun, tokens)
      for (const _ of ['the group', 'the user', 'nothing is left']) await b.close()
    }
    expect(await begin(a, ann, 's')).toMatchObject({ what: 'tokens', whose: 'user' })
    expect(await begin(a, bob, 's')).toMatchObject({ what: 'tokens', whose: 'group' })
  })

  test('an answer that nobody ended is forgotten after an hour', async () => {
    const [a] = await replicas({ answers: 1 })
    expect(await begin(a, ann, 's1')).toBeNull()
    now += LAPSE_MS - 1
    expect(await begin(a, ann, 's2')).not.toBeNull()
    now += 60_001
    expect(await begin(a, ann, 's2')).toBeNull()
  })

  test('of a group all its users take, and who is refused takes nothing of anybody', async () => {
    const [a, b] = await replicas({ messages: 3 }, { messages: 4, tokens: 100 })
    expect(await begunOf(5, a, ann)).toBe(3)
    expect(await begunOf(5, b, bob)).toBe(1)
    expect(await begin(a, bob, 's')).toEqual({ what: 'messages', whose: 'group', retryAfterMs: TWO_HOURS })
    expect(await begunOf(5, a, { user: 'bob' }), 'what the group refused is bob’s still').toBe(2)
  })

  test('the tokens of an answer count for the group that it was begun for, whoever ends it', async () => {
    const [a, b] = await replicas({}, { tokens: 100 })
    const begun = answer()
    expect(await begin(a, ann, 's', begun)).toBeNull()
    b.endAnswer('ann', 's', begun, 100)
    const refused = await eventually('used up', () => begin(a, bob, 's'))
    expect(refused).toMatchObject({ what: 'tokens', whose: 'group' })
    expect(await begin(a, { user: 'bob' }, 's')).toBeNull()
  })
})

describe('[X5] quotas in Redis alone', () => {
  /** Counted today; 0 while Redis is away. */
  const tokensOf = async (subject: string) => {
    const key = `limit:quota:{${subject}}:${dayOf(Date.now())}`
    return Number(
      await redis()
        .hget(key, 'tokens')
        .catch(() => null),
    )
  }

  test('no key is without a TTL, and those of one user lie in one slot', async () => {
    const [ledger] = await redisLedgers()
    const quotas = quotasOf(ledger, { answers: 5 })
    await quotas.makeSession(ann)
    await quotas.beginAnswer(ann, 's', answer())
    const keys = (await redis().keys('*')).filter((key) => key.includes('user:ann'))
    expect(keys.map((key) => key.replace(/\d{4}-\d\d-\d\d$/, 'day')).sort()).toEqual([
      'limit:quota:{user:ann}:answers',
      'limit:quota:{user:ann}:day',
    ])
    for (const key of await redis().keys('*')) expect(await redis().pttl(key), key).toBeGreaterThan(0)
    expect(new Set(keys.map((key) => calculateSlot(key))).size).toBe(1)
  })

  test('a message costs the same however much is counted', async () => {
    const [ledger] = await redisLedgers()
    const quotas = quotasOf(ledger, { messages: 1e6, answers: 1e6 })
    const costOf = async (sessionId: string) => {
      await redis().config('RESETSTAT')
      await quotas.beginAnswer({ user: 'ann' }, sessionId, answer())
      const stats = await redis().info('commandstats')
      return [...stats.matchAll(/^cmdstat_(h\w+|expire):calls=(\d+)/gm)].map(([, name, calls]) => `${name} ${calls}`)
    }
    await quotas.beginAnswer({ user: 'ann' }, 'first', answer())
    const cost = await costOf('second')
    await Promise.all(Array.from({ length: 900 }, (_, i) => quotas.beginAnswer({ user: 'ann' }, `s${i}`, answer())))
    expect(await costOf('last')).toEqual(cost)
    expect(cost.join()).not.toContain('hgetall')
  })

  test('while Redis is away nobody is refused, and what ended meanwhile is counted when it is back', async () => {
    const [ledger] = await redisLedgers()
    const quotas = quotasOf(ledger, { messages: 1, tokens: 100 })
    const begun = answer()
    expect(typeof (await quotas.beginAnswer(ann, 's', begun))).toBe('function')
    expect(await quotas.beginAnswer(ann, 's', answer())).toMatchObject({ what: 'messages' })
    await server.kill()
    await eventually('Redis is away', async () => connections[0]?.state() === 'away')
    expect(typeof (await quotas.beginAnswer(ann, 's', answer()))).toBe('function')
    quotas.endAnswer('ann', 's', begun, 100)
    await server.restart()
    await eventually('counted', async () => (await tokensOf('user:ann')) === 100)
  })
})

test('[X5] however many ends cannot be counted, they keep back nobody else’s', async () => {
  const counted: string[] = []
  const halfAway: Ledger = {
    ...losingReplies(new MemoryQuotaLedger()),
    groupOf: async () => null,
    release: async ({ name }) => {
      if (name.startsWith('user:away')) throw new Error('its shard is away')
      counted.push(name)
    },
  }
  const clock = new HandClock()
  const quotas = new AccountQuotas(halfAway, { user: { ...NONE, answers: 1 }, group: null }, clock)
  const end = (user: string) => quotas.endAnswer(user, randomUUID(), answer(), 1)
  for (let i = 0; i < 11_000; i++) end(`away${i}`)
  await clock.advance(0)
  end('here')
  await clock.advance(0)
  expect(counted).toEqual(['user:here'])
  await quotas.close()
})

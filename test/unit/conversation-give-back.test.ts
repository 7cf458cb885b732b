import { randomUUID } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { readSettings } from '../../src/config/settings.ts'
import type { Caller } from '../../src/conversation/api.ts'
import { createConversations } from '../../src/conversation/create.ts'
import { noBus } from '../../src/ports/bus.ts'
import { systemClock } from '../../src/ports/clock.ts'
import { silentLog } from '../../src/ports/log.ts'
import { noMembership } from '../../src/ports/membership.ts'
import { noMeter } from '../../src/ports/meter.ts'
import { noLimit } from '../../src/ports/rate-limiter.ts'
import { noRetriever } from '../../src/ports/retriever.ts'
import { StoreFault, StoreUnavailable } from '../../src/ports/session-store.ts'
import { MemorySessionStore } from '../../src/store/memory/memory-store.ts'
import { MemoryQuotaLedger } from '../../src/store/memory/quota-ledger.ts'
import { AccountQuotas } from '../../src/store/quotas.ts'
import { HandModel } from '../integration/http-fixture.ts'
import { eventually } from '../support/conditions.ts'

const ann: Caller = { user: 'ann', clientAddress: '127.0.0.1' }
type Begin = MemorySessionStore['begin']

type Fault = (begin: Begin) => Begin

const unanswered: Fault = () => async () => {
  throw new StoreUnavailable('no reply')
}
const madeUnanswered: Fault = (begin) => async (request) => {
  await begin(request)
  throw new StoreUnavailable('no reply')
}

const ONE_A_DAY = { messages: 1, sessions: 0, tokens: 0, answers: 0 }

/** A replica where a user has that quota, with a store whose first calls of `begin` are `first`. */
async function replica(first: readonly Fault[], { membership = noMembership, user = ONE_A_DAY } = {}) {
  const memory = new MemorySessionStore({ ttlSeconds: 60, maxMessages: 100, indexUsers: true, clock: systemClock })
  const begin: Begin = (request) => memory.begin(request)
  const faulty = first.map((fault) => fault(begin))
  const store = new Proxy(memory, {
    get(target, name) {
      if (name === 'backend') return 'redis'
      if (name === 'begin') return faulty.shift() ?? begin
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  const model = new HandModel()
  const engine = createConversations({
    address: 'r1.test',
    store,
    bus: noBus,
    membership,
    sockets: { end() {} },
    model,
    retriever: noRetriever,
    limiter: noLimit,
    quotas: new AccountQuotas(new MemoryQuotaLedger(), { user, group: null }, systemClock),
    clock: systemClock,
    load: { saturated: () => false, utilisation: () => 0, close() {} },
    random: Math.random,
    newId: randomUUID,
    meter: noMeter,
    log: silentLog,
    settings: { ...readSettings({ STORE: 'memory' }), LEASE_MS: 300 },
  })
  onTestFinished(() => engine.close())
  const newSession = async () => (await engine.api.open(ann, {}, null)).session.id
  const sendTo = (sessionId: string, id: string = randomUUID()): Promise<string | undefined> =>
    engine.api.send(ann, { sessionId, id, content: 'hello' }).then(
      () => 'sent',
      (error: { code?: string }) => error.code,
    )
  const sessionId = await newSession()
  return { send: (id?: string) => sendTo(sessionId, id), sendTo, newSession, model }
}

test('[X5] a message that the store refused is given back', async () => {
  const { send } = await replica([
    () => async () => {
      throw new StoreFault('what it holds is not what Baton writes')
    },
  ])
  expect(await send()).not.toBe('sent')
  expect(await send()).toBe('sent')
  expect(await send()).toBe('quota_exceeded')
})

test('[X5] so is one that was not sent to the store', async () => {
  let fails = true
  const membership = {
    ...noMembership,
    track: async () => {
      if (fails) throw new StoreUnavailable('away')
    },
  }
  const { send } = await replica([], { membership })
  expect(await send()).toBe('overloaded')
  fails = false
  expect(await send()).toBe('sent')
})

test('[X5] one that the store did not answer is given back once it is known that it was not begun', async () => {
  const { send } = await replica([unanswered])
  const id = randomUUID()
  expect(await send(id)).toBe('overloaded')
  expect(await eventually('it is given back', async () => (await send(id)) === 'sent')).toBe(true)
  expect(await send()).toBe('quota_exceeded')
})

test('[X5] and counts where it was', async () => {
  const { send, model } = await replica([madeUnanswered])
  const id = randomUUID()
  expect(await send(id)).toBe('overloaded')
  await eventually('the answer goes on', async () => model.asked.length === 1)
  expect(await send(id)).toBe('sent')
  expect(await send()).toBe('quota_exceeded')
})

test('[X5] of two that got no reply, the one that was not begun is given back, and no other', async () => {
  const { send, sendTo, newSession, model } = await replica([unanswered, madeUnanswered], {
    user: { ...ONE_A_DAY, messages: 3, answers: 1 },
  })
  expect([await send(), await send()]).toEqual(['overloaded', 'overloaded'])
  await eventually('the answer goes on', async () => model.asked.length === 1)
  const elsewhere = await newSession()
  await eventually('none is one at once', async () => (await sendTo(elsewhere)) === 'sent')
  await eventually('nor is that', async () => (await sendTo(elsewhere)) === 'sent')
  expect(await send()).toBe('quota_exceeded')
})

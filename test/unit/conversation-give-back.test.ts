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

/** A replica where a user has one message a day, with a store whose first `begin` is `first`. */
async function replica(first: (begin: Begin) => Begin, membership = noMembership) {
  const memory = new MemorySessionStore({ ttlSeconds: 60, maxMessages: 100, indexUsers: true, clock: systemClock })
  const begin: Begin = (request) => memory.begin(request)
  const faulty = first(begin)
  let calls = 0
  const store = new Proxy(memory, {
    get(target, name) {
      if (name === 'backend') return 'redis'
      if (name === 'begin') return calls++ === 0 ? faulty : begin
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  const user = { messages: 1, sessions: 0, tokens: 0, answers: 0 }
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
  const { session } = await engine.api.open(ann, {}, null)
  const send = (id = randomUUID()) => engine.api.send(ann, { sessionId: session.id, id, content: 'hello' })
  const codeOf = (sent: Promise<unknown>) =>
    sent.then(
      () => 'sent',
      (error: { code?: string }) => error.code,
    )
  return { send: async (id?: ReturnType<typeof randomUUID>) => codeOf(send(id)), model }
}

test('[X5] a message that the store refused is given back', async () => {
  const { send } = await replica(() => async () => {
    throw new StoreFault('what it holds is not what Baton writes')
  })
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
  const { send } = await replica((begin) => begin, membership)
  expect(await send()).toBe('overloaded')
  fails = false
  expect(await send()).toBe('sent')
})

test('[X5] one that the store did not answer is given back once it is known that it was not begun', async () => {
  const { send } = await replica(() => async () => {
    throw new StoreUnavailable('no reply')
  })
  const id = randomUUID()
  expect(await send(id)).toBe('overloaded')
  expect(await eventually('it is given back', async () => (await send(id)) === 'sent')).toBe(true)
  expect(await send()).toBe('quota_exceeded')
})

test('[X5] and counts where it was', async () => {
  const { send, model } = await replica((begin) => async (request) => {
    await begin(request)
    throw new StoreUnavailable('no reply')
  })
  const id = randomUUID()
  expect(await send(id)).toBe('overloaded')
  await eventually('the answer goes on', async () => model.asked.length === 1)
  expect(await send(id)).toBe('sent')
  expect(await send()).toBe('quota_exceeded')
})

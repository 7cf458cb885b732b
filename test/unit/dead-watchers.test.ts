import { expect, test, vi } from 'vitest'
import { DeadWatchers } from '../../src/conversation/failover/dead-watchers.ts'
import { noBus } from '../../src/ports/bus.ts'
import { silentLog } from '../../src/ports/log.ts'
import { type Liveness, noMembership } from '../../src/ports/membership.ts'
import { ANYBODY, StoreUnavailable } from '../../src/ports/session-store.ts'
import { MemorySessionStore } from '../../src/store/memory/memory-store.ts'
import { HandClock } from '../support/hand-clock.ts'

const DEAD: Liveness = { connected: false, leaseMs: 0, owns: false }

test.each([
  {
    why: 'its lease stands, though its connections are away',
    seen: { ...DEAD, leaseMs: 700 },
    ended: [],
    told: ['a', 'b'],
  },
  {
    why: 'it is connected, though its lease has run out',
    seen: { ...DEAD, connected: true },
    ended: [],
    told: ['a', 'b'],
  },
  { why: 'whether it lives cannot be told', seen: null, ended: [], told: ['a', 'b'] },
  { why: 'nothing of it is there', seen: DEAD, ended: ['a', 'b'], told: [] },
])('[X6] [G6] the watches of a replica that was not reached: $why', async ({ seen, ended, told }) => {
  const clock = new HandClock()
  const store = new MemorySessionStore({ ttlSeconds: 60, maxMessages: 100, clock })
  const unwatch = vi.spyOn(store, 'unwatch')
  const liveness = vi.fn(async () => (seen === null ? Promise.reject(new Error('another stream')) : [seen]))
  const membership = { ...noMembership, liveness }
  const send = vi.fn(noBus.send)
  const watchers = new DeadWatchers({ store, membership, bus: { ...noBus, send }, clock, log: silentLog })
  for (const sessionId of ['a', 'b', 'a']) watchers.unreached('r2.b', sessionId)
  await clock.advance(5000)
  expect(liveness.mock.calls).toEqual([[['r2.b']]])
  expect(unwatch.mock.calls.map(([sessionId]) => sessionId).sort()).toEqual(ended)
  expect(send.mock.calls).toEqual(told.map((sessionId) => ['r2.b', { kind: 'look', sessionId }]))
  for (const [, watch] of unwatch.mock.calls) expect(watch).toEqual({ watcher: 'r2.b', id: null })
})

test('[G6] anybody: every replica is told to look, once, however much was told, before the list counts as whole again', async () => {
  const clock = new HandClock()
  const store = new MemorySessionStore({ ttlSeconds: 60, maxMessages: 100, clock })
  const done: string[] = []
  vi.spyOn(store, 'unwatch').mockImplementation(async (id, { watcher }) => void done.push(`${watcher} left ${id}`))
  const bus = { ...noBus, send: (replica: string) => void done.push(`${replica} looks`) }
  const membership = { ...noMembership, members: async () => ['r1.a', 'r2.b'] }
  const warned: unknown[] = []
  const log = { ...silentLog, warn: (fields: unknown) => void warned.push(fields) }
  const watchers = new DeadWatchers({ store, membership, bus, clock, log })
  for (const sessionId of ['a', 'a', 'a']) watchers.unreached(ANYBODY, sessionId)
  await clock.advance(5000)
  expect(done).toEqual(['r1.a looks', 'r2.b looks', '* left a'])
  expect(warned).toEqual([{ sessions: 1 }]) // never their ids, which let in whoever reads them (X3)
})

test('[X6] the watches of sessions whose node is away keep back the end of no other', async () => {
  const clock = new HandClock()
  const store = new MemorySessionStore({ ttlSeconds: 60, maxMessages: 100, clock })
  store.nodeOf = (sessionId = '') => sessionId.slice(0, 4)
  const ended: string[] = []
  vi.spyOn(store, 'unwatch').mockImplementation(async (sessionId) => {
    if (sessionId.startsWith('away')) throw new StoreUnavailable('away')
    ended.push(sessionId)
  })
  const membership = { ...noMembership, liveness: async () => [DEAD] }
  const watchers = new DeadWatchers({ store, membership, bus: noBus, clock, log: silentLog })
  for (let i = 0; i < 60; i++) watchers.unreached('r2.b', `${i % 2 === 0 ? 'away' : 'here'} ${i}`)
  await clock.advance(5000)
  expect(ended).toHaveLength(30)
})

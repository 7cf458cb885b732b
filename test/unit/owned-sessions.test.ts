import { expect, test } from 'vitest'
import { OwnedSessions } from '../../src/conversation/failover/owned-sessions.ts'
import { noBus } from '../../src/ports/bus.ts'
import { silentLog } from '../../src/ports/log.ts'
import { noMembership } from '../../src/ports/membership.ts'
import { StoreUnavailable } from '../../src/ports/session-store.ts'
import { Latch } from '../support/conditions.ts'

test('[G6] however much is refused, the sessions that were owned are remembered, to be looked after at a failover', async () => {
  const sessions = new OwnedSessions({ membership: noMembership, bus: noBus, address: 'r1.1', log: silentLog })
  await sessions.track('owned')
  sessions.untrack('owned')
  await sessions.track('owned and asked for')
  await sessions.track('owned and asked for')
  sessions.untrack('owned and asked for')
  sessions.untrack('owned and asked for', false)
  for (let i = 0; i < 1500; i++) {
    await sessions.track(`refused ${i}`)
    sessions.untrack(`refused ${i}`, false)
  }
  expect(sessions.ended).toEqual(['owned', 'owned and asked for'])
})

test('[G6] a session stays listed until all were told of what was owned, and where it is owned again', async () => {
  const untracked: string[] = []
  const told = new Latch()
  const membership = { ...noMembership, untrack: async (sessionId: string) => void untracked.push(sessionId) }
  const bus = { settled: () => told.opened }
  const sessions = new OwnedSessions({ membership, bus, address: 'r1.1', log: silentLog })
  for (const id of ['owned', 'owned again', 'refused']) await sessions.track(id)
  sessions.untrack('owned')
  sessions.untrack('owned again')
  sessions.untrack('refused', false)
  await sessions.track('owned again')
  await new Promise(setImmediate)
  expect(untracked).toEqual(['refused'])
  told.open()
  await new Promise(setImmediate)
  expect(untracked).toEqual(['refused', 'owned'])
})

test('[G6] what could not be untracked is untracked once the store takes calls again, unless it is owned by then', async () => {
  const untracked: string[] = []
  let isAway = true
  const untrack = async (sessionId: string) => {
    if (isAway) throw new StoreUnavailable('away')
    untracked.push(sessionId)
  }
  const membership = { ...noMembership, untrack }
  const sessions = new OwnedSessions({ membership, bus: noBus, address: 'r1.1', log: silentLog })
  for (const id of ['one', 'two', 'three']) {
    await sessions.track(id)
    sessions.untrack(id)
  }
  await new Promise(setImmediate)
  isAway = false
  await sessions.track('two')
  await sessions.renew()
  expect(untracked).toEqual(['one', 'three'])
  sessions.untrack('two')
  await new Promise(setImmediate)
  expect(untracked).toEqual(['one', 'three', 'two'])
})

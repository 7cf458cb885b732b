import { expect, test } from 'vitest'
import { UnansweredClaims } from '../../src/conversation/failover/unanswered-claims.ts'
import { silentLog } from '../../src/ports/log.ts'
import { noMeter } from '../../src/ports/meter.ts'
import type { Begun } from '../../src/ports/quotas.ts'
import { StoreUnavailable } from '../../src/ports/session-store.ts'
import { HandClock } from '../support/hand-clock.ts'

const SESSION = 'session-1'
const LEASE_MS = 1500
const MOST = 100

const claimOf = (at: number): Begun => ({ id: crypto.randomUUID(), createdAt: new Date(at).toISOString() })

/** Claims of one session, whose shard is silent until `made` is set: an answer that was begun after all, or null where none was. */
function behindSilentShard() {
  const clock = new HandClock()
  const shard: { made?: Begun | null } = {}
  let tracked = 0
  const claims = new UnansweredClaims({
    ownedSessions: { isClaiming: () => false, untrack: () => void tracked-- } as never,
    feeds: { lookAtRest: async () => {} },
    clock,
    meter: noMeter,
    log: silentLog,
    leaseMs: LEASE_MS,
    signal: new AbortController().signal,
    takeUp: async () => {
      if (shard.made === undefined) throw new StoreUnavailable('its shard is away')
      const { made } = shard
      shard.made = null
      return made
    },
  })
  const resolve = (claim: Begun) => {
    tracked++
    return claims.resolve(SESSION, claim)
  }
  return { clock, shard, resolve, tracked: () => tracked }
}

test('[X6] of the claims of a session that a silent shard leaves unanswered, the oldest count as not made once there are many', async () => {
  const { clock, shard, resolve, tracked } = behindSilentShard()
  const begun = Array.from({ length: MOST + 5 }, (_, i) => claimOf(i))
  const results = begun.map(resolve)
  expect(tracked()).toBe(MOST)
  expect(await Promise.all(results.slice(0, 5))).toEqual(Array(5).fill(false))
  shard.made = begun[5] ?? null
  await clock.advance(10 * LEASE_MS)
  const rest = await Promise.all(results.slice(5))
  expect(rest.filter((isMade) => isMade)).toHaveLength(1)
  expect(rest[0]).toBe(true)
  expect(tracked()).toBe(1) // for the answer that goes on
})

import { expect, test } from 'vitest'
import { ReplayGuard } from '../../src/access/replay-guard.ts'

test('what is signed with a time is accepted while that is about now, and once', () => {
  let now = 1_000_000
  const guard = new ReplayGuard(() => now)
  for (const at of [now - 30_001, now + 30_001, Number.NaN]) expect(guard.accepts('stale', at), String(at)).toBe(false)
  expect(guard.accepts('one', now)).toBe(true)
  expect(guard.accepts('ahead', now + 30_000)).toBe(true)
  now += 30_000
  expect([guard.accepts('one', now - 30_000), guard.accepts('ahead', now)]).toEqual([false, false])
  now += 1
  expect(guard.accepts('one', now - 30_001)).toBe(false)
})

test('what is remembered is bounded, and makes room as it grows old', () => {
  let now = 1_000_000
  const guard = new ReplayGuard(() => now)
  const accepted = Array.from({ length: 1100 }, (_, i) => guard.accepts(`${i}`, now)).filter(Boolean)
  expect(accepted).toHaveLength(1000)
  now += 30_001
  expect(guard.accepts('next', now)).toBe(true)
})

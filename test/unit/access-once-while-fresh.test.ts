import { expect, test } from 'vitest'
import { OnceWhileFresh } from '../../src/access/once-while-fresh.ts'

test('what is signed with a time is taken while that is about now, and once', () => {
  let now = 1_000_000
  const once = new OnceWhileFresh(() => now)
  for (const at of [now - 30_001, now + 30_001, Number.NaN]) expect(once.takes('stale', at), String(at)).toBe(false)
  expect(once.takes('one', now)).toBe(true)
  expect(once.takes('ahead', now + 30_000)).toBe(true)
  now += 30_000
  expect([once.takes('one', now - 30_000), once.takes('ahead', now)]).toEqual([false, false])
  now += 1
  expect(once.takes('one', now - 30_001)).toBe(false)
})

test('what is remembered is bounded, and makes room as it grows old', () => {
  let now = 1_000_000
  const once = new OnceWhileFresh(() => now)
  const taken = Array.from({ length: 1100 }, (_, i) => once.takes(`${i}`, now)).filter(Boolean)
  expect(taken).toHaveLength(1000)
  now += 30_001
  expect(once.takes('next', now)).toBe(true)
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { backoffMs } from '../../src/conversation/answer/backoff.ts'
import { flushWindow } from '../../src/conversation/answer/flush-window.ts'
import { rendezvous } from '../../src/conversation/failover/rendezvous.ts'

describe('the flush window', () => {
  test('[D5] is nothing while the loop is idle, and never more than twice DELTA_WINDOW_MS', () => {
    expect(flushWindow(0, 25)).toBe(0)
    expect(flushWindow(0.04, 25)).toBe(0)
    expect(flushWindow(1, 25)).toBe(50)
    expect(flushWindow(1, 0)).toBe(0)
  })

  test('[D5] never shrinks as the loop gets busier', () => {
    const load = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(load, load, fc.nat(1000), (a, b, windowMs) => {
        const [lower, higher] = [flushWindow(Math.min(a, b), windowMs), flushWindow(Math.max(a, b), windowMs)]
        expect(lower).toBeLessThanOrEqual(higher)
        expect(higher).toBeLessThanOrEqual(2 * windowMs)
      }),
    )
  })
})

describe('the wait before a model is asked again', () => {
  test('[F6] doubles from half a second, with jitter, up to eight seconds', () => {
    expect([0, 1, 2, 3, 4, 5, 20].map((tries) => backoffMs(tries, undefined, () => 1))).toEqual([
      500, 1000, 2000, 4000, 8000, 8000, 8000,
    ])
    expect(backoffMs(0, undefined, () => 0)).toBe(250)
  })

  test('[F6] is at least what Retry-After wants', () => {
    expect(backoffMs(0, 3000, () => 0)).toBe(3000)
    expect(backoffMs(5, 3000, () => 1)).toBe(8000)
  })
})

describe('the heir of a session', () => {
  const keys = Array.from({ length: 256 }, (_, i) => `5e55104d-0000-4000-8000-${i.toString(16).padStart(12, '0')}`)
  const members = (round: number, count: number): string[] =>
    Array.from({ length: count }, (_, i) => `r${i + 1}.${(round * count + i + 0xbe7a0000).toString(16)}`)

  test('[F2] is spread evenly over the living, whatever they are called', () => {
    for (let round = 0; round < 500; round++) {
      const [first = '', second = ''] = members(round, 2)
      const share = keys.filter((key) => rendezvous(key, [first, second]) === first).length / keys.length
      expect(share, `${first} beside ${second}`).toBeGreaterThan(0.3)
      expect(share, `${first} beside ${second}`).toBeLessThan(0.7)
    }
  })

  test('[F2] stays the same when another one dies, in whatever order they are known', () => {
    const [dead = '', ...living] = members(0, 5)
    for (const key of keys) {
      const heir = rendezvous(key, [dead, ...living])
      if (heir !== dead) expect(rendezvous(key, living.toReversed())).toBe(heir)
    }
  })
})

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { systemClock } from '../../src/ports/clock.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('what recurs does so in step, whenever it began, however the wall clock is set', () => {
  const seen: [string, number][] = []
  const note = (what: string) => () => void seen.push([what, performance.now()])
  vi.advanceTimersByTime(10_000 - (performance.now() % 10_000) + 130)
  const begun = performance.now() - 130
  const one = systemClock.every(500, note('one'))
  vi.advanceTimersByTime(200)
  const other = systemClock.every(1000, () => {
    note('other')()
    vi.setSystemTime(Date.now() + 5000)
  })

  vi.advanceTimersByTime(2200)
  one.cancel()
  other.cancel()
  vi.advanceTimersByTime(5000)

  expect(seen.map(([what, at]) => [what, Math.round(at - begun)]).toSorted()).toEqual([
    ['one', 1000],
    ['one', 1500],
    ['one', 2000],
    ['one', 2500],
    ['one', 500],
    ['other', 1000],
    ['other', 2000],
  ])
})

test('a callback that comes a moment too early is not followed by another at once', () => {
  let calls = 0
  const now = vi.spyOn(performance, 'now').mockReturnValue(100)
  const timer = systemClock.every(500, () => calls++)
  now.mockReturnValue(499.7)
  vi.advanceTimersByTime(400)
  expect(calls).toBe(1)

  vi.advanceTimersByTime(499)
  expect(calls).toBe(1)
  vi.advanceTimersByTime(2)
  expect(calls).toBe(2)
  timer.cancel()
  now.mockRestore()
})

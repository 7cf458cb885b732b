import { expect, test } from 'vitest'
import { Saturation } from '../../src/observability/system-load.ts'

const SAMPLE_MS = 100
const LATE = 200

/** The states after samples of a utilisation each, all of them so late. */
function statesOf(samples: readonly number[], lateMs = LATE): boolean[] {
  const saturation = new Saturation()
  return samples.map((utilisation, i) => {
    saturation.sample(utilisation, lateMs, i * (SAMPLE_MS + lateMs))
    return saturation.saturated
  })
}

/** Samples for so many seconds. */
const times = (seconds: number, utilisation: number, lateMs = LATE): number[] =>
  Array.from({ length: (1000 * seconds) / (SAMPLE_MS + lateMs) }, () => utilisation)

test('a peak of less than ten seconds is no overload, nor is one that pauses', () => {
  expect(statesOf([...times(10, 1), 0.5])).not.toContain(true)
  expect(statesOf([...times(8, 1), 0.97, ...times(8, 1)])).not.toContain(true)
  expect(statesOf(times(60, 0.98))).not.toContain(true)
})

test('nothing but work that is done in time is no overload', () => {
  expect(statesOf(times(60, 1, 50), 50)).not.toContain(true)
})

test('after ten seconds of nothing but work, all of it late, a replica is saturated, until there is room again', () => {
  const busy = times(15, 1)
  const states = statesOf([...busy, 0.95, 0.95, 0.89, 1, 1])
  const secondsUntil = (states.indexOf(true) * (SAMPLE_MS + LATE)) / 1000
  expect(secondsUntil).toBeGreaterThanOrEqual(10)
  expect(secondsUntil).toBeLessThan(14)
  expect(states.slice(busy.length)).toEqual([true, true, false, false, false])
})

import { expect, test } from 'vitest'
import { Saturation } from '../../src/ports/load.ts'

/** The states after samples of 100 ms each. */
function statesOf(samples: readonly number[]): boolean[] {
  const saturation = new Saturation()
  return samples.map((utilisation, i) => {
    saturation.sample(utilisation, i * 100)
    return saturation.saturated
  })
}

const times = (count: number, utilisation: number): number[] => Array.from({ length: count }, () => utilisation)

test('a peak of less than ten seconds is no overload, nor is one that pauses', () => {
  expect(statesOf([...times(100, 1), 0.5])).not.toContain(true)
  expect(statesOf([...times(75, 1), 0.97, ...times(75, 1)])).not.toContain(true)
  expect(statesOf(times(300, 0.98))).not.toContain(true)
})

test('after ten seconds of nothing but work a replica is saturated, until there is room again', () => {
  const states = statesOf([...times(110, 1), 0.95, 0.95, 0.89, 1, 1])
  expect(states.indexOf(true)).toBe(100)
  expect(states.slice(110)).toEqual([true, true, false, false, false])
})

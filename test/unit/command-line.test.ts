import { expect, test } from 'vitest'
import { numberOf } from '../support/command-line.ts'

test('a number of a lab’s command line is read, or refused with the bound that holds', () => {
  expect(numberOf('minutes', undefined, 0)).toBeUndefined()
  expect(numberOf('minutes', '0.5', 0)).toBe(0.5)
  expect(numberOf('seed', '0', 0)).toBe(0)
  for (const wrong of ['0', '-1', 'x'])
    expect(() => numberOf('minutes', wrong, 0)).toThrow(`--minutes ${wrong}: must be a number above 0`)
  for (const wrong of ['0', '1.5', 'x'])
    expect(() => numberOf('runs', wrong, 1)).toThrow(`--runs ${wrong}: must be a whole number of at least 1`)
})

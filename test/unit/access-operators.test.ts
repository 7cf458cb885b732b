import { expect, test } from 'vitest'
import { Operators, signature } from '../../src/access/operators.ts'

const [ANNA, BEN] = ['a'.repeat(32), 'b'.repeat(40)]
const operators = new Operators([
  { name: 'anna', token: ANNA },
  { name: 'ben', token: BEN },
])

test('a token is its owner’s, and any other nobody’s', () => {
  expect(operators.find(ANNA)?.name).toBe('anna')
  expect(operators.find(BEN)?.name).toBe('ben')
  for (const other of ['', 'a'.repeat(31), 'a'.repeat(33), `anna:${ANNA}`, 'ä'.repeat(32)]) {
    expect(operators.find(other)).toBeNull()
  }
  expect(new Operators([]).find('')).toBeNull()
})

test('an order is its signer’s, for the text that was signed', () => {
  const proof = signature({ name: 'anna', token: ANNA }, 'drain r2')
  expect(operators.hasSigned('anna', 'drain r2', proof)).toBe(true)
  expect(operators.hasSigned('anna', 'drain r3', proof)).toBe(false)
  expect(operators.hasSigned('ben', 'drain r2', proof)).toBe(false)
  expect(operators.hasSigned('eve', 'drain r2', proof)).toBe(false)
  expect(operators.hasSigned('anna', 'drain r2', '')).toBe(false)
})

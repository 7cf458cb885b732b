import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TextGate } from '../../src/session/text-gate.ts'
import { anyText, cutAt } from '../support/arbitrary-text.ts'

const cases = fc.tuple(anyText, fc.array(fc.nat(1000), { maxLength: 30 })).map(([text, cuts]) => cutAt(text, cuts))

function gated(pieces: readonly string[]): string[] {
  const gate = new TextGate()
  return [...pieces.map((piece) => gate.push(piece)), gate.end()]
}

test('[D2] however a text is cut, its pieces joined are the text, well-formed', () => {
  fc.assert(
    fc.property(cases, (pieces) => {
      expect(gated(pieces).join('')).toBe(pieces.join('').toWellFormed())
    }),
    { numRuns: 2000 },
  )
})

test('[D2] each piece is well-formed by itself: no pair is split', () => {
  fc.assert(
    fc.property(cases, (pieces) => {
      for (const piece of gated(pieces)) expect(piece.isWellFormed()).toBe(true)
    }),
    { numRuns: 2000 },
  )
})

test('[D2] nothing is held back but pieces that end in the middle of a pair', () => {
  fc.assert(
    fc.property(cases, (pieces) => {
      const gate = new TextGate()
      let waiting = ''
      for (const piece of pieces) {
        const isHalf = /[\ud800-\udbff]$/.test(waiting + piece)
        expect(gate.push(piece)).toBe(isHalf ? '' : (waiting + piece).toWellFormed())
        expect(gate.isEmpty).toBe(!isHalf)
        waiting = isHalf ? waiting + piece : ''
      }
    }),
    { numRuns: 1000 },
  )
})

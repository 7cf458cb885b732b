import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MIN_OVERLAP, OverlapTrimmer, overlapOf } from '../../src/model/overlap.ts'

function trim(stored: string, pieces: readonly string[]): string {
  const trimmer = new OverlapTrimmer(stored)
  return pieces.map((piece) => trimmer.push(piece)).join('') + trimmer.end()
}

function piecesOf(text: string, sizes: readonly number[]): string[] {
  const pieces: string[] = []
  for (let at = 0, turn = 0; at < text.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    pieces.push(text.slice(at, at + size))
    at += size
  }
  return pieces
}

// Few letters, so that texts repeat themselves in every way.
const letters = (unit: string) => fc.string({ unit: fc.constantFrom(...unit), maxLength: 60 })
const text = fc.oneof(letters('ab'), letters('a'), letters('a😀 '), fc.string({ unit: 'binary', maxLength: 40 }))
const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1 })

describe('[F3] overlap', () => {
  it('is the longest end of the stored text that begins the continuation', () => {
    fc.assert(
      fc.property(text, fc.nat({ max: 60 }), text, (stored, repeated, fresh) => {
        const continuation = stored.slice(Math.max(0, stored.length - repeated)) + fresh
        const lengths = Array.from({ length: stored.length + 1 }, (_, at) => stored.length - at)
        const longest = lengths.find((length) => continuation.startsWith(stored.slice(stored.length - length)))
        expect(overlapOf(stored, continuation)).toBe(longest)
      }),
    )
  })

  it('is trimmed alike whatever the pieces, from 8 characters on', () => {
    fc.assert(
      fc.property(text, fc.nat({ max: 60 }), text, sizes, (stored, repeated, fresh, cuts) => {
        const continuation = stored.slice(Math.max(0, stored.length - repeated)) + fresh
        const overlap = overlapOf(stored, continuation)
        const expected = continuation.slice(overlap < MIN_OVERLAP ? 0 : overlap)
        expect(trim(stored, piecesOf(continuation, cuts))).toBe(expected)
      }),
    )
  })

  it('keeps seven repeated characters, trims eight, and trims the whole text', () => {
    expect(trim('one two three', ['o three', ' four'])).toBe('o three four')
    expect(trim('one two three', ['wo three', ' four'])).toBe(' four')
    expect(trim('one two three', ['one two ', 'three four'])).toBe(' four')
  })

  it('holds back nothing that cannot be a repetition', () => {
    const trimmer = new OverlapTrimmer('The quick brown fox')
    expect(trimmer.push(' jumps')).toBe(' jumps')
    expect(trimmer.push('The quick')).toBe('The quick')
    const wrong = new OverlapTrimmer('The quick brown fox')
    expect(wrong.push('The quick ')).toBe('')
    expect(wrong.push('red')).toBe('The quick red')
    expect(wrong.decided).toBe(true)
  })

  it('a line of dashes that goes on as it ended loses what could be a repetition', () => {
    expect(trim('Title\n--------', ['----', '----', '\nText'])).toBe('\nText')
    expect(trim('Title\n-------', ['-------', '\nText'])).toBe('-------\nText')
  })

  it('is right on long texts that repeat themselves', () => {
    for (const unit of ['ab', 'a', `${'a'.repeat(999)}b`]) {
      const stored = unit.repeat(1_000_000 / unit.length)
      expect(trim(stored, piecesOf(`${stored}c`, [4]))).toBe('c')
      expect(trim(stored, piecesOf(`${stored.slice(7)}c`, [3]))).toBe('c')
    }
  })
})

import { describe, expect, test } from 'vitest'
import { LANGUAGES } from '../../src/demo-model/mind/language.ts'
import { pagesOf } from '../../src/demo-model/mind/library.ts'
import type { Turn } from '../../src/demo-model/mind/prompt.ts'
import { replyTo } from '../../src/demo-model/mind/reply.ts'
import { GO_ON } from '../../src/model/continuation.ts'

const user = (text: string): Turn => ({ role: 'user', text })
const assistant = (text: string): Turn => ({ role: 'assistant', text })

const QUESTIONS = [
  'What happens when a replica is killed in the middle of an answer?',
  'Write me a long story',
  'Can you send some emoji?',
  'Which languages and scripts can you write?',
  'Count to 300',
  'What is the meaning of life?',
  '一个副本死掉会怎样？',
  'ما هو Baton؟',
]
const earlier = [user('My name is Ada'), assistant('Nice to meet you, **Ada**!')]
const instructed = (before: readonly Turn[], given: string) =>
  replyTo({ turns: [...before, assistant(given), user(GO_ON)], continuesLast: false })

/** F3: of the repetition of a text's end, 8 characters or more, nothing is kept. */
function trimmed(given: string, reply: string): string {
  for (let length = Math.min(given.length, reply.length); length >= 8; length--) {
    if (given.endsWith(reply.slice(0, length))) return reply.slice(length)
  }
  return reply
}

/** The first place where 8 characters or more, up to a line's worth, stand twice in a row. */
function doubledIn(text: string): string | undefined {
  for (let at = 8; at < text.length; at++) {
    for (let length = 8; length <= Math.min(at, 100); length++) {
      const piece = text.slice(at - length, at)
      if (text.startsWith(piece, at)) return piece
    }
  }
  return undefined
}

/** Every so many characters: the places where an answer is cut off. */
function cutsOf(text: string): number[] {
  const step = Math.max(1, Math.floor(text.length / 60))
  return Array.from({ length: Math.ceil(text.length / step) }, (_, i) => i * step)
}

describe('[F3] the demo model goes on from any place of its answers', () => {
  test.each(QUESTIONS)('%s', (question) => {
    const before = [...earlier, user(question)]
    const whole = replyTo({ turns: before, continuesLast: false })
    for (const cut of cutsOf(whole)) {
      const given = whole.slice(0, cut)
      const rest = replyTo({ turns: [...before, assistant(given)], continuesLast: true })
      expect(given + rest).toBe(whole)
      expect(given + trimmed(given, instructed(before, given)), `cut at ${cut}`).toBe(whole)
    }
  })

  test('an instructed continuation repeats the end sometimes, always the same way', () => {
    const before = [user('Write me a long story')]
    const whole = replyTo({ turns: before, continuesLast: false })
    const cuts = cutsOf(whole).filter((cut) => cut >= 20)
    const repeats = cuts.filter((cut) => instructed(before, whole.slice(0, cut)).length > whole.length - cut)
    expect(repeats.length).toBeGreaterThan(cuts.length / 3)
    expect(repeats.length).toBeLessThan(cuts.length)
    expect(instructed(before, whole.slice(0, 500))).toBe(instructed(before, whole.slice(0, 500)))
  })

  test('no page repeats itself in place: a trimmer could not tell that from a repetition', () => {
    for (const text of LANGUAGES.flatMap(pagesOf).flatMap(({ variants }) => variants)) {
      expect(doubledIn(text)).toBeUndefined()
    }
  })

  test('a whole answer has nothing more, a foreign text gets an ending, a trimmed one its rest', () => {
    const before = [user('What is Baton?')]
    const whole = replyTo({ turns: before, continuesLast: false })
    expect(instructed(before, whole)).toBe('')
    expect(instructed(before, 'Something that another model has said, and broken off')).toContain(
      'where I would leave it',
    )
    const lost = `Well. ${whole.slice(10, 200)}`
    expect(lost + trimmed(lost, instructed(before, lost))).toBe(`Well. ${whole.slice(10)}`)
  })

  test('a person who says "continue" gets the rest of a stopped answer, and after a whole one the next page', () => {
    const before = [user('What is Baton?')]
    const whole = replyTo({ turns: before, continuesLast: false })
    const said = (given: string) => [...before, assistant(given), user('continue')]
    expect(replyTo({ turns: said(whole.slice(0, 100)), continuesLast: false })).toBe(whole.slice(100))
    expect(replyTo({ turns: said(whole), continuesLast: false })).toContain('When a replica dies')

    const rest = instructed(said(whole.slice(0, 100)), whole.slice(100, 300))
    expect(trimmed(whole.slice(100, 300), rest)).toBe(whole.slice(300))
  })

  test('a question about continuing is a question', () => {
    const turns = [user('What is Baton?'), assistant('Baton is'), user('Does it continue exactly where it stopped?')]
    expect(replyTo({ turns, continuesLast: false })).toContain('When a replica dies')
  })
})

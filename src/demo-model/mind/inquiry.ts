import type { Language } from './language.ts'
import type { Turn } from './prompt.ts'

/** The question that is to be answered, and what was said before it. */
export interface Inquiry {
  readonly question: string
  readonly language: Language
  /** The turns before the question, system turns left out. */
  readonly earlier: readonly Turn[]
}

export function userTexts(inquiry: Inquiry): string[] {
  return inquiry.earlier.filter(({ role }) => role === 'user').map(({ text }) => text)
}

/** On one line, at most `length` characters, never cut inside a surrogate pair. */
export function brief(text: string, length: number): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length <= length
    ? line
    : `${line
        .slice(0, length)
        .toWellFormed()
        .replace(/\uFFFD$/, '')}…`
}

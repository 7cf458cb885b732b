import { Random } from './random.ts'

/** What a question asks of the simulated model: it is the question's content, so that no replica needs to know of it. */
export interface Script {
  readonly tokens: number
  readonly paceMs: number
  readonly thinkMs: number
}

export function questionOf(id: string, { tokens, paceMs, thinkMs }: Script): string {
  return `${id}: tokens=${tokens} pace=${Math.round(paceMs)} think=${Math.round(thinkMs)}`
}

export function scriptOf(question: string): Script {
  const [, tokens = 0, paceMs = 0, thinkMs = 0] =
    /tokens=(\d+) pace=(\d+) think=(\d+)$/.exec(question)?.map(Number) ?? []
  return { tokens, paceMs, thinkMs }
}

const WORDS = ['so', 'be it', 'señor', '漢字', '🚀', '👩‍🚀', 'ﷺ', '\n', 'Ω', '𝒳'] as const
const texts = new Map<string, string>()

/**
 * The answer to a question, of which a model that is asked twice has several: each begins with a letter of its own. Its words
 * are numbered, so that none can be doubled or missed unnoticed, nor come from another answer.
 */
export function answerTo(question: string, letter: string): string {
  const key = letter + question
  const known = texts.get(key)
  if (known !== undefined) return known
  let seed = 0
  for (let i = 0; i < key.length; i++) seed = Math.imul(seed ^ key.charCodeAt(i), 0x01000193)
  const random = new Random(seed)
  const words = Array.from({ length: scriptOf(question).tokens }, (_, i) => `${i}${random.pick(WORDS)} `)
  const text = words.length === 0 ? '' : `${letter}: ${words.join('')}`
  if (texts.size > 1000) texts.clear()
  texts.set(key, text)
  return text
}

/** The answer to a question that begins as `text` does, or any where that is empty. */
export function answerLike(question: string, text: string, random?: Random): string {
  const letter = text === '' ? String.fromCharCode(65 + (random?.int(0, 25) ?? 0)) : text.charAt(0)
  return answerTo(question, letter)
}

/** A text as a provider cuts it: anywhere, also through a surrogate pair. */
export function piecesOf(text: string, random: Random): string[] {
  const pieces: string[] = []
  for (let at = 0; at < text.length; ) {
    const length = random.int(1, 8)
    pieces.push(text.slice(at, at + length))
    at += length
  }
  return pieces
}

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

/** The one right answer to a question. Its words are numbered, so that none can be doubled or missed unnoticed. */
export function answerTo(question: string): string {
  const known = texts.get(question)
  if (known !== undefined) return known
  let seed = 0
  for (let i = 0; i < question.length; i++) seed = Math.imul(seed ^ question.charCodeAt(i), 0x01000193)
  const random = new Random(seed)
  const words = Array.from({ length: scriptOf(question).tokens }, (_, i) => `${i}${random.pick(WORDS)} `)
  const text = words.join('')
  if (texts.size > 1000) texts.clear()
  texts.set(question, text)
  return text
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

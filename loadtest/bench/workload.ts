/*
 * The text that everybody agrees on: the model stand-in sends it token by token, the clients check it character by
 * character. Stream `n` starts at a place of its own in one cycle of tokens, so text of another stream is noticed too.
 */

/** UTF-16 units in every token. */
export const TOKEN_LENGTH = 5
/** A prime, so that neighbouring streams are far apart. */
const VOCABULARY_SIZE = 997
const STREAM_STRIDE = 331

/** As in real answers, some text is not ASCII: two- to four-byte UTF-8, a surrogate pair among it. */
const BEYOND_ASCII = ['naïve', '“ok” ', 'ça va', 'für 3', 'a – b', '日本語です', 'да 1 ', 'ok 👍']
const CONSONANTS = 'bdfghklmnprstvwz'
const VOWELS = 'aeiou'

/** The tokens of one cycle. */
export const VOCABULARY: readonly string[] = Array.from({ length: VOCABULARY_SIZE }, (_, i) => {
  if (i % 40 === 39) return BEYOND_ASCII[((i / 40) % BEYOND_ASCII.length) | 0] ?? ''
  const number = i * 2654435761
  const pick = (letters: string, shift: number) => letters[(number >>> shift) % letters.length]
  return `${pick(CONSONANTS, 3)}${pick(VOWELS, 9)}${pick(CONSONANTS, 14)}${pick(VOWELS, 20)} `
})

const CYCLE = VOCABULARY.join('')
const TWO_CYCLES = CYCLE + CYCLE

/** The place in the vocabulary of a stream's token `index`. */
export function tokenAt(stream: number, index: number): number {
  return (stream * STREAM_STRIDE + index) % VOCABULARY_SIZE
}

/** Whether `text` is what stands at `offset` of the stream's answer. */
export function isTextOf(stream: number, offset: number, text: string): boolean {
  for (let at = 0; at < text.length; at += CYCLE.length) {
    const start = (tokenAt(stream, 0) * TOKEN_LENGTH + offset + at) % CYCLE.length
    const part = text.length <= CYCLE.length ? text : text.slice(at, at + CYCLE.length)
    if (!TWO_CYCLES.startsWith(part, start)) return false
  }
  return true
}

/** One answer that the model stand-in is asked for. */
export interface Answer {
  readonly stream: number
  readonly tokens: number
  /** Tokens a second. */
  readonly rate: number
}

/** The user's message that asks for an answer. */
export function promptFor({ stream, tokens, rate }: Answer): string {
  return `stream ${stream}: ${tokens} tokens at ${rate}/s`
}

/** The answer that a message asks for; undefined where it asks for none. */
export function answerTo(prompt: string): Answer | undefined {
  const match = /^stream (\d+): (\d+) tokens at (\d+)\/s$/.exec(prompt)
  return match ? { stream: Number(match[1]), tokens: Number(match[2]), rate: Number(match[3]) } : undefined
}

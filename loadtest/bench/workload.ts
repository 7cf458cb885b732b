/*
 * The text that everybody agrees on: the model stand-in sends it token by token, the clients check it character by
 * character. Stream `n` starts at a place of its own in one cycle of tokens, so text of another stream is noticed too.
 */

/** UTF-16 units in every token. */
export const TOKEN_LENGTH = 5
/** A prime, so that neighbouring streams are far apart. */
const VOCABULARY_SIZE = 997
const STREAM_STRIDE = 331
/** Streams from here on belong to clients that are there beside those that are measured. */
export const CROWD_STREAMS = 1_000_000

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

/** The stream's text from one token to before another. */
export function textOf(stream: number, from: number, to: number): string {
  let text = ''
  for (let i = from; i < to; i++) text += VOCABULARY[tokenAt(stream, i)]
  return text
}

/** One answer that the model stand-in is asked for. */
export interface Answer {
  readonly stream: number
  readonly tokens: number
  /** Tokens a second. */
  readonly rate: number
  /** Tokens that come before the others, all at once and in few pieces: an answer that is long from the start. */
  readonly head: number
}

/** The user's message that asks for an answer. */
export function promptFor({ stream, tokens, rate, head }: Answer): string {
  return `stream ${stream}: ${tokens} tokens at ${rate}/s after ${head}`
}

interface Turn {
  readonly role?: string
  readonly content?: string
}

/** The answer that a conversation asks for, and how many tokens of it are there already; undefined where it asks for none. */
export function answerTo(turns: readonly Turn[]): (Answer & { readonly from: number }) | undefined {
  const last = turns.findLastIndex(({ content }) => content?.startsWith('stream '))
  const match = /^stream (\d+): (\d+) tokens at (\d+)\/s after (\d+)$/.exec(turns[last]?.content ?? '')
  if (match === null) return undefined
  const [stream = 0, tokens = 0, rate = 0, head = 0] = match.slice(1).map(Number)
  // A request to go on with an answer (LLM_RESUME=continue) carries its text so far, and must not be told any of it again.
  const written = turns[last + 1]?.content?.length ?? 0
  return { stream, tokens, rate, head, from: written / TOKEN_LENGTH }
}

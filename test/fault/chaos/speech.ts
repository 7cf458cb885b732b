/** What the model of the fault lab says. */

/** ⓐ to ⓩ. */
const FIRST_LETTER = 0x24d0
const LETTERS = 26

/** What stands before a word. Such marks are tokens of their own, and JSON's own syntax: an owner may have to begin with one. */
const JOINTS = [' ', ',', ' ', ':', ' ', '"', ' ', ' ']

/**
 * What the model says to a question: known in advance but for one letter in each word, by which each request to the model
 * differs from all others. Text that two owners have made cannot pass for text that one has made.
 */
export function answerTo(question: string, variant = 0): string {
  const words = 20 + (Number(/\d+$/.exec(question)?.[0] ?? 0) % 160)
  const name = question.split(' ')[0] ?? ''
  const letter = String.fromCodePoint(FIRST_LETTER + (variant % LETTERS))
  const word = (i: number) => `${name}${letter}${i}${i % 9 === 4 ? '👩‍👩‍👧字' : ''}`
  const more = Array.from({ length: words - 1 }, (_, i) => `${JOINTS[i % JOINTS.length]}${word(i + 1)}`)
  return word(0) + more.join('')
}

/** The text's tokens: words with the space before them, and marks. */
export function tokensOf(text: string): string[] {
  return text.split(/(?=[ ,:"])|(?<=[,:"])/)
}

/** The text as the first variant has it. */
export function plain(text: string): string {
  return text.replaceAll(/[ⓐ-ⓩ]/g, 'ⓐ')
}

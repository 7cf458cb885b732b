import { asText } from './json.ts'
import { overlapOf } from './overlap.ts'

/** One part of a response's output, such as `output_text`, unchecked. */
interface Part {
  readonly text?: unknown
  readonly refusal?: unknown
}

/** What of a `response` object or one of its output items holds text, unchecked. */
interface Item {
  readonly type?: unknown
  readonly content?: unknown
}

/**
 * Tells what of a response's text has not come yet. Providers say it in pieces, then whole when a part is done, again when its item is, and
 * again at the end; some leave out the pieces. Parts are told apart by their place in the output.
 */
export class ResponseText {
  /** How many units of each part came. */
  readonly #lengths = new Map<string, number>()
  /** Where an earlier stream has begun the response, the text that is there: how it fell into parts is not known then. */
  #earlier: string | null

  constructor(earlier: string | null) {
    this.#earlier = earlier
  }

  /** A piece of the part at that place came. */
  came(place: string, piece: string): void {
    this.#lengths.set(place, (this.#lengths.get(place) ?? 0) + piece.length)
    if (this.#earlier !== null) this.#earlier += piece
  }

  /** What of the whole part `text` did not come in pieces. */
  missingOf(place: string, text: string): string {
    const known = this.#earlier === null ? (this.#lengths.get(place) ?? 0) : overlapOf(this.#earlier, text)
    const missing = text.slice(known)
    if (missing !== '') this.came(place, missing)
    return missing
  }

  /** The same of a whole output item. */
  missingOfItem(at: unknown, item: unknown): string {
    const { type, content } = (item ?? {}) as Item
    if (type !== 'message' || !Array.isArray(content)) return ''
    return content.map((part: unknown, place) => this.missingOf(placeOf(at, place), textOf(part))).join('')
  }

  /** The same of the whole output of a response. */
  missingOfOutput(output: unknown): string {
    if (!Array.isArray(output)) return ''
    if (this.#earlier === null) return output.map((item, at) => this.missingOfItem(at, item)).join('')
    const whole = output.flatMap((item: Item | null) => (item?.type === 'message' ? [item.content ?? []].flat() : []))
    return this.missingOf('', whole.map(textOf).join(''))
  }
}

/** Names the place of a part in the output. */
export function placeOf(outputIndex: unknown, contentIndex: unknown): string {
  return `${Number(asText(outputIndex))}:${Number(asText(contentIndex))}`
}

/** The text of a content part, a refusal's included. */
export function textOf(part: unknown): string {
  const { text, refusal } = (part ?? {}) as Part
  return [text, refusal].find((words) => typeof words === 'string')?.toString() ?? ''
}

import { asText } from './json.ts'
import { overlapOf } from './overlap.ts'
import { ThinkHead } from './think-head.ts'

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
 * again at the end; some leave out the pieces. Parts are told apart by their place in the output, as far as a provider names that: vLLM
 * counts a part for every event, llama.cpp and LiteLLM put the reasoning before the text only in the end.
 */
export class ResponseText {
  /** How many units of each part came. */
  readonly #lengths = new Map<string, number>()
  /** All text that came, an earlier stream's included. */
  #said: string
  /** An earlier stream has begun the response: how what it gave fell into parts is not known. */
  readonly #wasBegun: boolean

  /** `earlier` is the text that is there where an earlier stream has begun the response, else null. */
  constructor(earlier: string | null) {
    this.#said = earlier ?? ''
    this.#wasBegun = earlier !== null
  }

  /** A piece of the part at that place came. */
  came(place: string, piece: string): void {
    this.#lengths.set(place, (this.#lengths.get(place) ?? 0) + piece.length)
    this.#said += piece
  }

  /** What of the whole part `text` did not come in pieces. */
  missingOf(place: string, text: string): string {
    const missing = this.#wasBegun ? this.#beyond(behindHead(text)) : text.slice(this.#knownOf(place, text))
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
    const texts = output.flatMap((item: Item | null) => (item?.type === 'message' ? [item.content ?? []].flat() : []))
    const whole = texts.map(textOf).join('')
    if (this.#wasBegun) return this.missingOf('', whole)
    const at = whole.indexOf(this.#said) // what is before it, or all of a text that was made anew, comes too late
    return at === -1 ? '' : whole.slice(at + this.#said.length)
  }

  /** Of a part of which nothing came, all is known where just that was said: it was at another place then. */
  #knownOf(place: string, text: string): number {
    return this.#lengths.get(place) ?? (this.#said.endsWith(text) ? text.length : 0)
  }

  #beyond(text: string): string {
    return text.slice(overlapOf(this.#said, text))
  }
}

/** What is there of an earlier stream has no reasoning at its head (F7). */
function behindHead(text: string): string {
  const head = new ThinkHead(() => {})
  return head.push(text) + head.end()
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

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

/** Between two messages of one response: models say what they are about to look up, then the answer. */
const BETWEEN = '\n\n'

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
  #isBetween = false
  /** Names the message that began last; '' where it has no name. */
  #begun = ''

  /** `earlier` is the text that is there where an earlier stream has begun the response, else null. */
  constructor(earlier: string | null) {
    this.#said = earlier ?? ''
    this.#wasBegun = earlier !== null
  }

  /** A message has begun behind another one, and nothing of it came: whoever goes on from here has to be told so again. */
  get isBetween(): boolean {
    return this.#isBetween
  }

  /** A message begins, at that place of the output. Some providers say so again in the middle of it. */
  begins(at: unknown, id: unknown): void {
    const name = at === undefined && id === undefined ? '' : JSON.stringify([at, id])
    if (name !== '' && name === this.#begun) return
    this.#begun = name
    this.#isBetween = this.#said !== ''
  }

  /** A piece of the part at that place came. Gives what it adds to the answer. */
  came(place: string, piece: string): string {
    if (piece === '') return ''
    const said = this.#isBetween ? BETWEEN + piece : piece
    this.#isBetween = false
    this.#lengths.set(place, (this.#lengths.get(place) ?? 0) + piece.length)
    this.#said += said
    return said
  }

  /** What of the whole part `text` did not come in pieces. */
  missingOf(place: string, text: string): string {
    if (this.#isBetween && !this.#lengths.has(place)) return this.came(place, text)
    return this.came(place, this.#wasBegun ? this.#beyond(behindHead(text)) : text.slice(this.#knownOf(place, text)))
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
    const texts = output.map(textOfMessage).filter((text) => text !== '')
    // A provider that does not say where a message begins had its messages put together.
    const wholes = [texts.join(BETWEEN), texts.join('')]
    if (this.#wasBegun) {
      const [apart = '', together = ''] = wholes.map(behindHead)
      const isTogether = overlapOf(this.#said, together) > overlapOf(this.#said, apart)
      return this.#beyond(isTogether ? together : apart)
    }
    const whole = wholes.find((text) => text.includes(this.#said))
    // What is before it, or all of a text that was made anew, comes too late.
    return whole === undefined ? '' : whole.slice(whole.indexOf(this.#said) + this.#said.length)
  }

  /** Of a part of which nothing came, all is known where just that was said: it was at another place then. */
  #knownOf(place: string, text: string): number {
    return this.#lengths.get(place) ?? (this.#said.endsWith(text) ? text.length : 0)
  }

  #beyond(text: string): string {
    return text.slice(overlapOf(this.#said, text))
  }
}

function textOfMessage(item: Item | null): string {
  return item?.type === 'message' ? [item.content ?? []].flat().map(textOf).join('') : ''
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

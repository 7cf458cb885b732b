/** Keeps account, character by character, of what this page was sent and what it showed (D2, D3, D4). Pure. */
import type { Arrival, Message } from '../../client/index.ts'

export interface Account {
  /** Characters of finished answers that neither deltas nor snapshots had brought when the final message came. */
  readonly lost: number
  /** Characters that this page showed and that the finished answer does not have at that place. */
  readonly doubled: number
  /** Characters that came again, were known by their offset, and were not shown again. */
  readonly repeated: number
  /** Characters of answers that streamed to this page. */
  readonly received: number
}

type Delta = Extract<Arrival, { name: 'delta' }>['data']

/** One answer as it was received: rebuilt here from offsets alone, independently of what the page shows. */
interface Entry {
  attempt: number
  text: string
  /** Deltas above the end of `text`: what is between must still come, by a snapshot. */
  readonly waiting: Delta[]
  /** What the page showed when the answer last streamed. */
  shown: string
}

export class Ledger {
  readonly #entries = new Map<string, Entry>()
  #length = 0
  #account: Account = { lost: 0, doubled: 0, repeated: 0, received: 0 }

  get account(): Account {
    return this.#account
  }

  /** Length of the answer that was added to last, as received so far. */
  get length(): number {
    return this.#length
  }

  /** Takes what came from the gateway. Gives the number of characters that were new. */
  arrived(arrival: Arrival): number {
    const before = this.#account.received
    if (arrival.name === 'delta') this.#delta(arrival.data)
    else if (arrival.name === 'message') this.#snapshot(arrival.data.message)
    else if (arrival.name === 'opened') for (const message of arrival.data.messages) this.#snapshot(message, true)
    return this.#account.received - before
  }

  /** Takes what the page shows. An answer that has ended is judged once, and forgotten. */
  shown(messages: readonly Message[]): void {
    for (const message of messages) {
      const entry = this.#entries.get(message.id)
      if (entry === undefined || message.attempt < entry.attempt) continue
      if (message.status === 'streaming') {
        entry.shown = message.content
      } else {
        this.#entries.delete(message.id)
        this.#judge(entry, message.content)
      }
    }
  }

  #delta(delta: Delta): void {
    const entry = this.#entryOf(delta.messageId, delta.attempt)
    if (delta.attempt < entry.attempt) return
    entry.waiting.push(delta)
    this.#join(entry)
  }

  /** `whole`: the final text of an acknowledged open is received with it; that of a `message` event only ends the deltas. */
  #snapshot({ id, role, status, attempt, content }: Message, whole = false): void {
    if (role !== 'assistant' || (status !== 'streaming' && !this.#entries.has(id))) return
    const entry = this.#entryOf(id, attempt)
    if (attempt < entry.attempt || (status !== 'streaming' && !whole)) return
    if (content.startsWith(entry.text)) this.#append(entry, content.slice(entry.text.length))
    this.#join(entry)
  }

  #join(entry: Entry): void {
    entry.waiting.sort((a, b) => a.offset - b.offset)
    for (let next = entry.waiting[0]; next !== undefined && next.offset <= entry.text.length; next = entry.waiting[0]) {
      entry.waiting.shift()
      const overlap = Math.min(entry.text.length - next.offset, next.text.length)
      this.#account = { ...this.#account, repeated: this.#account.repeated + overlap }
      this.#append(entry, next.text.slice(overlap))
    }
  }

  #append(entry: Entry, text: string): void {
    if (text === '') return
    entry.text += text
    this.#length = entry.text.length
    this.#account = { ...this.#account, received: this.#account.received + text.length }
  }

  #entryOf(messageId: string, attempt: number): Entry {
    const held = this.#entries.get(messageId)
    if (held !== undefined && held.attempt >= attempt) return held
    const entry = { attempt, text: '', waiting: [], shown: '' }
    this.#entries.set(messageId, entry)
    return entry
  }

  #judge({ text, shown }: Entry, final: string): void {
    const { lost, doubled, ...rest } = this.#account
    this.#account = { ...rest, lost: lost + missingIn(text, final), doubled: doubled + missingIn(final, shown) }
  }
}

/** How many characters of `whole` are not in `part`, the beginning and the end that they share set aside. */
function missingIn(part: string, whole: string): number {
  const most = Math.min(part.length, whole.length)
  let start = 0
  while (start < most && part[start] === whole[start]) start++
  let end = 0
  while (end < most - start && part.at(-1 - end) === whole.at(-1 - end)) end++
  return whole.length - start - end
}

import type { Delta, MessageEvent, SessionSync } from '../../src/protocol/events.ts'
import type { Message } from '../../src/protocol/message.ts'
import { mergeDelta } from '../../src/session/merge.ts'

/** News of a session as a socket gets it. */
export type News =
  | { readonly event: 'delta'; readonly payload: Delta }
  | { readonly event: 'message'; readonly payload: MessageEvent }
  | { readonly event: 'session:sync'; readonly payload: SessionSync }

/**
 * Holds what one socket was shown and complains of whatever D2 and D4 forbid. Stricter than a client has to be (D3):
 * within an attempt every delta must begin exactly where the text ends, and nothing is told twice. Only what came before
 * the acknowledgement of an open may overlap its snapshot.
 */
export class TextChecker {
  readonly violations: string[] = []
  /** Redis was away: messages may be told again, to confirm their `seq` (G5). */
  confirmations = false
  readonly #held = new Map<string, Message>()
  /** Sessions of the messages, by id: one socket may have several open. */
  readonly #sessions = new Map<string, string>()

  get(messageId: string): Message | undefined {
    return this.#held.get(messageId)
  }

  /** An open was acknowledged with `messages`; `early` came before it. */
  opened(sessionId: string, messages: readonly Message[], early: readonly News[]): void {
    for (const message of messages) this.#merge(sessionId, message)
    const ends = new Map<string, number>()
    for (const news of early) {
      if (news.event === 'message') this.#merge(news.payload.sessionId, news.payload.message)
      else if (news.event === 'delta') this.#early(news.payload, ends)
      else this.#sync(news.payload)
    }
  }

  take(news: News): void {
    if (news.event === 'message') this.#message(news.payload)
    else if (news.event === 'delta') this.#delta(news.payload)
    else this.#sync(news.payload)
  }

  /** What is stored stands, whatever was told above `after` (D3). */
  #sync({ sessionId, after, messages }: SessionSync): void {
    for (const { id, seq } of [...this.#held.values()])
      if (seq > after && this.#sessions.get(id) === sessionId) this.#held.delete(id)
    for (const message of messages) this.#hold(sessionId, message)
  }

  #hold(sessionId: string, message: Message): void {
    this.#sessions.set(message.id, sessionId)
    this.#held.set(message.id, message)
  }

  #merge(sessionId: string, message: Message): void {
    const held = this.#held.get(message.id)
    if (held === undefined || message.attempt > held.attempt) {
      this.#hold(sessionId, message)
    } else if (message.attempt === held.attempt) {
      const [shorter, longer] = [held, message].sort((a, b) => a.content.length - b.content.length) as [
        Message,
        Message,
      ]
      if (!longer.content.startsWith(shorter.content)) this.#complain('what was shown has changed', message)
      this.#held.set(message.id, { ...longer, status: held.status === 'streaming' ? message.status : held.status })
    }
  }

  #early(delta: Delta, ends: Map<string, number>): void {
    const key = `${delta.messageId}:${delta.attempt}`
    const end = ends.get(key)
    if (end !== undefined && end !== delta.offset) this.#complain(`early delta does not begin at ${end}`, delta)
    ends.set(key, delta.offset + delta.text.length)
    this.#checkText(delta)
    const held = this.#held.get(delta.messageId)
    const merged = held === undefined ? null : mergeDelta(held, delta)
    if (merged === null) this.#complain('early delta leaves a gap', delta)
    else this.#held.set(delta.messageId, merged)
  }

  #message({ sessionId, message }: MessageEvent): void {
    const held = this.#held.get(message.id)
    if (held !== undefined && message.attempt < held.attempt)
      return this.#complain('message of an older attempt', message)
    if (held !== undefined && message.attempt === held.attempt) {
      const isItsEnd = held.status === 'streaming' && message.status !== 'streaming'
      if (!isItsEnd && !this.confirmations) this.#complain('message told twice', message)
      if (held.content !== message.content) {
        this.#complain(`[D4] the message is not its deltas joined: ${excerpt(held.content)}`, message)
      }
    }
    this.#hold(sessionId, message)
  }

  #delta(delta: Delta): void {
    this.#checkText(delta)
    const held = this.#held.get(delta.messageId)
    if (held === undefined) return this.#complain('[D2] delta of an unknown message', delta)
    const isNext = delta.attempt === held.attempt && delta.offset === held.content.length
    const isRestart = delta.attempt > held.attempt && delta.offset === 0
    if (!isNext && !isRestart) {
      this.#complain(`[D2] delta does not follow attempt ${held.attempt} length ${held.content.length}`, delta)
    } else if (isNext && held.status !== 'streaming') {
      this.#complain('[D7] delta after the final message', delta)
    }
    const merged = mergeDelta(held, delta)
    if (merged !== null) this.#held.set(held.id, merged)
  }

  #checkText(delta: Delta): void {
    if (delta.text === '') this.#complain('empty delta', delta)
    if (!delta.text.isWellFormed()) this.#complain('[D2] delta is not well-formed', delta)
  }

  #complain(what: string, about: Delta | Message): void {
    this.violations.push(`${what}: ${excerpt(JSON.stringify(about))}`)
  }
}

function excerpt(text: string): string {
  return text.length <= 400 ? text : `${text.slice(0, 200)} … ${text.slice(-200)}`
}

/** What one user was shown of a session, and what of it is wrong. Pure. */
import type { Delta } from '../../src/protocol/events.ts'
import type { Message } from '../../src/protocol/message.ts'

export interface Faults {
  /** A text that is not what was shown before. */
  wrong(): void
  /** UTF-16 units that are missing. */
  lost(units: number): void
  /** UTF-16 units that a connection was told again. */
  doubled(units: number): void
}

/** The messages of a session as they were shown, over any number of connections. */
export class Holdings {
  readonly #faults: Faults
  readonly #messages = new Map<string, Message>()

  constructor(faults: Faults) {
    this.#faults = faults
  }

  /** By seq. */
  get messages(): readonly Message[] {
    return [...this.#messages.values()].sort((a, b) => a.seq - b.seq)
  }

  get(id: string): Message | undefined {
    return this.#messages.get(id)
  }

  /** A whole message of an event, a snapshot or an acknowledgement: what was shown of it has to be its beginning. */
  merge(message: Message): void {
    const held = this.#messages.get(message.id)
    if (held === undefined || message.attempt > held.attempt) return void this.#messages.set(message.id, message)
    if (message.attempt < held.attempt || held.status !== 'streaming') return
    if (message.content.length < held.content.length) {
      if (message.status === 'streaming') return // an acknowledgement, or a snapshot, that deltas have overtaken
      this.#faults.lost(held.content.length - message.content.length)
    } else if (!message.content.startsWith(held.content)) this.#faults.wrong()
    this.#messages.set(message.id, message)
  }

  /** A delta begins where the text ends; only an early one, from before the acknowledgement of an open, may repeat its snapshot. */
  append({ messageId, attempt, offset, text }: Delta, isEarly: boolean): void {
    const held = this.#messages.get(messageId)
    if (held === undefined || attempt < held.attempt) return
    const { length } = held.content
    if (held.status !== 'streaming') {
      if (!isEarly) this.#faults.doubled(text.length)
      return
    }
    if (offset > length) this.#faults.lost(offset - length)
    if (offset < length && !isEarly) this.#faults.doubled(Math.min(length - offset, text.length))
    if (!held.content.startsWith(text.slice(0, Math.max(0, length - offset)), offset)) this.#faults.wrong()
    this.#messages.set(messageId, { ...held, content: held.content + text.slice(Math.max(0, length - offset)) })
  }
}

import type { Subscriber } from '../ports/subscriber.ts'
import type { MessageEvent, SessionSync } from '../protocol/events.ts'
import type { Message } from '../protocol/message.ts'
import { notFound, undone } from './guards.ts'

/**
 * Waits for the end of one answer, as a subscriber of its session. Where the store turns out to have another answer to the same
 * question, because that was sent to two replicas of which one was alone, it waits for that (G4, H).
 */
export class AwaitedAnswer implements Subscriber {
  readonly #end = Promise.withResolvers<Message>()
  #id: string
  #seq = 0
  #questionId: string | undefined

  constructor(messageId: string) {
    this.#id = messageId
    this.#end.promise.catch(() => {}) // it may reject while the session is still being opened
  }

  /** The final message. Rejects where it is lost or its session is gone. */
  get end(): Promise<Message> {
    return this.#end.promise
  }

  /** To be called with what the session holds. */
  opened(messages: readonly Message[]): void {
    this.#look(messages)
  }

  message({ message }: MessageEvent): void {
    if (message.id === this.#id) this.#take(message)
  }

  sync({ after, messages: first }: SessionSync, rest: readonly Message[]): void {
    const messages = [...first, ...rest]
    if (this.#seq <= after || this.#look(messages)) return
    const question = messages.find(({ id }) => id === this.#questionId)
    const other = messages.find(({ seq }) => seq - 1 === question?.seq)
    if (other === undefined) return this.#end.reject(undone())
    this.#id = other.id
    this.#take(other)
  }

  delta(): void {}

  activity(): void {}

  ended(): void {
    this.#end.reject(notFound())
  }

  /** Whether the answer is there. */
  #look(messages: readonly Message[]): boolean {
    const at = messages.findIndex(({ id }) => id === this.#id)
    const answer = messages[at]
    if (answer === undefined) return false
    this.#questionId = messages[at - 1]?.id ?? this.#questionId
    this.#take(answer)
    return true
  }

  #take(message: Message): void {
    this.#seq = message.seq
    if (message.status !== 'streaming') this.#end.resolve(message)
  }
}

import type { FastifyReply } from 'fastify'
import { LARGE_BYTES } from '../network/backlog.ts'
import type { MessageLists } from './message-lists.ts'

/** Less than 2 MB. Who goes round more of them is not held up, and has had Redis keep 640 MiB of answers for it. */
const MOST_MESSAGES = 10_000

/**
 * Messages that are being sent, and the latest whose answers have ended and are long. One that is sent again (M2) may read and
 * write such an answer, which takes its turn (X6). Whether an id is new, only the store knows: the first one here waits for nothing.
 */
export class Repeats {
  readonly #messageLists: MessageLists
  readonly #messages = new Set<string>()

  constructor(messageLists: MessageLists) {
    this.#messageLists = messageLists
  }

  /** `give` writes the answer where it has ended already, and gives its bytes; else 0. Undefined for one who has gone meanwhile. */
  async send<T>(
    reply: FastifyReply,
    message: string,
    send: () => Promise<T>,
    give: (sent: T) => number,
  ): Promise<T | undefined> {
    const noted = (bytes: number) => {
      if (bytes <= LARGE_BYTES) this.#messages.delete(message)
      return bytes
    }
    if (this.#messages.has(message)) return this.#messageLists.read(reply, send, (sent) => noted(give(sent)))
    this.#note(message)
    let bytes = 0
    try {
      const sent = await send()
      bytes = give(sent)
      return sent
    } finally {
      noted(bytes)
    }
  }

  #note(message: string): void {
    this.#messages.add(message)
    const [oldest = ''] = this.#messages
    if (this.#messages.size > MOST_MESSAGES) this.#messages.delete(oldest)
  }
}

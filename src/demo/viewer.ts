import { BatonClient } from '../client/index.ts'
import type { Message } from '../protocol/message.ts'

/** Shared by all viewers, so that they find each other's session. */
const USER = 'demo'

/** Somebody who follows the conversation with the client SDK, and the times at which text came. */
export class Viewer {
  readonly client: BatonClient
  /** When the text had which length; times as of `Date.now`. */
  readonly arrivals: { readonly at: number; readonly length: number }[] = []
  /** When the session was open again after a lost connection. */
  readonly returns: { readonly at: number; readonly replica: string }[] = []
  /** Text that was shown was changed or withdrawn. */
  wasTakenBack = false
  /** Called with each new piece, and with null where the answer starts again from nothing. */
  onText: (piece: string | null) => void = () => {}
  readonly #changes = new Set<() => void>()
  #shown = ''
  #attempt = 1
  #online = false

  constructor(url: string) {
    this.client = new BatonClient({ url, userId: USER, resume: 'latest', storage: 'none' })
    this.client.subscribe(() => this.#look())
  }

  get answer(): Message | undefined {
    return this.client.state.messages.findLast(({ role }) => role === 'assistant')
  }

  get shown(): string {
    return this.#shown
  }

  /** Resolves as soon as `condition` holds; it is looked at after every change. Rejects when `quit` is aborted. */
  async until(condition: () => boolean, quit: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const check = (): void => {
      if (condition()) resolve()
    }
    const abort = (): void => reject(quit.reason)
    this.#changes.add(check)
    quit.addEventListener('abort', abort)
    try {
      if (quit.aborted) abort()
      check()
      await promise
    } finally {
      this.#changes.delete(check)
      quit.removeEventListener('abort', abort)
    }
  }

  /** When it was first shown more than `length` characters. */
  beyond(length: number): number | undefined {
    return this.arrivals.find((arrival) => arrival.length > length)?.at
  }

  #look(): void {
    const { answer } = this
    const { connection, replica } = this.client.state
    const online = connection === 'online'
    if (online && !this.#online && replica !== null) this.returns.push({ at: Date.now(), replica })
    this.#online = online
    if (answer !== undefined) this.#show(answer)
    for (const change of this.#changes) change()
  }

  #show({ content, attempt }: Message): void {
    if (attempt > this.#attempt) {
      this.#attempt = attempt
      this.#shown = ''
      this.wasTakenBack = true
      this.onText(null)
    }
    if (content === this.#shown) return
    if (!content.startsWith(this.#shown)) this.wasTakenBack = true
    const piece = content.slice(this.#shown.length)
    this.#shown = content
    this.arrivals.push({ at: Date.now(), length: content.length })
    if (piece !== '') this.onText(piece)
  }
}

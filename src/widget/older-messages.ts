import type { BatonClient, ClientState } from '../client/index.ts'

/** Pixels from the top of the box at which older messages are fetched. */
const NEAR_TOP = 200

/** Fetches older messages when the reader comes near the oldest that is there. */
export class OlderMessages {
  readonly #changed: () => void
  /** Before this `seq` there is nothing. What is held later may begin after it. */
  #begin = 1
  isLoading = false

  constructor(changed: () => void) {
    this.#changed = changed
  }

  /** Another conversation was opened. */
  begin(): void {
    this.#begin = 1
  }

  /** The reader has scrolled. */
  async look({ scrollTop }: HTMLElement, { messages }: ClientState, client: BatonClient | null): Promise<void> {
    const oldest = messages[0]?.seq ?? 1
    if (scrollTop > NEAR_TOP || oldest <= this.#begin || this.isLoading || client === null) return
    this.isLoading = true
    this.#changed()
    try {
      if (!(await client.history())) this.#begin = client.state.messages[0]?.seq ?? 1
    } catch {
      // the next scroll tries again
    }
    this.isLoading = false
    this.#changed()
  }
}

import type { ClientState } from '../client/index.ts'

/** Milliseconds without a connection after which that is said, with something to do about it. */
const LATE_MS = 5000

/** Watches whether the gateway can be reached, and tells the site's own people why not: visitors are told in other words. */
export class ReachWatch {
  readonly #changed: () => void
  #state: ClientState | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  /** There has been no connection for a while. */
  isLate = false

  constructor(changed: () => void) {
    this.#changed = changed
  }

  watch(state: ClientState): void {
    const { connection } = state
    if (connection === 'offline' && this.#state?.connection !== 'offline') log(state)
    this.#state = state
    if (connection === 'connecting' || connection === 'reconnecting') {
      this.#timer ??= setTimeout(() => {
        this.isLate = true
        if (this.#state !== null) log(this.#state)
        this.#changed()
      }, LATE_MS)
    } else {
      clearTimeout(this.#timer)
      this.#timer = undefined
      this.isLate = false
    }
  }
}

function log({ error }: ClientState): void {
  if (error !== null) console.warn(`baton-chat: ${error.message}`)
}

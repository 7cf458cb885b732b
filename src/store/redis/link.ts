import type { Log } from '../../ports/log.ts'
import { plainReason } from './available.ts'

/** Something that reaches Redis over sockets of its own, and mends them. */
export interface Link {
  readonly ready: boolean
  /** Why it was lost or could not be made; undefined while nothing has gone wrong yet. */
  readonly lastError: Error | undefined
  /** Calls `listener` whenever `ready` has changed. */
  onChange(listener: () => void): void
  /** Lets what is under way finish, within the command timeout, and ends it. */
  close(): Promise<void>
}

/** Whether a link can be used. Losing it and having it back is logged once each. */
export class LinkState {
  readonly #name: string
  readonly #log: Log
  readonly #listeners = new Set<() => void>()
  #ready = false
  #complained = false
  #closed = false
  #lastError: Error | undefined

  constructor(name: string, log: Log) {
    this.#name = name
    this.#log = log
  }

  get ready(): boolean {
    return this.#ready
  }

  get lastError(): Error | undefined {
    return this.#lastError
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener)
  }

  failed(error: Error): void {
    this.#lastError = error
    if (!this.#ready) this.#complain()
  }

  turn(ready: boolean): void {
    if (ready === this.#ready) return
    this.#ready = ready
    if (!ready) this.#complain()
    else if (this.#complained) this.#log.info({ connection: this.#name }, 'Redis is back')
    if (ready) this.#complained = false
    for (const listener of this.#listeners) listener()
  }

  /** From now on nothing is logged: the end is meant. */
  close(): void {
    this.#closed = true
  }

  #complain(): void {
    if (this.#complained || this.#closed) return
    this.#complained = true
    this.#log.warn({ connection: this.#name, reason: this.#lastError && plainReason(this.#lastError) }, 'Redis is away')
  }
}

import type { Log } from '../../ports/log.ts'
import { plainReason } from './available.ts'

/** Something that reaches Redis over sockets of its own, and mends them. */
export interface Link {
  readonly ready: boolean
  /** Why it was lost or could not be made; undefined while nothing has gone wrong since it stood. */
  readonly lastError: Error | undefined
  /** Calls `listener` whenever `ready` has changed. */
  onChange(listener: () => void): void
  /** Lets what is under way finish, within the command timeout, and ends it. */
  close(): Promise<void>
}

const CLOSED = 'the connection was closed'
/** Milliseconds that a lost link waits for the first attempt to mend it, which says why it was lost. */
const REASON_MS = 250
/** Reasons of one outage that are told: a Redis that restarts refuses, loads, and may then want another password. */
const MOST_REASONS = 5

/** Whether a link can be used. Losing it is logged with each reason that is found, and having it back once. */
export class LinkState {
  readonly #name: string
  readonly #log: Log
  readonly #listeners = new Set<() => void>()
  readonly #told = new Set<string>()
  #ready = false
  #closed = false
  #lastError: Error | undefined
  #late: NodeJS.Timeout | undefined

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
    if (!this.#ready) this.#complain(plainReason(error))
  }

  turn(ready: boolean): void {
    if (ready === this.#ready) return
    this.#ready = ready
    if (ready) this.#back()
    else if (this.#lastError !== undefined) this.#complain(plainReason(this.#lastError))
    else this.#late = setTimeout(() => this.#complain(CLOSED), REASON_MS).unref()
    for (const listener of this.#listeners) listener()
  }

  /** From now on nothing is logged: the end is meant. */
  close(): void {
    this.#closed = true
    clearTimeout(this.#late)
  }

  #back(): void {
    if (this.#late !== undefined) this.#complain(CLOSED)
    if (this.#told.size > 0) this.#log.info({ connection: this.#name }, 'Redis is back')
    this.#told.clear()
    this.#lastError = undefined
  }

  #complain(reason: string): void {
    clearTimeout(this.#late)
    this.#late = undefined
    if (this.#closed || this.#told.has(reason) || this.#told.size === MOST_REASONS) return
    const text = this.#told.size === 0 ? 'Redis is away' : 'Redis is still away'
    this.#told.add(reason)
    this.#log.warn({ connection: this.#name, reason }, text)
  }
}

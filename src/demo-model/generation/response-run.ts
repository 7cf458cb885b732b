import { EventEmitter, once } from 'node:events'
import type { Outcome, Plan } from './model.ts'

export type RunStatus = 'in_progress' | 'completed' | 'incomplete' | 'cancelled'

/**
 * One answer of the Responses API and the record of it: tokens are kept, so that any reader can start anywhere and go
 * on live. It is generated at the model's pace whether anybody reads or not, until it ends or is cancelled.
 */
export class ResponseRun {
  readonly tokens: string[] = []
  /** Milliseconds since the epoch; null while it runs. */
  endedAt: number | null = null
  status: RunStatus = 'in_progress'
  readonly #plan: Plan
  readonly #now: () => number
  readonly #cancelled = new AbortController()
  readonly #changes = new EventEmitter().setMaxListeners(0)

  constructor(plan: Plan, now: () => number) {
    this.#plan = plan
    this.#now = now
    void this.#generate()
  }

  get text(): string {
    return this.tokens.join('')
  }

  get outcome(): Outcome {
    return this.#plan.outcome()
  }

  /** Ends the work and keeps the text so far; nothing where it has ended already. */
  cancel(): void {
    this.#end('cancelled')
    this.#cancelled.abort()
  }

  /** Resolves at the next token or at the end; at once where it has ended or `signal` aborts. */
  async changed(signal: AbortSignal): Promise<void> {
    if (this.status !== 'in_progress') return
    await once(this.#changes, 'change', { signal }).catch(() => {}) // it rejects for nothing but the abort
  }

  async #generate(): Promise<void> {
    for await (const token of this.#plan.tokens(this.#cancelled.signal)) {
      if (this.status !== 'in_progress') return
      this.tokens.push(token)
      this.#changes.emit('change')
    }
    this.#end(this.outcome.finishReason === 'length' ? 'incomplete' : 'completed')
  }

  #end(status: RunStatus): void {
    if (this.status !== 'in_progress') return
    this.status = status
    this.endedAt = this.#now()
    this.#changes.emit('change')
  }
}

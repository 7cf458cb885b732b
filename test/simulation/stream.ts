import { Detached, type ModelEnd, ModelError, type TokenSink } from '../../src/ports/model.ts'
import type { History } from './history.ts'
import type { Life } from './life.ts'
import type { Mischief } from './mischief.ts'
import type { Flavour } from './plan.ts'
import type { Random } from './random.ts'
import type { Occurrence, Scheduler } from './scheduler.ts'
import type { Script } from './script.ts'
import type { Trace } from './trace.ts'

/** A provider that says nothing for so long counts as broken. */
const SILENCE_MS = 400

/** What the simulated provider works with. */
export interface ModelDeps {
  readonly scheduler: Scheduler
  readonly random: Random
  readonly mischief: Mischief
  readonly history: History
  readonly trace: Trace | null
  readonly flavour: Flavour
}

/** An answer as the provider makes it, connected to or not: piece `i` is there from `timeOf(i)` on. */
export interface Response {
  readonly id: string
  readonly pieces: readonly string[]
  readonly script: Script
  readonly createdAt: number
  cancelled: boolean
}

export type Mishap = 'refused' | 'broken' | 'silent' | 'forbidden'

interface StreamInit {
  readonly deps: ModelDeps
  readonly life: Life
  readonly response: Response
  readonly sink: TokenSink
  readonly signal: AbortSignal
  readonly mishap: Mishap | null
  /** Sequence number of the last event that the caller has: 0 is the response's creation, n its nth piece. */
  readonly from: number
  readonly resolve: (end: ModelEnd) => void
  readonly reject: (error: unknown) => void
}

/** One connection on which a response is streamed to a replica. */
export class Stream {
  readonly #init: StreamInit
  readonly #failsAt: number
  #sequence: number
  #next: Occurrence | null = null
  #settled = false

  constructor(init: StreamInit) {
    this.#init = init
    this.#sequence = init.from + 1
    const { random } = init.deps
    this.#failsAt = init.mishap === null ? Number.POSITIVE_INFINITY : random.int(0, init.response.pieces.length + 1)
  }

  start(): void {
    const { signal, mishap } = this.#init
    signal.addEventListener('abort', () => this.#abort(), { once: true })
    if (signal.aborted) return this.#abort()
    if (mishap === 'refused' || mishap === 'forbidden') this.#after(5, () => this.#fail(mishap))
    else this.#plan()
  }

  #after(ms: number, run: () => void): void {
    this.#next = this.#init.deps.scheduler.after(ms, run, this.#init.life)
  }

  #plan(): void {
    const { createdAt, script } = this.#init.response
    const at = createdAt + 2 + (this.#sequence === 0 ? 0 : script.thinkMs + this.#sequence * script.paceMs)
    this.#after(Math.max(0.3, at - this.#init.deps.scheduler.now), () => this.#deliver())
  }

  /** What is there by now: one event, or several that came at once. */
  #deliver(): void {
    const { response, mishap, deps } = this.#init
    for (let burst = deps.random.int(1, 3); burst > 0 && !this.#settled; burst--) {
      if (response.cancelled) return this.#fail('cancelled')
      if (this.#sequence >= this.#failsAt) {
        if (mishap === 'silent') return this.#after(SILENCE_MS, () => this.#fail('silent'))
        return this.#fail('broken')
      }
      if (this.#sequence > response.pieces.length) return this.#finish()
      const wait = this.#give(this.#sequence++)
      if (wait !== undefined) return void wait.then(() => this.#settled || this.#plan())
    }
    if (!this.#settled) this.#plan()
  }

  #give(sequence: number): Promise<void> | undefined {
    const { response, sink, deps } = this.#init
    const wait = sequence === 0 ? undefined : sink.text(response.pieces[sequence - 1] ?? '')
    if (deps.flavour === 'reattach') sink.bookmark({ responseId: response.id, sequence })
    return wait ?? undefined
  }

  #finish(): void {
    this.#settle()
    this.#init.resolve({ finishReason: 'stop' })
  }

  #fail(how: string): void {
    this.#settle()
    const { deps, life, response, reject } = this.#init
    deps.trace?.note('model', how, response.id, life.state)
    if (deps.flavour !== 'reattach') response.cancelled = true
    reject(new ModelError(`the model is ${how}`, { retryable: how !== 'forbidden' }))
  }

  /** Nobody wants the answer any more: a provider that keeps answers is left alone where another goes on with it. */
  #abort(): void {
    if (this.#settled) return
    this.#settle()
    const { deps, signal, response, life, reject } = this.#init
    const goesOn = deps.flavour === 'reattach' && signal.reason instanceof Detached && this.#sequence > 0
    if (!goesOn) response.cancelled = true
    deps.scheduler.after(0.2, () => reject(signal.reason), life)
  }

  #settle(): void {
    this.#settled = true
    this.#next?.cancel()
  }
}

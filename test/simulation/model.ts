import {
  Detached,
  type ModelEnd,
  ModelError,
  type ModelRequest,
  type TokenSink,
  type TokenSource,
} from '../../src/ports/token-source.ts'
import { type AnswerRecord, currentOf, type History } from './history.ts'
import type { Life } from './life.ts'
import type { Mischief } from './mischief.ts'
import type { Flavour } from './plan.ts'
import type { Random } from './random.ts'
import type { Occurrence, Scheduler } from './scheduler.ts'
import { answerLike, piecesOf, type Script, scriptOf } from './script.ts'
import type { Trace } from './trace.ts'

/** A provider that says nothing for so long counts as broken. */
const SILENCE_MS = 400

export interface ModelDeps {
  readonly scheduler: Scheduler
  readonly random: Random
  readonly mischief: Mischief
  readonly history: History
  readonly trace: Trace | null
  readonly flavour: Flavour
}

/** An answer as the provider makes it, connected to or not: piece `i` is there from `timeOf(i)` on. */
interface Response {
  readonly id: string
  readonly pieces: readonly string[]
  readonly script: Script
  readonly createdAt: number
  cancelled: boolean
}

type Mishap = 'refused' | 'broken' | 'silent' | 'forbidden'

/** The model's provider: says the one right answer to each question, and fails in every way that F6 knows. */
export class Provider {
  readonly deps: ModelDeps
  readonly #responses = new Map<string, Response>()

  constructor(deps: ModelDeps) {
    this.deps = deps
  }

  sourceFor(life: Life, address: string): TokenSource {
    return {
      resumes: this.deps.flavour,
      generate: (request, sink, signal) => this.#generate(life, address, request, sink, signal),
      cancel: (bookmark) => this.cancel(bookmark.responseId),
      close: async () => {},
    }
  }

  cancel(responseId: string): void {
    const response = this.#responses.get(responseId)
    if (response !== undefined) response.cancelled = true
  }

  #generate(
    life: Life,
    address: string,
    request: ModelRequest,
    sink: TokenSink,
    signal: AbortSignal,
  ): Promise<ModelEnd> {
    const { flavour, history, trace, random, mischief } = this.deps
    trace?.note(address, 'asks the model', request.sessionId, request.turns.at(-1)?.content, request.resume)
    const mishap = mischief.happens('model')
      ? random.pick<Mishap>(['refused', 'broken', 'broken', 'silent', 'forbidden'])
      : null
    if (mishap !== null) history.modelFailed.add(request.turns.at(-1)?.content ?? '')
    this.#checkTurns(request)
    const bookmark = flavour === 'reattach' ? (request.resume?.bookmark ?? null) : null
    const response = bookmark === null ? this.#create(address, request) : this.#responses.get(bookmark.responseId)
    if (response === undefined) throw new Error('a bookmark of a response that never was')
    const owned = this.#owned(address, request)
    if (response.cancelled && owned !== undefined && !history.stopAsked.has(owned.id))
      history.violatedUnlessAlone('F3', 'an answer is to be gone on with whose response was cancelled', request)
    return new Promise((resolve, reject) => {
      const stream = new Stream({
        provider: this,
        life,
        response,
        sink,
        signal,
        mishap,
        from: bookmark?.sequence ?? -1,
        resolve,
        reject,
      })
      stream.start()
    })
  }

  #create(address: string, request: ModelRequest): Response {
    const { turns, resume } = request
    const { flavour, history, scheduler, random } = this.deps
    const question = turns.at(-1)?.content ?? ''
    const before = resume?.text ?? ''
    const expected = answerLike(question, before, random)
    if (!expected.startsWith(before))
      history.violated('F3', 'the model is to go on with a text that is not its own', before)
    const owned = this.#owned(address, request)
    if (flavour === 'reattach' && owned !== undefined && currentOf(owned).bookmarked)
      history.violatedUnlessAlone('F3', 'the provider is asked twice for an answer that could be reattached to', owned)
    const pieces = piecesOf(expected.slice(before.length), random)
    const response = {
      id: random.uuid(),
      pieces,
      script: scriptOf(question),
      createdAt: scheduler.now,
      cancelled: false,
    }
    this.#responses.set(response.id, response)
    return response
  }

  /** The answer that is asked for, where the replica owns it: one that was fenced and does not know it yet may ask what it likes. */
  #owned(address: string, { sessionId, turns }: ModelRequest): AnswerRecord | undefined {
    const answer = this.deps.history.answerOn(sessionId, turns.at(-1)?.content)
    const isRunning = this.deps.history.session(sessionId).running === answer
    return isRunning && answer?.owner === address ? answer : undefined
  }

  /** What the model is given is what the session holds before the answer (S7); all runs are shorter than `CONTEXT_MESSAGES`. */
  #checkTurns({ sessionId, turns }: ModelRequest): void {
    const { history } = this.deps
    const session = history.session(sessionId)
    const asked = turns.at(-1)?.content
    const exchanges = [...session.exchanges.values()]
    const at = exchanges.findIndex((exchange) => exchange.message.content === asked)
    const expected = exchanges.slice(0, at + 1).flatMap(({ message, answer }, i) => {
      const text = i === at ? '' : (currentOf(answer).final?.content ?? '')
      return text === '' ? [message.content] : [message.content, text]
    })
    const given = turns.slice(1).map((turn) => turn.content)
    if (at < 0 || JSON.stringify(given) !== JSON.stringify(expected))
      history.violatedUnlessAlone('S7', 'the model is not given the messages of the session', { given, expected })
  }
}

interface StreamInit {
  readonly provider: Provider
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
class Stream {
  readonly #init: StreamInit
  readonly #failsAt: number
  #sequence: number
  #next: Occurrence | null = null
  #settled = false

  constructor(init: StreamInit) {
    this.#init = init
    this.#sequence = init.from + 1
    const { random } = init.provider.deps
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
    this.#next = this.#init.provider.deps.scheduler.after(ms, run, this.#init.life)
  }

  #plan(): void {
    const { createdAt, script } = this.#init.response
    const at = createdAt + 2 + (this.#sequence === 0 ? 0 : script.thinkMs + this.#sequence * script.paceMs)
    this.#after(Math.max(0.3, at - this.#init.provider.deps.scheduler.now), () => this.#deliver())
  }

  /** What is there by now: one event, or several that came at once. */
  #deliver(): void {
    const { response, mishap, provider } = this.#init
    for (let burst = provider.deps.random.int(1, 3); burst > 0 && !this.#settled; burst--) {
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
    const { response, sink, provider } = this.#init
    const wait = sequence === 0 ? undefined : sink.text(response.pieces[sequence - 1] ?? '')
    if (provider.deps.flavour === 'reattach') sink.bookmark({ responseId: response.id, sequence })
    return wait ?? undefined
  }

  #finish(): void {
    this.#settle()
    this.#init.resolve({ finishReason: 'stop' })
  }

  #fail(how: string): void {
    this.#settle()
    const { provider, life, response, reject } = this.#init
    provider.deps.trace?.note('model', how, response.id, life.state)
    if (provider.deps.flavour !== 'reattach') response.cancelled = true
    reject(new ModelError(`the model is ${how}`, { retryable: how !== 'forbidden' }))
  }

  /** Nobody wants the answer any more: a provider that keeps answers is left alone where another goes on with it. */
  #abort(): void {
    if (this.#settled) return
    this.#settle()
    const { provider, signal, response, life, reject } = this.#init
    const goesOn = provider.deps.flavour === 'reattach' && signal.reason instanceof Detached && this.#sequence > 0
    if (!goesOn) response.cancelled = true
    provider.deps.scheduler.after(0.2, () => reject(signal.reason), life)
  }

  #settle(): void {
    this.#settled = true
    this.#next?.cancel()
  }
}

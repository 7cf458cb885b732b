import { BodyReader } from './body-reader.ts'
import { silent, wordless } from './errors.ts'
import type { SendOptions } from './http.ts'
import { Refusal } from './refusal.ts'
import type { ResponseBody } from './response-body.ts'
import { Watchdog } from './watchdog.ts'

/** What becomes of the events that answer a request. */
export interface EventTaker {
  /**
   * Takes the data of one event, `isError` where its name is `error`. `'whole'` says that it was the last; a promise is waited for
   * before the next one is given. Where it throws, the exchange ends and nothing more is given.
   */
  take(data: string, isError: boolean): TakeResult
  /** UTF-16 units of text that came. */
  readonly spoken: number
  /** All text came; what may follow, a usage perhaps, is worth a short wait. */
  readonly isFinished: boolean
}

export type TakeResult = 'whole' | Promise<void> | undefined

/** One request to the provider. */
export interface ProviderCall {
  /** Sends the request, or another one where it is refused, and gives the body of the reply. */
  readonly ask: (options: SendOptions) => Promise<ResponseBody>
  readonly taker: EventTaker
  /** Turns what the request or its body failed with, or a `Refusal`, into an error that the caller may see. */
  readonly failure: (thrown: unknown) => unknown
  /** Ends the exchange from outside: it rejects with the reason of the abort. */
  readonly connection: AbortController
  readonly limits: ExchangeLimits
}

/** Longest silences, in milliseconds. Time in which the taker makes us wait does not count (F7), and the largest event. */
export interface ExchangeLimits {
  /** Without any byte, those of comments and heads included. */
  readonly timeoutMs: number
  /** Without text. */
  readonly silenceMs: number
  readonly maxEventBytes: number
}

/** How long more is waited for once the taker is finished: some providers say no `[DONE]` and keep the connection. */
const ENDING_MS = 1000

/**
 * Asks and hands the events over until the taker has enough or the body ends, which of them the caller knows from what it took.
 * Events are taken as the body's bytes come in, with no promise in between unless `take` asks for it: awaiting every token,
 * or even every chunk, costs the gateway more than all else that it does with it.
 */
export async function converse({ ask, taker, failure, connection, limits }: ProviderCall): Promise<void> {
  const { signal } = connection
  const { timeoutMs, silenceMs, maxEventBytes } = limits
  const dogs: Watchdogs = {
    bytes: new Watchdog(timeoutMs, () => connection.abort(silent(timeoutMs))),
    text: new Watchdog(silenceMs, () => connection.abort(wordless(silenceMs))),
  }
  dogs.bytes.start()
  dogs.text.start()
  let body: ResponseBody | undefined
  try {
    const reply = await ask({ signal, onHead: () => dogs.bytes.feed() }).catch((thrown) =>
      Promise.reject(failure(thrown)),
    )
    body = reply
    const ended = await new Reading({ body: reply, taker, signal, dogs, failure, maxEventBytes }).over
    if (ended === 'whole') reply.drain()
    else reply.cut()
  } catch (error) {
    body?.cut()
    if (signal.aborted) throw signal.reason
    throw error instanceof Refusal ? failure(error) : error
  } finally {
    dogs.bytes.stop()
    dogs.text.stop()
  }
}

interface Watchdogs {
  readonly bytes: Watchdog
  readonly text: Watchdog
}

interface ReadingOptions extends Pick<ProviderCall, 'taker' | 'failure'> {
  readonly body: ResponseBody
  readonly signal: AbortSignal
  readonly dogs: Watchdogs
  readonly maxEventBytes: number
}

/**
 * Gives a body's events to the taker, reading no further while that has something to wait for. How the body ended counts only
 * once the events before its end have been taken. Once it is over nothing is taken any more.
 */
class Reading {
  readonly #body: ResponseBody
  readonly #taker: EventTaker
  readonly #signal: AbortSignal
  readonly #dogs: Watchdogs
  readonly #events: BodyReader
  readonly #over = Promise.withResolvers<'whole' | 'ended'>()
  readonly #ending = new Watchdog(ENDING_MS, () => this.#resolve('ended'))
  #isOver = false
  #waits = false
  #end: (() => void) | null = null
  #spoken = 0

  constructor({ body, taker, signal, dogs, failure, maxEventBytes }: ReadingOptions) {
    this.#events = new BodyReader(maxEventBytes)
    this.#body = body
    this.#taker = taker
    this.#signal = signal
    this.#dogs = dogs
    body.read({
      bytes: (chunk) => this.#bytes(chunk),
      end: () => this.#ends(() => this.#resolve('ended')),
      error: (thrown) => this.#ends(() => this.#reject(failure(thrown))),
    })
  }

  /** `'whole'` where the taker had enough before the body's end. Rejects with what the body broke off with or the taker threw. */
  get over(): Promise<'whole' | 'ended'> {
    return this.#over.promise
  }

  #bytes(chunk: Buffer): void {
    if (this.#isOver) return
    try {
      this.#events.push(chunk)
      if (this.#waits) return // undici reads on to the end of a connection that is gone, although paused
      this.#dogs.bytes.feed()
      this.#takeAll()
    } catch (error) {
      this.#reject(error)
    }
  }

  #takeAll(): void {
    for (let data = this.#events.next(); data !== null; data = this.#events.next()) {
      if (this.#take(data)) return
    }
    this.#look()
  }

  /** Whether nothing more is to be given for now. */
  #take(data: string): boolean {
    this.#signal.throwIfAborted()
    const taken = this.#taker.take(data, this.#events.isError)
    if (taken === undefined) return false
    if (taken === 'whole') this.#resolve('whole')
    else this.#waitFor(taken)
    return true
  }

  #look(): void {
    const { spoken, isFinished } = this.#taker
    const spoke = spoken !== this.#spoken
    if (spoke) this.#dogs.text.feed()
    this.#spoken = spoken
    if (isFinished && (spoke || !this.#ending.isAwake)) this.#ending.start()
  }

  #waitFor(taken: Promise<void>): void {
    this.#waits = true
    this.#body.pause()
    this.#dogs.bytes.stop()
    this.#dogs.text.stop()
    this.#ending.stop()
    taken.then(() => this.#goOn()).catch((error) => this.#reject(error))
  }

  #goOn(): void {
    this.#waits = false
    if (this.#isOver) return
    this.#dogs.bytes.start()
    this.#dogs.text.start()
    this.#takeAll()
    if (this.#waits || this.#isOver) return
    if (this.#end === null) this.#body.resume()
    else this.#conclude(this.#end)
  }

  #ends(how: () => void): void {
    this.#end ??= how
    if (!this.#waits && !this.#isOver) this.#conclude(this.#end)
  }

  #conclude(how: () => void): void {
    try {
      const data = this.#events.end()
      if (data === null || !this.#take(data)) how()
    } catch (error) {
      this.#reject(error)
    }
  }

  #resolve(how: 'whole' | 'ended'): void {
    this.#isOver = true
    this.#ending.stop()
    this.#over.resolve(how)
  }

  #reject(error: unknown): void {
    this.#isOver = true
    this.#ending.stop()
    this.#over.reject(error)
  }
}

/**
 * What `end` makes of a conversation that went well. An abort of `signal` calls `leave` and rejects with the signal's reason
 * at once; `end` is not called then.
 */
export async function unlessAborted<T>(
  conversation: Promise<void>,
  end: () => Promise<T>,
  signal: AbortSignal,
  leave: () => void,
): Promise<T> {
  const aborted = Promise.withResolvers<never>()
  const onAbort = () => {
    leave()
    aborted.reject(signal.reason)
  }
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    await Promise.race([conversation, aborted.promise])
    signal.throwIfAborted()
    return await Promise.race([end(), aborted.promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

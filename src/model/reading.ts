import { BodyReader } from './body-reader.ts'
import type { ResponseBody } from './response-body.ts'
import { Watchdog } from './watchdog.ts'

/** What becomes of the events that answer a request. */
export interface EventTaker {
  /**
   * Takes the data of one event, `isError` where its name is `error`. `'done'` says that it needs no more; a promise is waited for
   * before the next one is given. Where it throws, the exchange ends and nothing more is given.
   */
  take(data: string, isError: boolean): TakeResult
  /** UTF-16 units of text that came. */
  readonly textUnits: number
  /** All text came; what may follow, a usage perhaps, is worth a short wait. */
  readonly isFinished: boolean
}

export type TakeResult = 'done' | Promise<void> | undefined

/** Which of the two came first. */
export type Over = 'takerDone' | 'bodyEnded'

/** How long more is waited for once the taker is finished: some providers say no `[DONE]` and keep the connection. */
const ENDING_MS = 1000

export interface Watchdogs {
  readonly bytes: Watchdog
  readonly text: Watchdog
}

interface ReadingOptions {
  readonly taker: EventTaker
  /** Turns what the body failed with into an error that the caller may see. */
  readonly failure: (thrown: unknown) => unknown
  readonly body: ResponseBody
  readonly signal: AbortSignal
  readonly watchdogs: Watchdogs
  readonly maxEventBytes: number
}

/**
 * Gives a body's events to the taker, reading no further while that has something to wait for. How the body ended counts only
 * once the events before its end have been taken. Once it is over nothing is taken any more.
 */
export class Reading {
  readonly #body: ResponseBody
  readonly #taker: EventTaker
  readonly #signal: AbortSignal
  readonly #watchdogs: Watchdogs
  readonly #events: BodyReader
  readonly #over = Promise.withResolvers<Over>()
  readonly #ending = new Watchdog(ENDING_MS, () => this.#resolve('bodyEnded'))
  #isOver = false
  #waits = false
  #end: (() => void) | null = null
  #textUnits = 0

  constructor({ body, taker, signal, watchdogs, failure, maxEventBytes }: ReadingOptions) {
    this.#events = new BodyReader(maxEventBytes)
    this.#body = body
    this.#taker = taker
    this.#signal = signal
    this.#watchdogs = watchdogs
    body.read({
      bytes: (chunk) => this.#bytes(chunk),
      end: () => this.#ends(() => this.#resolve('bodyEnded')),
      error: (thrown) => this.#ends(() => this.#reject(failure(thrown))),
    })
  }

  /** `'takerDone'` where the taker had enough before the body's end. Rejects with what the body broke off with or the taker threw. */
  get over(): Promise<Over> {
    return this.#over.promise
  }

  #bytes(chunk: Buffer): void {
    if (this.#isOver) return
    try {
      this.#events.push(chunk)
      if (this.#waits) return // undici reads on to the end of a connection that is gone, although paused
      this.#watchdogs.bytes.feed()
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
    if (taken === 'done') this.#resolve('takerDone')
    else this.#waitFor(taken)
    return true
  }

  #look(): void {
    const { textUnits, isFinished } = this.#taker
    const came = textUnits !== this.#textUnits
    if (came) this.#watchdogs.text.feed()
    this.#textUnits = textUnits
    if (isFinished && (came || !this.#ending.isAwake)) this.#ending.start()
  }

  #waitFor(taken: Promise<void>): void {
    this.#waits = true
    this.#body.pause()
    this.#watchdogs.bytes.stop()
    this.#watchdogs.text.stop()
    this.#ending.stop()
    taken.then(() => this.#goOn()).catch((error) => this.#reject(error))
  }

  #goOn(): void {
    this.#waits = false
    if (this.#isOver) return
    this.#watchdogs.bytes.start()
    this.#watchdogs.text.start()
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

  #resolve(how: Over): void {
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

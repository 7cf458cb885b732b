import { garbage, silent } from './errors.ts'
import { streamOf } from './lean-fetch.ts'
import type { ResponseBody } from './response-body.ts'
import { SseReader } from './sse-reader.ts'

/** One request to the provider and what becomes of the events that answer it. */
export interface Exchange {
  /** Sends the request; the signal ends it. */
  readonly ask: (signal: AbortSignal) => Promise<Response>
  /**
   * Takes the data of one event. `'whole'` says that it was the last; a promise is waited for before the next one is
   * given. What it throws ends the exchange.
   */
  readonly take: (data: string) => Taken
  /** Turns what the request or its body failed with into an error that the caller may see. */
  readonly failure: (thrown: unknown) => Error
  /** Ends the exchange from outside: it rejects with the reason of the abort. */
  readonly connection: AbortController
  /** Longest time without an event, in milliseconds. Comments keep no exchange alive; time spent in `take` does not count. */
  readonly timeoutMs: number
}

type Taken = 'whole' | Promise<void> | undefined

/** How long the end of a body whose last event is known is waited for, so that its connection can be used again. */
const TAIL_MS = 1000

/**
 * Asks and hands the events over until `take` has enough or the body ends, which of them the caller knows from what it took.
 * Events are taken as the body's bytes come in, with no promise in between unless `take` asks for it: awaiting every token,
 * or even every chunk, costs the gateway more than all else that it does with it.
 */
export async function converse({ ask, take, failure, connection, timeoutMs }: Exchange): Promise<void> {
  const { signal } = connection
  const watchdog = new Watchdog(timeoutMs, () => connection.abort(silent(timeoutMs)))
  let body: ResponseBody | undefined
  try {
    const response = await ask(signal).catch((thrown) => Promise.reject(failure(thrown)))
    body = streamOf(response)
    if (body === undefined) throw garbage('what is no stream of events')
    const ended = await readEvents(body, { take, failure, signal, watchdog })
    leave(body, ended === 'whole')
  } catch (error) {
    if (body !== undefined) leave(body, false)
    throw signal.aborted ? signal.reason : error
  } finally {
    watchdog.stop()
  }
}

interface Reading extends Pick<Exchange, 'take' | 'failure'> {
  readonly signal: AbortSignal
  readonly watchdog: Watchdog
}

/**
 * Gives the body's events to `take`, reading no further while that has something to wait for. How the body ended counts only
 * once the events before its end have been taken.
 */
function readEvents(body: ResponseBody, { take, failure, signal, watchdog }: Reading): Promise<'whole' | 'ended'> {
  const events = new SseReader()
  const over = Promise.withResolvers<'whole' | 'ended'>()
  let waits = false
  let end: (() => void) | null = null

  const takeAll = (): void => {
    for (let data = events.next(); data !== null; data = events.next()) {
      signal.throwIfAborted()
      watchdog.feed()
      const taken = take(data)
      if (taken === 'whole') return over.resolve('whole')
      if (taken !== undefined) return waitFor(taken)
    }
  }
  const waitFor = (taken: Promise<void>): void => {
    waits = true
    body.pause()
    watchdog.stop()
    taken.then(goOn).catch(over.reject)
  }
  const goOn = (): void => {
    waits = false
    watchdog.start()
    takeAll()
    if (waits) return
    body.resume()
    end?.()
  }
  const ends = (how: () => void): void => {
    end ??= how
    if (!waits) end()
  }

  body.read({
    bytes(chunk) {
      try {
        events.push(chunk)
        takeAll()
      } catch (error) {
        over.reject(error)
      }
    },
    end: () => ends(() => over.resolve('ended')),
    error: (thrown) => ends(() => over.reject(failure(thrown))),
  })
  return over.promise
}

/** Runs out where nothing is fed to it for so long. Feeding is cheap, because it is done for every event: no timer moves. */
class Watchdog {
  readonly #ms: number
  readonly #bite: () => void
  #fedAt = 0
  #timer: NodeJS.Timeout | undefined

  constructor(ms: number, bite: () => void) {
    this.#ms = ms
    this.#bite = bite
    this.start()
  }

  feed(): void {
    this.#fedAt = performance.now()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  start(): void {
    this.stop()
    this.feed()
    this.#arm(this.#ms)
  }

  #arm(ms: number): void {
    this.#timer = setTimeout(() => this.#look(), ms)
  }

  #look(): void {
    const left = this.#fedAt + this.#ms - performance.now()
    if (left > 0) this.#arm(left)
    else this.#bite()
  }
}

/** Lets go of a body: reads a finished one to its end, so that the connection stays alive, and cuts any other. */
function leave(body: ResponseBody, whole: boolean): void {
  if (!whole) return body.cut()
  if (body.isOver) return
  const tail = setTimeout(() => body.cut(), TAIL_MS).unref()
  const over = () => clearTimeout(tail)
  body.read({ bytes() {}, end: over, error: over })
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

import { silent } from './errors.ts'
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
 * One `await` for each network chunk, none for an event unless `take` asks for it: awaiting every token costs the
 * gateway more than all else that it does with it.
 */
export async function converse({ ask, take, failure, connection, timeoutMs }: Exchange): Promise<void> {
  const { signal } = connection
  const arm = () => setTimeout(() => connection.abort(silent(timeoutMs)), timeoutMs)
  let watchdog = arm()
  let body: ReadableStreamDefaultReader<Uint8Array> | undefined
  let whole = false
  try {
    const response = await ask(signal).catch((thrown) => Promise.reject(failure(thrown)))
    body = response.body?.getReader()
    if (body === undefined) return
    const events = new SseReader()
    for (;;) {
      let chunk: Uint8Array | undefined
      try {
        chunk = (await body.read()).value
      } catch (thrown) {
        throw failure(thrown)
      }
      if (chunk === undefined) return
      events.push(chunk)
      let heard = false
      for (let data = events.next(); data !== null; data = events.next()) {
        signal.throwIfAborted()
        heard = true
        const taken = take(data)
        if (taken === undefined) continue
        if (taken === 'whole') {
          whole = true
          return
        }
        clearTimeout(watchdog)
        await taken
        watchdog = arm()
      }
      if (heard) watchdog.refresh()
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  } finally {
    clearTimeout(watchdog)
    if (body !== undefined) void leave(body, whole)
  }
}

/** Lets go of a body: reads a finished one to its end, so that the connection stays alive, and cuts any other. */
async function leave(body: ReadableStreamDefaultReader<Uint8Array>, whole: boolean): Promise<void> {
  const cut = () => void body.cancel().catch(() => {})
  if (!whole) return cut()
  const tail = setTimeout(cut, TAIL_MS).unref()
  try {
    while (!(await body.read()).done);
  } catch {
    // the answer is whole: nobody is interested in how its connection ended
  } finally {
    clearTimeout(tail)
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

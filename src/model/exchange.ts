import { silent, wordless } from './errors.ts'
import type { SendOptions } from './http.ts'
import { type EventTaker, Reading, type Watchdogs } from './reading.ts'
import { Refusal } from './refusal.ts'
import type { ResponseBody } from './response-body.ts'
import { Watchdog } from './watchdog.ts'

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

/**
 * Asks, and hands the events over until the taker is done or the body ends. The taker knows which.
 * Events are taken as the body's bytes come in, with no promise in between unless `take` asks for it: awaiting every token,
 * or even every chunk, costs the gateway more than all else that it does with it.
 */
export async function converse({ ask, taker, failure, connection, limits }: ProviderCall): Promise<void> {
  const { signal } = connection
  const { timeoutMs, silenceMs, maxEventBytes } = limits
  const watchdogs: Watchdogs = {
    bytes: new Watchdog(timeoutMs, () => connection.abort(silent(timeoutMs))),
    text: new Watchdog(silenceMs, () => connection.abort(wordless(silenceMs))),
  }
  watchdogs.bytes.start()
  watchdogs.text.start()
  let body: ResponseBody | undefined
  try {
    const reply = await ask({ signal, onHead: () => watchdogs.bytes.feed() }).catch((thrown) =>
      Promise.reject(failure(thrown)),
    )
    body = reply
    const ended = await new Reading({ body: reply, taker, signal, watchdogs, failure, maxEventBytes }).over
    if (ended === 'takerDone') reply.drain()
    else reply.cut()
  } catch (error) {
    body?.cut()
    if (signal.aborted) throw signal.reason
    throw error instanceof Refusal ? failure(error) : error
  } finally {
    watchdogs.bytes.stop()
    watchdogs.text.stop()
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

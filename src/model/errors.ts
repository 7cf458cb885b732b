import { APIConnectionTimeoutError, APIError } from 'openai'
import type { Log } from '../ports/log.ts'
import { ModelError } from '../ports/token-source.ts'

/** The provider sent what its API does not allow. */
export function garbage(what: string): ModelError {
  return new ModelError(`the model sent ${what}`, { retryable: true })
}

/** X1: the stream is over and no finish reason came. */
export function brokenOff(): ModelError {
  return new ModelError('the model ended without a finish reason', { retryable: true })
}

export function silent(timeoutMs: number): ModelError {
  return new ModelError(`the model sent no event for ${timeoutMs} ms`, { retryable: true })
}

/** An error that the provider tells of inside the stream, `error` being its description of it. */
export function failed(error: unknown): ModelError {
  return new ModelError(`the model reported an error${named(error)}`, { retryable: true })
}

/**
 * What a request that failed or a body that broke off is to the caller. The provider's own words go to the debug log
 * only: they may quote the prompt or the key, and so may the error itself, which is why it is not kept as the cause.
 */
export function requestFailed(thrown: unknown, log: Log, secret: string): ModelError {
  if (thrown instanceof ModelError) return thrown
  if (!(thrown instanceof APIError) || thrown.status === undefined) {
    if (thrown instanceof APIConnectionTimeoutError)
      return new ModelError('the model could not be reached in time', { retryable: true })
    return new ModelError(`the connection to the model broke${systemCode(thrown)}`, { retryable: true })
  }
  const { status, headers } = thrown
  log.debug(
    { status, requestId: thrown.requestID, said: thrown.message.replaceAll(secret, '(hidden)') },
    'the model refused',
  )
  return new ModelError(`the model answered with status ${status}${named(thrown)}`, {
    retryable: status >= 500 || status === 429 || status === 408 || status === 409,
    retryAfterMs: headers && retryAfterMs(headers, Date.now()),
  })
}

/** What `retry-after-ms` or `Retry-After` (seconds or a date) asks for, in milliseconds; undefined where they ask for nothing. */
export function retryAfterMs(headers: Headers, now: number): number | undefined {
  const asked = headers.get('retry-after-ms')
  if (asked !== null && Number.isFinite(Number(asked))) return Math.max(0, Number(asked))
  const after = headers.get('retry-after')
  if (after === null) return undefined
  const ms = Number.isFinite(Number(after)) ? Number(after) * 1000 : Date.parse(after) - now
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}

/** The provider's name for the error, where it is a name and not a sentence. */
function named(error: unknown): string {
  const { code, type } = (error ?? {}) as { code?: unknown; type?: unknown }
  for (const name of [code, type]) {
    if (typeof name === 'string' && /^[a-z]+(_[a-z]+){1,7}$/.test(name)) return ` (${name})`
  }
  return ''
}

/** `ECONNRESET` and the like, from wherever in the chain of causes it stands. */
function systemCode(thrown: unknown): string {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if ('code' in error && typeof error.code === 'string' && /^[A-Z_]{3,40}$/.test(error.code))
      return ` (${error.code})`
  }
  return ''
}

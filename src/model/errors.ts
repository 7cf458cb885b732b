import { errors } from 'undici'
import { ModelError } from '../ports/model.ts'

/** The provider sent what its API does not allow. */
export class Garbage extends ModelError {
  constructor(what: string) {
    super(`the model sent ${what}`, { retryable: true })
  }
}

export function garbage(what: string): Garbage {
  return new Garbage(what)
}

/** X1: the stream is over and no finish reason came. */
export function brokenOff(): ModelError {
  return new ModelError('the model ended without a finish reason', { retryable: true })
}

/** The provider says that it did not finish the answer, with `reason` as its finish reason. */
export function gaveUp(reason: string): ModelError {
  return new ModelError(`the model broke its answer off${asName(reason)}`, { retryable: true })
}

export function silent(timeoutMs: number): ModelError {
  return new ModelError(`the model sent nothing for ${timeoutMs} ms`, { retryable: true })
}

export function wordless(silenceMs: number): ModelError {
  return new ModelError(`the model sent no text for ${silenceMs} ms`, { retryable: true })
}

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)/

/**
 * What a connection that broke, or could not be made, is to the caller. The error itself is not kept as the cause, as it may quote
 * the request. Whatever else was thrown is a mistake of our own and given back as it is.
 */
export function connectionFailed(thrown: unknown): unknown {
  const code = systemCode(thrown)
  const isNetworks =
    thrown instanceof errors.HTTPParserError || (thrown instanceof Error && thrown.constructor === Error)
  if (code === '' && !isNetworks) return thrown
  if (code === 'UND_ERR_INVALID_ARG')
    return new ModelError('the request to the model cannot be sent as it is configured', { retryable: false })
  const what = CERTIFICATE.test(code)
    ? 'the certificate of the provider of the model is not accepted'
    : /^(ERR_SSL|EPROTO)/.test(code)
      ? 'no secure connection to the model could be made'
      : 'the connection to the model broke'
  return new ModelError(`${what}${code && ` (${code})`}`, { retryable: true })
}

/** ` (name)` where `said` is a name and not a sentence, which may quote the prompt or the key. */
export function asName(said: unknown): string {
  return typeof said === 'string' && /^[a-z]+(_[a-z]+){0,7}$/i.test(said) && said.length <= 64 ? ` (${said})` : ''
}

/** `ECONNRESET` and the like, from wherever in the chain of causes it stands; '' where there is none. */
function systemCode(thrown: unknown): string {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if ('code' in error && typeof error.code === 'string' && /^[A-Z][A-Z0-9_]{2,50}$/.test(error.code))
      return error.code
  }
  return ''
}

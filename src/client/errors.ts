import type { ErrorBody, ErrorCode } from '../protocol/errors.ts'
import type { Message } from '../protocol/message.ts'

/**
 * `disconnected`: the connection was lost before the acknowledgement. `timeout`: none came in time. In both cases the
 * gateway may have done what was asked. `closed`: the client was closed.
 */
export type ClientErrorCode = ErrorCode | 'disconnected' | 'timeout' | 'closed'

/** The one error of the SDK: a refusal of the gateway (X1), or a failure of the way to it. */
export class ClientError extends Error {
  override readonly name = 'ClientError'
  readonly code: ClientErrorCode
  /** Whether the same call may succeed later. */
  readonly retryable: boolean
  /** Milliseconds after which it can, where the gateway said so. */
  readonly retryAfterMs: number | undefined

  constructor(code: ClientErrorCode, message: string, options: { retryable?: boolean; retryAfterMs?: number } = {}) {
    super(message)
    this.code = code
    this.retryable = options.retryable ?? (code === 'disconnected' || code === 'timeout')
    this.retryAfterMs = options.retryAfterMs
  }

  static from(body: ErrorBody): ClientError {
    return new ClientError(body.code, body.message, body)
  }

  /** The way to the gateway failed, not the call itself. */
  get isTransport(): boolean {
    return this.code === 'disconnected' || this.code === 'timeout'
  }
}

/** Why an answer has the status `error` (M4), for people. */
export function failureOf({ metadata }: Pick<Message, 'metadata'>): string {
  const error = metadata.error as { readonly message?: unknown } | undefined
  return typeof error?.message === 'string' ? error.message : 'the answer failed'
}

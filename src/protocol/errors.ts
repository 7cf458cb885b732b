/** The error codes of the contract (X1), with the HTTP status and whether repeating the same call may succeed. */
const CODES = {
  invalid: { status: 400, retryable: false },
  unauthorized: { status: 401, retryable: false },
  forbidden: { status: 403, retryable: false },
  session_not_found: { status: 404, retryable: false },
  message_not_found: { status: 404, retryable: false },
  answer_in_progress: { status: 409, retryable: true },
  too_large: { status: 413, retryable: false },
  rate_limited: { status: 429, retryable: true },
  quota_exceeded: { status: 429, retryable: true },
  overloaded: { status: 503, retryable: true },
  llm_failed: { status: 502, retryable: true },
  interrupted: { status: 502, retryable: true },
  internal: { status: 500, retryable: true },
} as const

export type ErrorCode = keyof typeof CODES
export const ERROR_CODES = Object.keys(CODES) as [ErrorCode, ...ErrorCode[]]

/** What a client is told of a failure: never a stack trace, never a secret. */
export interface ErrorBody {
  readonly code: ErrorCode
  readonly message: string
  readonly retryable: boolean
  /** Milliseconds after which a repeat can succeed. */
  readonly retryAfterMs?: number
}

export interface BatonErrorOptions {
  readonly retryAfterMs?: number
  /** Overrides the code's own default. */
  readonly retryable?: boolean
  readonly cause?: unknown
}

/** The one error that use cases throw on purpose; whatever else reaches a transport is told as `internal`. */
export class BatonError extends Error {
  override readonly name = 'BatonError'
  readonly code: ErrorCode
  readonly retryable: boolean
  readonly retryAfterMs: number | undefined

  constructor(code: ErrorCode, message: string, options: BatonErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryable = options.retryable ?? CODES[code].retryable
    this.retryAfterMs = options.retryAfterMs
  }

  get status(): number {
    return CODES[this.code].status
  }

  /** Seconds, as in the header of that name; undefined where waiting does not help. */
  get retryAfter(): number | undefined {
    const isPassing = this.code === 'overloaded' || this.code === 'rate_limited'
    const waitMs = this.retryAfterMs ?? (isPassing ? 1000 : undefined)
    return waitMs === undefined ? undefined : Math.ceil(waitMs / 1000)
  }

  get body(): ErrorBody {
    const body = { code: this.code, message: this.message, retryable: this.retryable }
    return this.retryAfterMs === undefined ? body : { ...body, retryAfterMs: this.retryAfterMs }
  }
}

/** Any thrown value as the error that its caller may see. */
export function toBatonError(thrown: unknown): BatonError {
  if (thrown instanceof BatonError) return thrown
  return new BatonError('internal', 'something went wrong inside the gateway', { cause: thrown })
}

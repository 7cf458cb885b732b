import type { ErrorCode } from '../protocol/errors.ts'
import type { Role } from '../protocol/message.ts'

/** One turn of the conversation as the model is given it. */
export interface Turn {
  readonly role: Role
  readonly content: string
}

/** Where the stored text of an answer stands in the provider's own record of it (Responses API in background mode). */
export interface Bookmark {
  readonly responseId: string
  /** `sequence_number` of the last event whose text is in the answer, or `FORSAKEN`. */
  readonly sequence: number
}

/** The place in a response that nobody goes on with any more: text of another one follows in the answer. */
export const FORSAKEN = Number.MAX_SAFE_INTEGER

export interface ModelRequest {
  /** System prompt first, the user's message last. */
  readonly turns: readonly Turn[]
  /** Names the session towards the provider, for its logs and caches. */
  readonly sessionId: string
  /** The answer that is asked for. */
  readonly messageId: string
  /** Whom the session belongs to; null where nobody said. */
  readonly userId: string | null
  /**
   * What an earlier stream of this answer left behind: the text that is stored and, where the provider keeps answers,
   * the place in its record. Absent for a fresh answer.
   */
  readonly resume?: { readonly text: string; readonly bookmark: Bookmark | null }
}

/** What a provider may count, under the names of the two OpenAI wires; the last two are given flat. */
export type UsageField =
  | 'prompt_tokens'
  | 'completion_tokens'
  | 'input_tokens'
  | 'output_tokens'
  | 'total_tokens'
  | 'reasoning_tokens'
  | 'cached_tokens'
/** Tokens of one request, as far as the provider tells. */
export type Usage = Readonly<Partial<Record<UsageField, number>>>

/** Takes what the model says, in order. */
export interface TokenSink {
  /**
   * The next piece of text, well-formed or not: lone surrogates may come, and the halves of a pair in two pieces.
   * A returned promise asks the source to read no further until it resolves (backpressure).
   */
  text(piece: string): void | Promise<void>
  /** The model reasons: what it thinks, which is never part of the answer; `''` where it only says that it does (F7). */
  reasoning?(piece: string): void
  /** What this request has used so far, as the provider tells; the last word counts, also of a request that then fails. */
  usage?(usage: Usage): void
  /**
   * The provider's name for the answer is known, or its record has advanced to `sequence` with the text just given. Another response may
   * take its place, where the first one was lost (F8).
   */
  bookmark(bookmark: Bookmark): void
}

/** How a stream ended when it ended well. */
export interface ModelEnd {
  /** `stop`, `length`, `content_filter` …: the word of chat completions where there is one, else the provider's, at most 256 units. */
  readonly finishReason: string
  /** The model that answered, as the provider names it, at most 256 units. */
  readonly model?: string
}

/** How a stream ended when it did not end well; F6 tells what may be asked again. */
export class ModelError extends Error {
  override readonly name = 'ModelError'
  readonly code: ErrorCode = 'llm_failed'
  /** False where the same request would be refused again: 4xx other than 408, 409, 425 and 429, and their like inside a stream. */
  readonly retryable: boolean
  /** What `Retry-After` asked for, in milliseconds. */
  readonly retryAfterMs: number | undefined

  /** The request was longer than the model can take: a shorter one may be answered (S7). */
  readonly contextTooLong: boolean

  constructor(
    message: string,
    options: { retryable: boolean; retryAfterMs?: number | undefined; contextTooLong?: boolean; cause?: unknown },
  ) {
    super(message, { cause: options.cause })
    this.retryable = options.retryable
    this.retryAfterMs = options.retryAfterMs
    this.contextTooLong = options.contextTooLong ?? false
  }
}

/**
 * The reason to abort with when this replica lets an answer go that another one owns or will own: the provider's work is
 * left as it is where it can be reattached to.
 */
export class Detached extends Error {
  override readonly name = 'Detached'
}

/** A model provider. */
export interface Model {
  /** How an answer that another replica left can be gone on with (F3). */
  readonly resumes: 'reattach' | 'continue' | 'restart' | 'none'
  /**
   * Asks once and streams into `sink` until the answer ends; it never asks again by itself.
   *
   * Guarantees: rejects with `ModelError` where the provider refuses, breaks off, sends garbage, ends without a finish
   * reason, or sends no byte, or no text, for the configured times; rejects with the signal's reason soon after an abort. A response that
   * cannot be reattached to is gone on with from its text, in the same call (F8). An abort
   * ends the provider's work (a background response is cancelled) unless its reason is `Detached`. After it has settled, `sink` is not called again.
   */
  generate(request: ModelRequest, sink: TokenSink, signal: AbortSignal): Promise<ModelEnd>
  /** Ends the provider's work on an answer that an earlier stream left; without effect where it has ended. Never throws. */
  cancel(bookmark: Bookmark): void
  /** Releases connections. */
  close(): Promise<void>
}

/** A token as an estimate takes it, in bytes of UTF-8: text that is not Latin has more of them to the character, and more tokens. */
const BYTES_PER_TOKEN = 4

/** About how many tokens so many bytes of UTF-8 are, whatever the model's own vocabulary. */
export function estimatedTokens(bytes: number): number {
  return Math.ceil(bytes / BYTES_PER_TOKEN)
}

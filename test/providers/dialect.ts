import type { ContinueStyle } from '../../src/model/continuation.ts'
import type { Usage } from '../../src/ports/model.ts'

/**
 * How one provider answers, as recorded facts: the bytes it sends, event by event, and what they mean. The values in them (ids,
 * times, counts) are any; framing, order of members, spaces and odd fields are the provider's.
 */
export interface Dialect {
  readonly name: string
  readonly api: 'chat' | 'responses'
  /** Settings that this provider needs beside its address, key and model. */
  readonly env?: Readonly<Record<string, string>>
  /** What LLM_CONTINUE may be with it. */
  readonly continues: readonly ContinueStyle[]
  /** Headers of a streamed answer. */
  readonly headers: string
  /** The events of an answer that says `pieces`, after it has thought `thoughts` where the provider tells of that. */
  readonly speak: (pieces: readonly string[], thoughts: readonly string[]) => readonly string[]
  /** How `speak` ends, and what it counts. */
  readonly finish: string
  readonly usage: Usage
  /** `speak` tells what was thought. */
  readonly thinks?: true
  /** Other ways in which an answer ends, after text. */
  readonly ends: readonly End[]
  /** Answers that are no stream. */
  readonly refusals: readonly Refusal[]
}

/** What may be done about a failure (F6, S7). */
export interface Failure {
  readonly retryable: boolean
  readonly contextTooLong?: boolean
  readonly retryAfterMs?: number
}

/** `events` follow the text. It is an ending with that `finish`, or a failure. */
export type End = { readonly what: string; readonly events: readonly string[] } & (
  | { readonly finish: string }
  | Failure
)

export interface Refusal extends Failure {
  readonly what: string
  readonly status: number
  /** Lines, each with its line end. */
  readonly headers?: string
  readonly body: string
}

export const DONE = 'data: [DONE]\n\n'

/** A string in JSON as C++, Rust, JavaScript and pydantic write it. */
export const json = (text: string): string => JSON.stringify(text)
/** As Go and Google's servers write it: what HTML may misread is escaped. */
export const goJson = (text: string): string =>
  json(text).replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`)

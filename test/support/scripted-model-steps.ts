/** What a script can make the scripted model do, one step after the other. A string is a piece of the answer's text. */
export type Step =
  | string
  | { readonly do: 'refuse'; readonly status: number; readonly headers: Record<string, string>; readonly body: unknown }
  | { readonly do: 'refusal'; readonly text: string }
  | { readonly do: 'event'; readonly fields: object }
  | { readonly do: 'raw'; readonly bytes: string | Uint8Array }
  | { readonly do: 'fail'; readonly error: object }
  | { readonly do: 'end'; readonly reason: string | null; readonly done: boolean }
  | { readonly do: 'reset' }
  | { readonly do: 'silence' }

/** Only as the first step: an HTTP error instead of a stream. */
export function refuse(
  status: number,
  headers: Record<string, string> = {},
  body: unknown = { error: { message: 'no' } },
): Step {
  return { do: 'refuse', status, headers, body }
}

/** A piece of text in which the model declines. */
export function refusal(text: string): Step {
  return { do: 'refusal', text }
}

/** An event of any shape; on the responses wire it gets its sequence number unless it has one. */
export function event(fields: object): Step {
  return { do: 'event', fields }
}

/** Bytes as they are, valid or not: comments, garbage, half an event. Sent to whoever is connected now. */
export function raw(bytes: string | Uint8Array): Step {
  return { do: 'raw', bytes }
}

/** The wire's own way to say that the answer failed: an `error` chunk, or `response.failed`. Ends the stream. */
export function fail(error: object = { code: 'server_error', message: 'it failed' }): Step {
  return { do: 'fail', error }
}

/**
 * Ends the answer otherwise than by running to the end of the script, which is `end({})`: with another finish reason, with none
 * (`reason: null`), or without `[DONE]` (chat).
 */
export function end({ reason = 'stop', done = true }: { reason?: string | null; done?: boolean }): Step {
  return { do: 'end', reason, done }
}

/** Resets the connection. A background response goes on without it. */
export const reset: Step = { do: 'reset' }

/** Sends nothing more until the client leaves or, for a background response, cancels it. */
export const silence: Step = { do: 'silence' }

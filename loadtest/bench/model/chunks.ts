import { VOCABULARY } from '../workload.ts'

/*
 * What a provider of Chat Completions sends, made once: every event with the HTTP framing of its chunk, of the size
 * that real ones have.
 */

const HEAD = {
  id: 'chatcmpl-CbenchCbenchCbenchCbenchCbe',
  object: 'chat.completion.chunk',
  created: 1_790_000_000,
  model: 'gpt-5-mini-2025-08-07',
  service_tier: 'default',
  system_fingerprint: 'fp_0123456789',
}

function choice(delta: object, finishReason: string | null): object {
  return { ...HEAD, choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }], usage: null }
}

function framed(...events: readonly (object | string)[]): Buffer {
  const chunks = events.map((event) => {
    const data = Buffer.from(`data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`)
    return [Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n')]
  })
  return Buffer.concat(chunks.flat())
}

export const FIRST_CHUNK = framed(choice({ role: 'assistant', content: '', refusal: null }, null))

/** One for each token of the vocabulary. */
export const TOKEN_CHUNKS: readonly Buffer[] = VOCABULARY.map((content) => framed(choice({ content }, null)))

/** `text` in events of `pieceLength` units each. */
export function textChunks(text: string, pieceLength: number): Buffer {
  const pieces: object[] = []
  for (let at = 0; at < text.length; at += pieceLength) {
    pieces.push(choice({ content: text.slice(at, at + pieceLength) }, null))
  }
  return framed(...pieces)
}

/** The finish reason, the usage, and the end of the events. */
export function lastChunks(tokens: number): Buffer {
  const usage = { prompt_tokens: 30, completion_tokens: tokens, total_tokens: 30 + tokens }
  return framed(choice({}, 'stop'), { ...HEAD, choices: [], usage }, '[DONE]')
}

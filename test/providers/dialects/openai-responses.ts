/** OpenAI, Responses. Sources: OpenAI's API reference and background mode guide; recorded streams in public clients' tests. */
import { type Dialect, json } from '../dialect.ts'

const RESPONSE = '"id":"resp_0391d4281ead19e4","object":"response","created_at":1764000000'
const response = (status: string, more = ',"error":null,"incomplete_details":null,"usage":null') =>
  `{${RESPONSE},"status":"${status}","background":true,"model":"gpt-5-mini-2025-08-07","output":[]${more}}`
const USAGE =
  '"usage":{"input_tokens":9,"input_tokens_details":{"cached_tokens":0},"output_tokens":69,"output_tokens_details":{"reasoning_tokens":64},"total_tokens":78}'

/** One event without its number, which `numbered` puts in. */
const event = (type: string, members: string) => (sequence: number) =>
  `event: ${type}\ndata: {"type":"${type}","sequence_number":${sequence},${members}}\n\n`
const numbered = (events: readonly ((sequence: number) => string)[], from = 0) =>
  events.map((numberedBy, i) => numberedBy(from + i))

const TEXT = '"item_id":"msg_0391","output_index":1,"content_index":0'
const ended = (status: string, more: string) => event(`response.${status}`, `"response":${response(status, more)}`)
/** Far above what came before: numbers rise, they need not be neighbours. */
const late = (...events: ((sequence: number) => string)[]) => numbered(events, 1000)

export const openaiResponses: Dialect = {
  name: 'OpenAI responses',
  api: 'responses',
  continues: ['instruct'],
  headers: 'Content-Type: text/event-stream; charset=utf-8\r\nopenai-version: 2020-10-01\r\n',
  thinks: true,
  speak: (pieces, thoughts) => {
    const text = json(pieces.join(''))
    return numbered([
      event('response.created', `"response":${response('queued')}`),
      event('response.queued', `"response":${response('queued')}`),
      event('response.in_progress', `"response":${response('in_progress')}`),
      event('response.output_item.added', '"output_index":0,"item":{"id":"rs_0391","type":"reasoning","summary":[]}'),
      ...thoughts.map((thought) =>
        event(
          'response.reasoning_summary_text.delta',
          `"item_id":"rs_0391","output_index":0,"summary_index":0,"delta":${json(thought)},"obfuscation":"pvmKQ7xIR"`,
        ),
      ),
      event(
        'response.output_item.added',
        '"output_index":1,"item":{"id":"msg_0391","type":"message","status":"in_progress","content":[],"role":"assistant"}',
      ),
      event(
        'response.content_part.added',
        `${TEXT},"part":{"type":"output_text","annotations":[],"logprobs":[],"text":""}`,
      ),
      ...pieces.map((piece) =>
        event(
          'response.output_text.delta',
          `${TEXT},"delta":${json(piece)},"logprobs":[],"obfuscation":"UhEfsZjZrAcLxBp"`,
        ),
      ),
      event('response.output_text.done', `${TEXT},"text":${text},"logprobs":[]`),
      event(
        'response.content_part.done',
        `${TEXT},"part":{"type":"output_text","annotations":[],"logprobs":[],"text":${text}}`,
      ),
      ended('completed', `,"error":null,"incomplete_details":null,${USAGE}`),
    ])
  },
  finish: 'stop',
  usage: { input_tokens: 9, output_tokens: 69, total_tokens: 78, reasoning_tokens: 64, cached_tokens: 0 },
  ends: [
    {
      what: 'the length limit',
      events: late(ended('incomplete', `,"error":null,"incomplete_details":{"reason":"max_output_tokens"},${USAGE}`)),
      finish: 'length',
    },
    {
      what: 'its filter',
      events: late(ended('incomplete', `,"error":null,"incomplete_details":{"reason":"content_filter"},${USAGE}`)),
      finish: 'content_filter',
    },
    {
      what: 'a failure of its server',
      events: late(
        ended(
          'failed',
          ',"error":{"code":"server_error","message":"An error occurred while processing your request."},"incomplete_details":null,"usage":null',
        ),
      ),
      retryable: true,
    },
    {
      what: 'an error event',
      events: late(event('error', '"code":"server_error","message":"The server had an error.","param":null')),
      retryable: true,
    },
    {
      what: 'a prompt too long',
      events: late(
        event(
          'error',
          '"error":{"type":"invalid_request_error","code":"context_length_exceeded","message":"Your input exceeds the context window of this model. Please adjust your input and try again.","param":"input"}',
        ),
      ),
      retryable: false,
      contextTooLong: true,
    },
  ],
  refusals: [
    {
      what: 'a wrong key',
      status: 401,
      body: '{"error":{"message":"Incorrect API key provided.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}',
      retryable: false,
    },
    {
      what: 'a prompt too long',
      status: 400,
      body: '{"error":{"message":"Your input exceeds the context window of this model. Please adjust your input and try again.","type":"invalid_request_error","param":"input","code":"context_length_exceeded"}}',
      retryable: false,
      contextTooLong: true,
    },
    {
      what: 'too many requests',
      status: 429,
      headers: 'retry-after: 90\r\n',
      body: '{"error":{"message":"Rate limit reached.","type":"requests","param":null,"code":"rate_limit_exceeded"}}',
      retryable: true,
      retryAfterMs: 90_000,
    },
  ],
}

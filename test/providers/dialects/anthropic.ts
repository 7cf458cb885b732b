/** Anthropic through its OpenAI compatibility. Sources: Anthropic's guide to it and its errors guide; bug reports that quote its errors. */
import { type Dialect, DONE, json } from '../dialect.ts'

const chunk = (choices: string, more = '') =>
  `data: {"id":"msg_01Wgx","choices":[${choices}],"created":1753000000,"model":"claude-opus-4-6","object":"chat.completion.chunk"${more}}\n\n`
const choice = (delta: string, finish: string | null = null) =>
  chunk(`{"index":0,"delta":${delta}${finish === null ? '' : `,"finish_reason":${finish}`}}`)
const usage = chunk('', ',"usage":{"completion_tokens":25,"prompt_tokens":14,"total_tokens":39}')
const error = (type: string, message: string) =>
  `{"error":{"code":"${type}","message":${json(message)},"type":"${type}","param":null}}`

export const anthropic: Dialect = {
  name: 'Anthropic (OpenAI compatibility)',
  api: 'chat',
  continues: ['instruct'],
  headers: 'Content-Type: text/event-stream; charset=utf-8\r\nrequest-id: req_011\r\n',
  speak: (pieces) => [
    choice('{"role":"assistant"}'),
    ...pieces.map((piece) => choice(`{"content":${json(piece)}}`)),
    choice('{}', '"stop"'),
    usage,
    DONE,
  ],
  finish: 'stop',
  usage: { prompt_tokens: 14, completion_tokens: 25, total_tokens: 39 },
  ends: [
    { what: 'the length limit', events: [choice('{}', '"length"'), usage, DONE], finish: 'length' },
    {
      what: 'an overload',
      events: ['event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n'],
      retryable: true,
    },
  ],
  refusals: [
    { what: 'an overload', status: 529, body: error('overloaded_error', 'Overloaded'), retryable: true },
    {
      what: 'a limit of ten minutes',
      status: 429,
      headers: 'retry-after: 600\r\n',
      body: error('rate_limit_error', 'This request would exceed your rate limit of 40,000 input tokens per minute.'),
      retryable: true,
      retryAfterMs: 600_000,
    },
    {
      what: 'a prompt too long',
      status: 400,
      body: error('invalid_request_error', 'prompt is too long: 208544 tokens > 200000 maximum'),
      retryable: false,
      contextTooLong: true,
    },
    {
      what: 'a prompt and an answer too long together',
      status: 400,
      body: error(
        'invalid_request_error',
        'input length and `max_tokens` exceed context limit: 143653 + 64000 > 200000, decrease input length or `max_tokens` and try again',
      ),
      retryable: false,
      contextTooLong: true,
    },
    {
      what: 'a wrong key',
      status: 401,
      body: error('authentication_error', 'invalid x-api-key'),
      retryable: false,
    },
  ],
}

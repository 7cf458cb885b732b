/** Groq. Sources: Groq's API reference, errors and rate limit guides; the AI SDK's Groq provider tests; reports of its 413 and 429. */
import { type Dialect, DONE, goJson } from '../dialect.ts'

const chunk = (choices: string, more = '') =>
  `data: {"id":"chatcmpl-e7f8e220","object":"chat.completion.chunk","created":1729171479,"model":"openai/gpt-oss-20b","system_fingerprint":"fp_10c08bf97d","choices":[${choices}]${more}}\n\n`
const choice = (delta: string, finish = 'null', more = '') =>
  chunk(`{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish}}`, more)
const COUNTS =
  '{"queue_time":0.061348671,"prompt_tokens":18,"prompt_time":0.000211569,"completion_tokens":439,"completion_time":0.798181818,"total_tokens":457,"total_time":0.798393387}'
const close = (finish: string) => [
  choice('{}', finish, `,"x_groq":{"id":"req_01jadadp0femyae9kav1gpkhe8","usage":${COUNTS}}`),
  chunk('', `,"usage":${COUNTS},"service_tier":"on_demand"`),
  DONE,
]

export const groq: Dialect = {
  name: 'Groq',
  api: 'chat',
  continues: ['instruct'],
  headers: 'Content-Type: text/event-stream\r\nx-ratelimit-remaining-tokens: 17997\r\n',
  thinks: true,
  speak: (pieces, thoughts) => [
    choice('{"role":"assistant","content":""}', 'null', ',"x_groq":{"id":"req_01jadadp0femyae9kav1gpkhe8"}'),
    ...thoughts.map((thought) => choice(`{"reasoning":${goJson(thought)},"channel":"analysis"}`)),
    ...pieces.map((piece) => choice(`{"content":${goJson(piece)}}`)),
    ...close('"stop"'),
  ],
  finish: 'stop',
  usage: { prompt_tokens: 18, completion_tokens: 439, total_tokens: 457 },
  ends: [
    { what: 'the length limit', events: close('"length"'), finish: 'length' },
    {
      what: 'an error of its server',
      events: ['event: error\ndata: {"error":{"message":"Internal Server Error","type":"internal_server_error"}}\n\n'],
      retryable: true,
    },
  ],
  refusals: [
    {
      what: 'too many tokens a minute',
      status: 429,
      headers: 'retry-after: 6\r\nx-ratelimit-reset-tokens: 5.289s\r\n',
      body: '{"error":{"message":"Rate limit reached for model `gemma2-9b-it` in organization `org_x` service tier `on_demand` on tokens per minute (TPM): Limit 15000, Used 11972, Requested 4351. Please try again in 5.289s. Visit https://console.groq.com/docs/rate-limits for more information.","type":"tokens","code":"rate_limit_exceeded"}}\n',
      retryable: true,
      retryAfterMs: 6000,
    },
    {
      what: 'a request larger than a minute allows',
      status: 413,
      body: '{"error":{"message":"Request too large for model `llama-3.1-8b-instant` in organization `org_x` service tier `on_demand` on tokens per minute (TPM): Limit 6000, Requested 6294, please reduce your message size and try again.","type":"tokens","code":"rate_limit_exceeded"}}\n',
      retryable: false,
      contextTooLong: true,
    },
    {
      what: 'a prompt too long',
      status: 400,
      body: '{"error":{"message":"Please reduce the length of the messages or completion.","type":"invalid_request_error","param":"messages"}}\n',
      retryable: false,
      contextTooLong: true,
    },
    {
      what: 'no capacity',
      status: 498,
      body: '{"error":{"message":"Flex tier capacity exceeded","type":"capacity_exceeded","code":"capacity_exceeded"}}\n',
      retryable: false,
    },
  ],
}

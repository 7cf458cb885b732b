/** OpenAI, Chat Completions. Sources: OpenAI's API reference and error codes guide; openai-node's stream tests; bug reports that quote streams. */
import { type Dialect, DONE, json } from '../dialect.ts'

const chunk = (choices: string, more = ',"usage":null,"obfuscation":"yBUv8b1dlI5ORP"') =>
  `data: {"id":"chatcmpl-CqW3","object":"chat.completion.chunk","created":1764000000,"model":"gpt-5-mini-2025-08-07","service_tier":"default","system_fingerprint":null,"choices":[${choices}]${more}}\n\n`
const choice = (delta: string, finish = 'null') =>
  chunk(`{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish}}`)
const usage = chunk(
  '',
  ',"usage":{"prompt_tokens":19,"completion_tokens":74,"total_tokens":93,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":64,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}},"obfuscation":"N"',
)
const error = (message: string, type: string, code: string, param = 'null') =>
  `{"error":{"message":${json(message)},"type":"${type}","param":${param},"code":${code}}}`
const tooLong = error(
  "This model's maximum context length is 128000 tokens. However, your messages resulted in 204308 tokens. Please reduce the length of the messages.",
  'invalid_request_error',
  '"context_length_exceeded"',
  '"messages"',
)

export const openaiChat: Dialect = {
  name: 'OpenAI chat',
  api: 'chat',
  continues: ['instruct'],
  headers: 'Content-Type: text/event-stream; charset=utf-8\r\nx-request-id: req_5b1\r\n',
  speak: (pieces) => [
    choice('{"role":"assistant","content":"","refusal":null}'),
    ...pieces.map((piece) => choice(`{"content":${json(piece)}}`)),
    choice('{}', '"stop"'),
    usage,
    DONE,
  ],
  finish: 'stop',
  usage: { prompt_tokens: 19, completion_tokens: 74, total_tokens: 93, reasoning_tokens: 64, cached_tokens: 0 },
  ends: [
    { what: 'the length limit', events: [choice('{}', '"length"'), usage, DONE], finish: 'length' },
    { what: 'its filter', events: [choice('{}', '"content_filter"'), usage, DONE], finish: 'content_filter' },
    {
      what: 'an error of its server',
      events: [
        `data: ${error('The server had an error while processing your request. Sorry about that!', 'server_error', 'null')}\n\n`,
      ],
      retryable: true,
    },
    { what: 'a prompt too long', events: [`data: ${tooLong}\n\n`], retryable: false, contextTooLong: true },
    {
      what: 'a quota used up',
      events: [
        `data: ${error('You exceeded your current quota, please check your plan and billing details.', 'insufficient_quota', '"insufficient_quota"')}\n\n`,
      ],
      retryable: false,
    },
  ],
  refusals: [
    {
      what: 'a wrong key',
      status: 401,
      body: error('Incorrect API key provided: sk-secr*****1234.', 'invalid_request_error', '"invalid_api_key"'),
      retryable: false,
    },
    {
      what: 'no quota left',
      status: 429,
      body: error(
        'You exceeded your current quota, please check your plan and billing details.',
        'insufficient_quota',
        '"insufficient_quota"',
      ),
      retryable: false,
    },
    {
      what: 'too many tokens a minute',
      status: 429,
      headers: 'retry-after: 4\r\nretry-after-ms: 3310\r\nx-ratelimit-reset-tokens: 3.31s\r\n',
      body: error('Rate limit reached for gpt-5-mini on tokens per min (TPM).', 'tokens', '"rate_limit_exceeded"'),
      retryable: true,
      retryAfterMs: 3310,
    },
    { what: 'a prompt too long', status: 400, body: tooLong, retryable: false, contextTooLong: true },
    {
      what: 'an unknown model',
      status: 404,
      body: error(
        'The model `gpt-x` does not exist or you do not have access to it.',
        'invalid_request_error',
        '"model_not_found"',
      ),
      retryable: false,
    },
    {
      what: 'an overload',
      status: 503,
      body: error('The engine is currently overloaded, please try again later', 'server_error', 'null'),
      retryable: true,
    },
  ],
}

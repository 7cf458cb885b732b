/** DeepSeek. Sources: DeepSeek's API reference, rate limit and error codes guides; recorded streams in public projects; a report of its context error. */
import { type Dialect, DONE, json } from '../dialect.ts'

const ALIVE = ': keep-alive\n\n'
const chunk = (delta: string, finish = 'null', more = '') =>
  `data: {"id":"0e9642e9-9af6-4eb1-9c13-8c90d6b13ef3","object":"chat.completion.chunk","created":1764042665,"model":"deepseek-reasoner","system_fingerprint":"fp_ffc7281d48_prod0820_fp8_kvcache","choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish}}]${more}}\n\n`
const USAGE =
  ',"usage":{"prompt_tokens":6,"completion_tokens":92,"total_tokens":98,"prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":81},"prompt_cache_hit_tokens":0,"prompt_cache_miss_tokens":6}'
const close = (finish: string) => [chunk('{"content":"","reasoning_content":null}', finish, USAGE), DONE]

export const deepseek: Dialect = {
  name: 'DeepSeek',
  api: 'chat',
  continues: ['instruct', 'prefix'],
  headers: 'Content-Type: text/event-stream; charset=utf-8\r\n',
  thinks: true,
  speak: (pieces, thoughts) => [
    ALIVE,
    ALIVE,
    chunk('{"role":"assistant","content":null,"reasoning_content":""}'),
    ...thoughts.map((thought) => chunk(`{"content":null,"reasoning_content":${json(thought)}}`)),
    ...pieces.map((piece) => chunk(`{"content":${json(piece)},"reasoning_content":null}`)),
    ...close('"stop"'),
  ],
  finish: 'stop',
  usage: { prompt_tokens: 6, completion_tokens: 92, total_tokens: 98, reasoning_tokens: 81, cached_tokens: 0 },
  ends: [
    { what: 'the length limit', events: close('"length"'), finish: 'length' },
    { what: 'its filter', events: close('"content_filter"'), finish: 'content_filter' },
    { what: 'too few resources', events: close('"insufficient_system_resource"'), retryable: true },
  ],
  refusals: [
    {
      what: 'no balance left',
      status: 402,
      body: '{"error":{"message":"Insufficient Balance","type":"unknown_error","param":null,"code":"invalid_request_error"}}',
      retryable: false,
    },
    {
      what: 'a prompt too long',
      status: 400,
      body: '{"error":{"message":"This model\'s maximum context length is 131072 tokens. However, you requested 131134 tokens (122942 in the messages, 8192 in the completion). Please reduce the length of the messages or completion.","type":"invalid_request_error","param":null,"code":"invalid_request_error"}}',
      retryable: false,
      contextTooLong: true,
    },
    {
      what: 'a busy server',
      status: 503,
      body: '{"error":{"message":"Service is too busy. We advise users to temporarily switch to alternative LLM API service providers.","type":"service_unavailable_error","param":null,"code":"service_unavailable_error"}}',
      retryable: true,
    },
  ],
}

/** llama.cpp's server. Source: itself, as `npm run providers` starts it; reports of what older ones send. */
import { type Dialect, DONE, json } from '../dialect.ts'

const PING = ': \n\n'
const chunk = (choices: string, more = '') =>
  `data: {"choices":[${choices}],"created":1795817001,"id":"chatcmpl-UttK1IFA8k8oQcxBmoqRlgbsaAwVXfPe","model":"SmolLM2-135M-Instruct.Q4_1.gguf","system_fingerprint":"b0-unknown","object":"chat.completion.chunk"${more}}\n\n`
const choice = (delta: string, finish = 'null') => chunk(`{"finish_reason":${finish},"index":0,"delta":${delta}}`)
const close = (finish: string) => [
  choice('{}', finish),
  chunk(
    '',
    ',"usage":{"completion_tokens":8,"prompt_tokens":32,"total_tokens":40,"prompt_tokens_details":{"cached_tokens":24}},"timings":{"cache_n":24,"prompt_n":8,"prompt_ms":130.265,"predicted_n":8,"predicted_ms":92.506}',
  ),
  DONE,
]
const TOO_LONG =
  '{"error":{"code":400,"message":"request (6031 tokens) exceeds the available context size (2048 tokens), try increasing it","type":"exceed_context_size_error","n_prompt_tokens":6031,"n_ctx":2048}}'

export const llamaCpp: Dialect = {
  name: 'llama.cpp',
  api: 'chat',
  continues: ['instruct', 'prefix', 'vllm'],
  headers:
    'Server: llama.cpp\r\nX-Accel-Buffering: no\r\nContent-Type: text/event-stream\r\nKeep-Alive: timeout=5, max=100\r\n',
  thinks: true,
  speak: (pieces, thoughts) => [
    PING,
    choice('{"role":"assistant","content":null}'),
    ...thoughts.map((thought) => choice(`{"reasoning_content":${json(thought)}}`)),
    ...pieces.map((piece) => choice(`{"content":${json(piece)}}`)),
    ...close('"stop"'),
  ],
  finish: 'stop',
  usage: { prompt_tokens: 32, completion_tokens: 8, total_tokens: 40, cached_tokens: 24 },
  ends: [
    { what: 'the length limit', events: close('"length"'), finish: 'length' },
    {
      what: 'a context that is full',
      events: [`data: ${TOO_LONG}\n\n`],
      retryable: false,
      contextTooLong: true,
    },
    {
      what: 'an error that older ones put into a field of another name',
      events: ['error: {"code":500,"message":"Context size has been exceeded.","type":"server_error"}\n\n', DONE],
      retryable: false,
      contextTooLong: true,
    },
    {
      what: 'another one of those',
      events: ['error: {"code":400,"message":"Invalid grammar","type":"invalid_request_error"}\n\n', DONE],
      retryable: false,
    },
  ],
  refusals: [
    { what: 'a prompt too long', status: 400, body: TOO_LONG, retryable: false, contextTooLong: true },
    {
      what: 'a strict template',
      status: 400,
      body: '{"error":{"code":400,"message":"Unable to generate parser for this template. Automatic parser generation failed: \\n------------\\nWhile executing CallExpression at line 3, column 83 in source:\\n...{{ raise_exception(\'Conversation roles must alternate user...\\nError: Jinja Exception: Conversation roles must alternate user/assistant/user/assistant/...","type":"invalid_request_error"}}',
      retryable: false,
    },
    {
      what: 'a model that still loads',
      status: 503,
      body: '{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}',
      retryable: true,
    },
  ],
}

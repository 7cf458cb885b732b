/** Text Generation Inference. Sources: its Messages API docs; huggingface_hub's inference tests; its pull request on errors in a stream. */
import { type Dialect, DONE, json } from '../dialect.ts'

const ALIVE = ':\n\n'
const chunk = (choices: string, usage = 'null') =>
  `data: {"object":"chat.completion.chunk","id":"","created":1738431890,"model":"google/gemma-2-2b-it","system_fingerprint":"3.0.1-sha-bb9095a","choices":[${choices}],"usage":${usage}}\n\n`
const choice = (content: string, finish = 'null') =>
  chunk(`{"index":0,"delta":{"role":"assistant","content":${content}},"logprobs":null,"finish_reason":${finish}}`)
const close = (finish: string) => [
  choice('""', finish),
  chunk('', '{"prompt_tokens":11,"completion_tokens":30,"total_tokens":41}'),
  DONE,
]
const TOO_LONG = 'Input validation error: `inputs` must have less than 4095 tokens. Given: 6031'

export const tgi: Dialect = {
  name: 'TGI',
  api: 'chat',
  continues: ['instruct'],
  headers: 'content-type: text/event-stream\r\ncache-control: no-cache\r\nx-accel-buffering: no\r\n',
  speak: (pieces) => [ALIVE, ...pieces.map((piece) => choice(json(piece))), ALIVE, ...close('"stop"')],
  finish: 'stop',
  usage: { prompt_tokens: 11, completion_tokens: 30, total_tokens: 41 },
  ends: [
    { what: 'its end-of-sequence token', events: close('"eos_token"'), finish: 'stop' },
    { what: 'the length limit', events: close('"length"'), finish: 'length' },
    {
      what: 'an error of its shard',
      events: [
        'data: {"error":{"message":"Request failed during generation: Server error: transport error","http_status_code":424}}\n\n',
      ],
      retryable: true,
    },
    {
      what: 'an error, as older ones say it',
      events: [
        'data: {"error":"Request failed during generation: Server error: error trying to connect","error_type":"generation"}\n\n',
      ],
      retryable: true,
    },
    {
      what: 'a prompt too long',
      events: [`data: {"error":{"message":${json(TOO_LONG)},"http_status_code":422}}\n\n`],
      retryable: false,
      contextTooLong: true,
    },
  ],
  refusals: [
    {
      what: 'an overload',
      status: 429,
      body: '{"error":"Model is overloaded","error_type":"overloaded"}',
      retryable: true,
    },
    {
      what: 'a prompt too long',
      status: 422,
      body: `{"error":${json(TOO_LONG)},"error_type":"validation"}`,
      retryable: false,
      contextTooLong: true,
    },
    {
      what: 'a prompt and an answer too long together',
      status: 422,
      body: '{"error":"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 3999 `inputs` tokens and 1024 `max_new_tokens`","error_type":"validation"}',
      retryable: false,
      contextTooLong: true,
    },
  ],
}

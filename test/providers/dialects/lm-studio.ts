/** LM Studio. Sources: its OpenAI compatibility docs; its bug tracker and public clients' reports, which quote its errors. */
import { type Dialect, DONE, json } from '../dialect.ts'

const chunk = (choices: string, more = '') =>
  `data: {"id":"chatcmpl-rxs5","object":"chat.completion.chunk","created":1764000000,"model":"qwen/qwen3-4b","system_fingerprint":"qwen/qwen3-4b","choices":[${choices}]${more}}\n\n`
const choice = (delta: string, finish = 'null') =>
  chunk(`{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish}}`)
const close = (finish: string) => [
  choice('{}', finish),
  chunk('', ',"usage":{"prompt_tokens":14,"completion_tokens":33,"total_tokens":47}'),
  DONE,
]
const TOO_LONG =
  'The number of tokens to keep from the initial prompt is greater than the context length (n_keep: 13055>= n_ctx: 4096). Try to load the model with a larger context length, or provide a shorter input.'

export const lmStudio: Dialect = {
  name: 'LM Studio',
  api: 'chat',
  continues: ['instruct'],
  headers: 'X-Powered-By: Express\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\n',
  thinks: true,
  // Without its setting for reasoning, the tag that the model writes is part of the content.
  speak: (pieces, thoughts) => [
    ...(thoughts.length > 0
      ? ['<think>', '\n', ...thoughts, '\n', '</think>', '\n\n'].map((piece) =>
          choice(`{"role":"assistant","content":${json(piece)}}`),
        )
      : []),
    ...pieces.map((piece) => choice(`{"role":"assistant","content":${json(piece)}}`)),
    ...close('"stop"'),
  ],
  finish: 'stop',
  usage: { prompt_tokens: 14, completion_tokens: 33, total_tokens: 47 },
  ends: [
    { what: 'the length limit', events: close('"length"'), finish: 'length' },
    {
      what: 'an error of its engine',
      events: ['event: error\ndata: {"error":{"message":"Compute error."},"message":"Compute error."}\n\n'],
      retryable: true,
    },
    {
      what: 'a prompt too long',
      events: [`event: error\ndata: {"error":{"message":${json(TOO_LONG)}},"message":${json(TOO_LONG)}}\n\n`],
      retryable: false,
      contextTooLong: true,
    },
  ],
  refusals: [
    {
      what: 'a prompt too long',
      status: 400,
      body: `{"error":${json(TOO_LONG)}}`,
      retryable: false,
      contextTooLong: true,
    },
    {
      what: 'a prompt too long, as older ones say it',
      status: 400,
      body: '{"error":"Trying to keep the first 50785 tokens when context the overflows. However, the model is loaded with context length of only 45217 tokens, which is not enough. Try to load the model with a larger context length, or provide a shorter input"}',
      retryable: false,
      contextTooLong: true,
    },
    {
      what: 'no model',
      status: 404,
      body: '{"error":{"message":"No models loaded. Please load a model in the developer page or use the `lms load` command.","type":"invalid_request_error","param":"model","code":"model_not_found"}}',
      retryable: false,
    },
  ],
}

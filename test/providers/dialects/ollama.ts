/** Ollama. Sources: Ollama's OpenAI compatibility and errors docs; streams recorded in public clients' docs and tests. */
import { type Dialect, DONE, goJson } from '../dialect.ts'

const chunk = (choices: string, more = '') =>
  `data: {"id":"chatcmpl-774","object":"chat.completion.chunk","created":1768062791,"model":"qwen3:8b","system_fingerprint":"fp_ollama","choices":[${choices}]${more}}\n\n`
const choice = (content: string, more = '', finish = 'null') =>
  chunk(`{"index":0,"delta":{"role":"assistant","content":${content}${more}},"finish_reason":${finish}}`)
const close = (finish: string) => [
  choice('""', '', finish),
  chunk('', ',"usage":{"prompt_tokens":16,"completion_tokens":24,"total_tokens":40}'),
  DONE,
]

export const ollama: Dialect = {
  name: 'Ollama',
  api: 'chat',
  continues: ['instruct'],
  headers: 'Content-Type: text/event-stream\r\nDate: Fri, 27 Nov 2026 12:00:00 GMT\r\n',
  thinks: true,
  speak: (pieces, thoughts) => [
    ...thoughts.map((thought) => choice('""', `,"reasoning":${goJson(thought)}`)),
    ...pieces.map((piece) => choice(goJson(piece))),
    ...close('"stop"'),
  ],
  finish: 'stop',
  usage: { prompt_tokens: 16, completion_tokens: 24, total_tokens: 40 },
  ends: [
    { what: 'the length limit', events: close('"length"'), finish: 'length' },
    {
      what: 'an error of its runner',
      events: [
        'data: {"error":{"message":"an error was encountered while running the model","type":"api_error","param":null,"code":null}}\n\n',
      ],
      retryable: true,
    },
    {
      what: 'an error that is no event',
      events: ['{"error":"an error was encountered while running the model"}\n'],
      retryable: true,
    },
  ],
  refusals: [
    {
      what: 'a model that was not pulled',
      status: 404,
      body: '{"error":{"message":"model \\"m\\" not found, try pulling it first","type":"not_found_error","param":null,"code":null}}\n',
      retryable: false,
    },
    {
      what: 'a prompt too long',
      status: 400,
      body: '{"error":{"message":"the prompt is longer than the context length currently available to the model; shorten the prompt, adjust the context length in settings, or use a model with a longer context length","type":"invalid_request_error","param":null,"code":null}}\n',
      retryable: false,
      contextTooLong: true,
    },
    {
      what: 'a full queue',
      status: 503,
      body: '{"error":{"message":"server busy, please try again.  maximum pending requests exceeded","type":"api_error","param":null,"code":null}}\n',
      retryable: true,
    },
  ],
}

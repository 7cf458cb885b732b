/** Cloudflare Workers AI. Sources: its OpenAI compatibility docs and table of errors; streams and errors quoted in its docs' issues. */
import { type Dialect, DONE, json } from '../dialect.ts'

const chunk = (choice: string, more = '') =>
  `data: {"id":"id-1776072781845","created":1776072781,"model":"@cf/meta/llama-3.3-70b-instruct-fp8-fast","object":"chat.completion.chunk","choices":[${choice}]${more}}\n\n`
const close = (finish: string) => [
  chunk(`{"index":0,"delta":{},"finish_reason":${finish}}`),
  chunk('', ',"usage":{"prompt_tokens":37,"completion_tokens":51,"total_tokens":88}'),
  DONE,
]
const error = (code: number, message: string) =>
  `{"errors":[{"message":${json(message)},"code":${code}}],"success":false,"result":{},"messages":[]}`

export const cloudflare: Dialect = {
  name: 'Cloudflare Workers AI',
  api: 'chat',
  continues: ['instruct'],
  headers: 'Content-Type: text/event-stream\r\nCF-Ray: a3d23c98abdecd36-SJC\r\n',
  speak: (pieces) => [
    ...pieces.map((piece) => chunk(`{"index":0,"delta":{"content":${json(piece)}}}`)),
    ...close('"stop"'),
  ],
  finish: 'stop',
  usage: { prompt_tokens: 37, completion_tokens: 51, total_tokens: 88 },
  ends: [{ what: 'the length limit', events: close('"length"'), finish: 'length' }],
  refusals: [
    {
      what: 'no free allocation left',
      status: 429,
      body: error(
        3036,
        "AiError: you have used up your daily free allocation of 10,000 neurons, please upgrade to Cloudflare's Workers Paid plan if you would like to continue usage.",
      ),
      retryable: true,
    },
    {
      what: 'no capacity',
      status: 429,
      body: error(3040, 'AiError: No more data centers to forward the request to'),
      retryable: true,
    },
    {
      what: 'a prompt too long',
      status: 400,
      body: error(
        5021,
        "AiError: This model's maximum context length is 131072 tokens. However, you requested 16000 output tokens and your prompt contains at least 115073 input tokens, for a total of at least 131073 tokens. Please reduce the length of the input prompt or reduce max_tokens.",
      ),
      retryable: false,
      contextTooLong: true,
    },
    {
      what: 'a request too large',
      status: 413,
      body: error(3006, 'AiError: Request is too large'),
      retryable: false,
      contextTooLong: true,
    },
    { what: 'a timeout', status: 408, body: error(3007, 'AiError: Request timeout'), retryable: true },
    {
      what: 'an unknown model',
      status: 400,
      body: error(5007, 'No such model @cf/meta/m or task'),
      retryable: false,
    },
  ],
}

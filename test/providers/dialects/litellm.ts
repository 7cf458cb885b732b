/** LiteLLM's proxy. Source: itself, as `npm run providers` starts it; its exception mapping docs and reports of its context errors. */
import { type Dialect, DONE, json } from '../dialect.ts'

const chunk = (choice: string, more = '') =>
  `data: {"id":"chatcmpl-1b1624d2","object":"chat.completion.chunk","created":1795817110,"model":"m","choices":[{"index":0,${choice}}]${more}}\n\n`
/** After the end, and with its members in another order. */
const usage =
  'data: {"id":"chatcmpl-1b1624d2","created":1795817110,"model":"m","object":"chat.completion.chunk","choices":[{"index":0,"delta":{}}],"usage":{"completion_tokens":24,"prompt_tokens":9,"total_tokens":33,"completion_tokens_details":{"reasoning_tokens":0,"text_tokens":24},"cost":0.00005025}}\n\n'
const close = (finish: string) => [chunk(`"delta":{},"finish_reason":${finish}`), usage, DONE]
const error = (message: string, type: string, code: number) =>
  `{"error":{"message":${json(message)},"type":${type},"param":null,"code":"${code}"}}`

export const litellm: Dialect = {
  name: 'LiteLLM',
  api: 'chat',
  continues: ['instruct'],
  headers: 'content-type: text/event-stream; charset=utf-8\r\nx-litellm-version: 1.108.7\r\n',
  thinks: true,
  speak: (pieces, thoughts) => [
    ...thoughts.map((thought, i) =>
      chunk(
        `"delta":{"reasoning_content":${json(thought)},"provider_specific_fields":{"reasoning_content":${json(thought)}}${i === 0 ? ',"role":"assistant"' : ''}}`,
      ),
    ),
    ...pieces.map((piece, i) => chunk(`"delta":{${i === 0 ? '"role":"assistant",' : ''}"content":${json(piece)}}`)),
    ...close('"stop"'),
  ],
  finish: 'stop',
  usage: { prompt_tokens: 9, completion_tokens: 24, total_tokens: 33, reasoning_tokens: 0 },
  ends: [
    { what: 'the length limit', events: close('"length"'), finish: 'length' },
    {
      what: 'a provider that fails',
      events: [
        `data: ${error('litellm.APIConnectionError: APIConnectionError: OpenAIException - peer closed connection', 'null', 500)}\n\n`,
      ],
      retryable: true,
    },
    {
      what: 'a provider that is limited',
      events: [
        `data: ${error('litellm.MidStreamFallbackError: litellm.RateLimitError: RateLimitError', '"throttling_error"', 429)}\n\n`,
      ],
      retryable: true,
    },
  ],
  refusals: [
    {
      what: 'a provider that is limited',
      status: 429,
      headers: 'retry-after: 7\r\n',
      body: error('litellm.RateLimitError: AzureException RateLimitError', '"throttling_error"', 429),
      retryable: true,
      retryAfterMs: 7000,
    },
    {
      what: 'a prompt too long',
      status: 400,
      body: error(
        'litellm.ContextWindowExceededError: litellm.BadRequestError: this is a mock context window exceeded error',
        '"invalid_request_error"',
        400,
      ),
      retryable: false,
      contextTooLong: true,
    },
    {
      what: 'a model that it does not know',
      status: 400,
      body: error(
        '/chat/completions: Invalid model name passed in model=nope. Call `/v1/models` to view available models for your key.',
        '"invalid_request_error"',
        400,
      ),
      retryable: false,
    },
    {
      what: 'a budget that is spent',
      status: 400,
      body: error('Budget has been exceeded! Current cost: 10.1, Max budget: 10.0', '"budget_exceeded"', 400),
      retryable: false,
    },
  ],
}

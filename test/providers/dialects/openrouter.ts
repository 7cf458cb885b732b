/** OpenRouter. Sources: its streaming and errors guides; recorded streams in public clients' tests; bug reports on errors in the stream. */
import { type Dialect, DONE, json } from '../dialect.ts'

const chunk = (choices: string, more = '') =>
  `data: {"id":"gen-1768896871-9HgA","provider":"DeepInfra","model":"z-ai/glm-4.5","object":"chat.completion.chunk","created":1768896871,"choices":[${choices}]${more}}\n\n`
const choice = (content: string, reasoning = 'null', finish = 'null', more = '') =>
  chunk(
    `{"index":0,"delta":{"role":"assistant","content":${content},"reasoning":${reasoning},"reasoning_details":[]},"finish_reason":${finish},"native_finish_reason":${finish},"logprobs":null}`,
    more,
  )
const WAIT = ': OPENROUTER PROCESSING\n\n'
/** After the end, in a choice that says nothing more. */
const usage = chunk(
  '{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null,"native_finish_reason":null,"logprobs":null}',
  ',"usage":{"prompt_tokens":12,"completion_tokens":1280,"total_tokens":1292,"cost":0.0004,"is_byok":false,"prompt_tokens_details":null}',
)

export const openrouter: Dialect = {
  name: 'OpenRouter',
  api: 'chat',
  continues: ['instruct', 'prefix'],
  headers: 'Content-Type: text/event-stream\r\nX-Generation-Id: gen-1768896871-9HgA\r\n',
  thinks: true,
  speak: (pieces, thoughts) => [
    WAIT,
    WAIT,
    ...thoughts.map((thought) => choice('""', json(thought))),
    ...pieces.flatMap((piece, i) => (i === 3 ? [WAIT, choice(json(piece))] : [choice(json(piece))])),
    choice('""', 'null', '"stop"'),
    usage,
    DONE,
  ],
  finish: 'stop',
  usage: { prompt_tokens: 12, completion_tokens: 1280, total_tokens: 1292 },
  ends: [
    { what: 'the length limit', events: [choice('""', 'null', '"length"'), usage, DONE], finish: 'length' },
    {
      what: 'a provider that broke off',
      events: [
        'data: {"id":"cmpl-abc123","object":"chat.completion.chunk","created":1768896871,"model":"openai/gpt-4o","provider":"openai","error":{"code":"server_error","message":"Provider disconnected unexpectedly"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}\n\n',
      ],
      retryable: true,
    },
    {
      what: 'a provider that fails, told in the choice',
      events: [
        chunk(
          '{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":"error","native_finish_reason":"error","error":{"code":502,"message":"Upstream error"}}',
        ),
        DONE,
      ],
      retryable: true,
    },
    {
      what: 'a provider at its limit',
      events: [
        WAIT,
        'data: {"id":"gen-x","choices":[],"error":{"code":429,"message":"Provider returned error","metadata":{"error_type":"rate_limit_exceeded"}}}\n\n',
      ],
      retryable: true,
    },
    {
      what: 'no credits left',
      events: ['data: {"error":{"code":402,"message":"Insufficient credits"}}\n\n'],
      retryable: false,
    },
  ],
  refusals: [
    {
      what: 'no credits left',
      status: 402,
      body: '{"error":{"message":"Insufficient credits. Add more using https://openrouter.ai/settings/credits","code":402}}',
      retryable: false,
    },
    {
      what: 'a prompt too long',
      status: 400,
      body: '{"error":{"message":"This endpoint\'s maximum context length is 32768 tokens. However, you requested about 42832 tokens (42832 of text input). Please reduce the length of either one, or use the \\"middle-out\\" transform to compress your prompt automatically.","code":400,"metadata":{"provider_name":null}}}',
      retryable: false,
      contextTooLong: true,
    },
    {
      what: 'an input that moderation flags',
      status: 403,
      body: '{"error":{"message":"Input was flagged","code":403,"metadata":{"reasons":["violence"],"flagged_input":"…","provider_name":"OpenAI","model_slug":"gpt-4o"}}}',
      retryable: false,
    },
    {
      what: 'no provider that is up',
      status: 503,
      headers: 'Retry-After: 10\r\n',
      body: '{"error":{"message":"There is no available model provider that meets your routing requirements","code":503}}',
      retryable: true,
      retryAfterMs: 10_000,
    },
  ],
}

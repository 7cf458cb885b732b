/**
 * Vertex AI, models of partners. Sources: Google's guide to Chat Completions there; streams and errors quoted in issues of public
 * projects (opencode's of `data: : keepalive`).
 */
import { type Dialect, DONE, goJson } from '../dialect.ts'

const chunk = (delta: string, finish: string | null = null, more = '') =>
  `data: {"choices":[{"delta":${delta}${finish === null ? '' : `,"finish_reason":${finish}`},"index":0,"logprobs":null}],"created":1790850461,"id":"nQiNafGyF5rw998PstqooAY","model":"xai/grok-4.6","object":"chat.completion.chunk","system_fingerprint":""${more}}\n\n`
const close = (finish: string) => [
  chunk(
    '{"role":"assistant"}',
    finish,
    ',"usage":{"completion_tokens":13,"completion_tokens_details":{"reasoning_tokens":526},"extra_properties":{"google":{"traffic_type":"ON_DEMAND"}},"prompt_tokens":8,"total_tokens":547}',
  ),
  DONE,
]
/** Every 15 seconds while the model thinks: a comment, but as the data of an event. */
const KEEP_ALIVE = 'data: : keepalive\n\n'
const error = (code: number, message: string, status: string) =>
  `[{\n  "error": {\n    "code": ${code},\n    "message": ${goJson(message)},\n    "status": "${status}"\n  }\n}\n]`

export const vertex: Dialect = {
  name: 'Vertex AI',
  api: 'chat',
  continues: ['instruct'],
  headers: 'Content-Type: text/event-stream\r\nX-Frame-Options: SAMEORIGIN\r\n',
  speak: (pieces) => [
    KEEP_ALIVE,
    KEEP_ALIVE,
    ...pieces.flatMap((piece, i) => [
      chunk(`{"content":${goJson(piece)},"role":"assistant"}`),
      ...(i % 5 === 0 ? [KEEP_ALIVE] : []),
    ]),
    ...close('"stop"'),
  ],
  finish: 'stop',
  usage: { prompt_tokens: 8, completion_tokens: 13, reasoning_tokens: 526, total_tokens: 547 },
  ends: [
    { what: 'the length limit', events: close('"length"'), finish: 'length' },
    { what: 'the length limit, after a silence', events: [KEEP_ALIVE, ...close('"length"')], finish: 'length' },
  ],
  refusals: [
    {
      what: 'too many requests',
      status: 429,
      body: error(
        429,
        'Resource exhausted. Please try again later. Please refer to https://cloud.google.com/vertex-ai/generative-ai/docs/error-code-429 for more details.',
        'RESOURCE_EXHAUSTED',
      ),
      retryable: true,
    },
    {
      what: 'a token that has ended',
      status: 401,
      body: error(
        401,
        'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
        'UNAUTHENTICATED',
      ),
      retryable: false,
    },
  ],
}

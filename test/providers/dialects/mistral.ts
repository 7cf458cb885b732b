/** Mistral. Sources: Mistral's API reference and reasoning guide; recorded streams and error bodies in public clients' tests. */
import { type Dialect, DONE, json } from '../dialect.ts'

/** Ends with padding of any length, against who counts bytes. */
const chunk = (delta: string, finish = 'null', more = '', padding = 'abcdefghij') =>
  `data: {"id":"426a1c8c62704d959621a94c1ff0cffb","object":"chat.completion.chunk","created":1759752086,"model":"magistral-medium-latest","choices":[{"index":0,"delta":${delta},"finish_reason":${finish}}]${more},"p":"${padding}"}\n\n`
const thinking = (thoughts: string) => chunk(`{"content":[{"type":"thinking","thinking":[${thoughts}]}]}`)
const USAGE = ',"usage":{"prompt_tokens":20,"total_tokens":120,"completion_tokens":100}'

export const mistral: Dialect = {
  name: 'Mistral',
  api: 'chat',
  continues: ['instruct', 'prefix'],
  headers: 'Content-Type: text/event-stream; charset=utf-8\r\n',
  thinks: true,
  speak: (pieces, thoughts) => [
    chunk('{"role":"assistant","content":""}'),
    ...thoughts.map((thought) => thinking(`{"type":"text","text":${json(thought)}}`)),
    ...(thoughts.length > 0 ? [thinking('')] : []),
    ...pieces.map((piece, i) =>
      chunk(
        `{"content":${i % 4 === 0 ? `[{"type":"text","text":${json(piece)}}]` : json(piece)}}`,
        'null',
        '',
        'x'.repeat(i),
      ),
    ),
    chunk('{"content":""}', '"stop"', USAGE),
    DONE,
  ],
  finish: 'stop',
  usage: { prompt_tokens: 20, completion_tokens: 100, total_tokens: 120 },
  ends: [
    { what: 'the length limit', events: [chunk('{"content":""}', '"length"', USAGE), DONE], finish: 'length' },
    { what: 'an error', events: [chunk('{"content":""}', '"error"'), DONE], retryable: true },
  ],
  refusals: [
    {
      what: 'a wrong key',
      status: 401,
      body: '{"detail":"Unauthorized"}',
      retryable: false,
    },
    {
      what: 'roles out of order',
      status: 400,
      body: '{"object":"error","message":"Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant","type":"invalid_request_message_order","param":null,"code":"3230","raw_status_code":400}',
      retryable: false,
    },
    {
      what: 'a prompt too long',
      status: 400,
      body: '{"object":"error","message":"Prompt contains 40961 tokens and 0 draft tokens, too large for model with 32768 maximum context length","type":"invalid_request_prompt","param":null,"code":"3051","raw_status_code":400}',
      retryable: false,
      contextTooLong: true,
    },
    {
      what: 'a member that it does not know',
      status: 422,
      body: '{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","stream_options"],"msg":"Extra inputs are not permitted","input":{"include_usage":true}}]},"type":"invalid_request_error","param":null,"code":null,"raw_status_code":422}',
      retryable: false,
    },
    {
      what: 'no capacity',
      status: 429,
      body: '{"object":"error","message":"Service tier capacity exceeded for this model.","type":"service_tier_capacity_exceeded","param":null,"code":"3505","raw_status_code":429}',
      retryable: true,
    },
  ],
}

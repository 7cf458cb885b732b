/** What a model's side may reply: both wires of ours, at every layer right, wrong, cut or endless. */
import fc from 'fast-check'
import type { ProviderAttack } from './attack.ts'
import { times } from './text.ts'
import { brokenJson, bytes, characters, json, objectOf } from './values.ts'

const text = fc.oneof(
  fc.constantFrom('"Hel"', '"lo"', '"<think>"', '"</think>"', '"\\ud83d"', '"\\udc4d"'),
  characters.map((one) => `"${one}"`),
  json,
)
const reason = fc.oneof(fc.constantFrom('null', '"stop"', '"length"', '"error"', '"abort"', '"content_filter"'), json)
const usage = objectOf({
  prompt_tokens: json,
  completion_tokens: json,
  total_tokens: json,
  input_tokens: json,
  output_tokens: json,
  prompt_tokens_details: json,
})
const error = objectOf({
  message: json,
  code: fc.constantFrom('"context_length_exceeded"', '"insufficient_quota"', '429', 'null'),
  type: json,
  param: json,
})

const delta = objectOf({
  content: text,
  reasoning_content: text,
  reasoning: text,
  refusal: text,
  role: '"assistant"',
  tool_calls: json,
})
const choice = objectOf({ index: '0', delta, finish_reason: reason })
const chunk = objectOf({
  id: '"c"',
  object: '"chat.completion.chunk"',
  model: fc.oneof(fc.constant('"m"'), json),
  choices: fc.array(choice, { maxLength: 2 }).map((choices) => `[${choices.join()}]`),
  usage: fc.oneof(fc.constant('null'), usage),
  ...{ error: fc.oneof({ weight: 9, arbitrary: fc.constant('null') }, { weight: 1, arbitrary: error }) },
})
const plainChunk = text.map(
  (content) => `{"choices":[{"index":0,"delta":{"content":${content}},"finish_reason":null}]}`,
)

const response = objectOf({
  object: '"response"',
  id: '"resp_1"',
  model: '"m"',
  status: fc.constantFrom('"in_progress"', '"completed"', '"incomplete"', '"failed"', '"cancelled"', '"queued"'),
  output: json,
  usage,
  error: fc.oneof(fc.constant('null'), error),
  incomplete_details: fc.oneof(fc.constant('null'), json),
})
const TYPES = [
  'response.created',
  'response.in_progress',
  'response.output_item.added',
  'response.content_part.added',
  'response.output_text.delta',
  'response.output_text.delta',
  'response.output_text.done',
  'response.refusal.delta',
  'response.reasoning_summary_text.delta',
  'response.output_item.done',
  'response.completed',
  'response.incomplete',
  'response.failed',
  'response.unknown',
  'error',
  '__proto__',
]
const responseEvent = fc.constantFrom(...TYPES).chain((type) =>
  objectOf({
    type: `"${type}"`,
    sequence_number: fc.oneof(fc.nat(9).map(String), json),
    output_index: '0',
    content_index: '0',
    delta: text,
    text,
    part: json,
    item: objectOf({ type: '"message"', id: '"i"', content: json }),
    ...(type.startsWith('response.') && !type.includes('delta') ? { response } : {}),
  }),
)

const lineEnd = fc.oneof(
  { weight: 8, arbitrary: fc.constant('\n\n') },
  { weight: 1, arbitrary: fc.constantFrom('\r\n\r\n', '\r\r', '\n', '', '\n\r\n\n') },
)
const event = fc
  .tuple(
    fc.oneof(
      { weight: 3, arbitrary: plainChunk },
      { weight: 4, arbitrary: chunk },
      { weight: 5, arbitrary: responseEvent },
      { weight: 1, arbitrary: fc.oneof(json, brokenJson) },
      { weight: 1, arbitrary: fc.constantFrom('[DONE]', '[DONE', '', ' ') },
    ),
    fc.oneof(
      { weight: 10, arbitrary: fc.constant('data: ') },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          'data:',
          'event: x\ndata: ',
          'id: \x00\ndata: ',
          'retry: -1\ndata: ',
          '\ufeffdata: ',
          'data',
          ': ',
          'data: \ndata: ',
        ),
      },
    ),
    lineEnd,
  )
  .map(([data, prefix, end]) => `${prefix}${data}${end}`)
const END = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'

const body: fc.Arbitrary<readonly string[]> = fc.oneof(
  { weight: 8, arbitrary: fc.array(event, { minLength: 1, maxLength: 8 }) },
  { weight: 6, arbitrary: fc.array(event, { maxLength: 5 }).map((events) => [...events, END]) },
  { weight: 1, arbitrary: fc.oneof(json, brokenJson).map((one) => [one]) },
  { weight: 1, arbitrary: bytes.map((one) => [one]) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      [times(200_000, 'x')],
      [`data: ${times(1_500_000, 'x')}`],
      [times(20_000, ': \n')],
      [`data: ${times(60_000, '[')}\n\n`],
    ),
  },
)

const STATUSES = [
  '400 Bad Request',
  '401 No',
  '429 Slow down',
  '500 Broken',
  '503 Busy',
  '204 No Content',
  '304 Not Modified',
  '101 Switching Protocols',
  '302 Found',
  '999 x',
  '000 x',
  '2000 OK',
]
const status = fc.oneof(
  { weight: 12, arbitrary: fc.constant('200 OK') },
  { weight: 2, arbitrary: fc.constantFrom(...STATUSES) },
)
const HEADERS = [
  'retry-after: 99999999999',
  'retry-after: -1',
  'retry-after: x',
  'content-encoding: gzip',
  'content-encoding: br',
  'location: http://127.0.0.1:1/',
  'content-type: text/html',
  'content-length: 5',
  `x: ${times(90_000, 'h')}`,
  'transfer-encoding: gzip',
  'set-cookie: a\x00b',
  'connection: upgrade\r\nupgrade: h2c',
]
const headers = fc.oneof(
  { weight: 6, arbitrary: fc.constant<string[]>([]) },
  { weight: 1, arbitrary: fc.array(fc.constantFrom(...HEADERS), { minLength: 1, maxLength: 2 }) },
)
const type = fc.oneof(
  { weight: 10, arbitrary: fc.constant('text/event-stream') },
  {
    weight: 2,
    arbitrary: fc.constantFrom('application/json', '', 'text/event-stream; charset=utf-16', 'application/octet-stream'),
  },
)

const reply: fc.Arbitrary<readonly string[]> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .tuple(status, headers, type, body)
      .map(([line, more, media, parts]) => [
        `HTTP/1.1 ${line}\r\n${[`content-type: ${media}`, ...more, 'connection: close'].join('\r\n')}\r\n\r\n`,
        ...parts,
      ]),
  },
  { weight: 1, arbitrary: fc.array(bytes, { minLength: 1, maxLength: 3 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      [''],
      ['HTTP/1.1 200 OK\r\n'],
      ['HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 100 Continue\r\n\r\n'],
      ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n', 'zz\r\n'],
      ['HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n'],
    ),
  },
)

export const providerAttack: fc.Arbitrary<ProviderAttack> = fc.record({
  door: fc.constant('provider'),
  at: fc.constantFrom('r1', 'r2', 'jwt', 'jwt'),
  by: fc.constantFrom('socket', 'http', 'sse'),
  parts: reply,
  end: fc.constantFrom('close', 'close', 'close', 'reset', 'keep'),
})

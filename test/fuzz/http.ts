/** Plain HTTP, from the request line's first byte on. */
import fc from 'fast-check'
import type { HttpAttack } from './attack.ts'
import { times } from './text.ts'
import { brokenJson, bytes, characters, digits, idText, json, objectOf } from './values.ts'

const percent = fc.constantFrom(
  '%',
  '%00',
  '%0d%0a',
  '%zz',
  '%c0%af',
  '%ed%a0%80',
  '%2e%2e%2f',
  '%7b',
  '+',
  '%25',
  '%F0%9F',
)
const word = fc.oneof(
  { weight: 4, arbitrary: idText },
  { weight: 1, arbitrary: percent },
  { weight: 1, arbitrary: digits },
)
const uuidIn = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('«session»', '«session»', '«victim»', '«uuid»') },
  { weight: 1, arbitrary: word },
)
const answerIn = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('«answer»', '«message»', '«uuid»') },
  { weight: 1, arbitrary: word },
)

const QUERY = ['user_id', 'limit', 'before', 'max_messages', '__proto__', 'EIO', 'transport', 'sid']
const query = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  {
    weight: 2,
    arbitrary: fc
      .array(
        fc.tuple(fc.constantFrom(...QUERY), fc.oneof(digits, percent, word, fc.constant('2026-01-01T00:00:00Z'))),
        { minLength: 1, maxLength: 4 },
      )
      .map((pairs) => `?${pairs.map(([name, value]) => `${name}=${value.replaceAll(/[\s"\\]/gu, '')}`).join('&')}`),
  },
)

const message = objectOf({
  message: fc.oneof(
    fc.constant('"hi"'),
    characters.map((text) => `"${text}"`),
  ),
  id: fc.constantFrom('"«uuid»"', '"«message»"', '"«answer»"'),
  metadata: objectOf({ a: json }),
})
const question = objectOf({
  question: fc.oneof(
    fc.constant('"hi"'),
    characters.map((text) => `"${text}"`),
  ),
})
const none = fc.constant('')

interface Route {
  readonly method: string
  readonly path: fc.Arbitrary<string>
  readonly body: fc.Arbitrary<string>
  readonly headers?: readonly string[]
}

const underSession = (tail: string) => uuidIn.map((id) => `/api/chat/sessions/${id}${tail}`)
const ofAnswer = (tail: string) =>
  fc.tuple(uuidIn, answerIn).map(([id, answer]) => `/api/chat/sessions/${id}/messages/${answer}/${tail}`)
const EVENTS = 'Accept: text/event-stream'

const ROUTES: readonly Route[] = [
  { method: 'POST', path: fc.constant('/api/chat/sessions'), body: none },
  { method: 'GET', path: fc.constant('/api/chat/sessions'), body: none },
  { method: 'GET', path: underSession(''), body: none },
  { method: 'GET', path: underSession('/history'), body: none },
  { method: 'POST', path: underSession('/messages'), body: message },
  { method: 'POST', path: underSession('/messages'), body: message, headers: [EVENTS] },
  { method: 'GET', path: underSession('/stream'), body: none, headers: [EVENTS] },
  { method: 'POST', path: ofAnswer('stop'), body: none },
  { method: 'POST', path: ofAnswer('regenerate'), body: none },
  { method: 'POST', path: underSession('/extend'), body: none },
  { method: 'DELETE', path: underSession(''), body: none },
  { method: 'POST', path: fc.constant('/api/session/create'), body: none },
  { method: 'GET', path: uuidIn.map((id) => `/api/session/${id}/history`), body: none },
  { method: 'GET', path: uuidIn.map((id) => `/api/session/${id}/validate`), body: none },
  { method: 'DELETE', path: uuidIn.map((id) => `/api/session/${id}`), body: none },
  { method: 'POST', path: fc.constant('/api/send-message'), body: question, headers: ['session-id: «session»'] },
  {
    method: 'GET',
    path: fc.constantFrom('/healthz', '/readyz', '/metrics', '/openapi.json', '/', '/widget.js'),
    body: none,
  },
  {
    method: 'GET',
    path: fc.constantFrom(
      '*',
      '//',
      '/%',
      '/..;/',
      'http://x:99999/healthz',
      '/socket.io/',
      '/socket.io/?EIO=4&transport=polling',
      '/api/demo/stack',
      '?',
      `/${times(9000, 'a')}`,
      `/api/chat/sessions/${times(20_000, 'a')}`,
    ),
    body: none,
  },
]

const METHODS = ['HEAD', 'OPTIONS', 'PUT', 'PATCH', 'TRACE', 'CONNECT', 'QUERY', 'get', 'M-SEARCH', 'PRI']
const HEADERS = [
  'Host: y',
  'Connection: close',
  'Connection: Upgrade',
  'Upgrade: h2c',
  'Upgrade: websocket',
  'HTTP2-Settings: AAMAAABkAAQAAP__',
  'Expect: 100-continue',
  'Expect: x',
  'Content-Length: 0',
  'Content-Length: -1',
  'Content-Length: 99999999999999999999',
  'Content-Length: 3',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: identity',
  'Transfer-Encoding:\tchunked',
  'Content-Type: text/plain',
  'Content-Type: application/json; charset=utf-16',
  'Content-Type: ;',
  'Content-Encoding: gzip',
  'Origin: null',
  'Origin: http://evil.example',
  'Access-Control-Request-Method: DELETE',
  'Authorization: Bearer x',
  'Authorization: Bearer a.b.c',
  'Authorization: Bearer eyJhbGciOiJub25lIn0.e30.',
  'Authorization: Basic \x00',
  'Last-Event-ID: «answer»:1:0',
  'Last-Event-ID: «answer»:1:99999999999999999999',
  'Last-Event-ID: «answer»:-1:-1',
  'Last-Event-ID: ::',
  'X-Forwarded-For: x',
  'X-Forwarded-For: 1.2.3.4, ::ffff:1.2.3.4, fe80::1%eth0',
  'X-Forwarded-Proto: javascript',
  'session-id: x',
  'If-None-Match: *',
  'Range: bytes=0-18446744073709551616',
  `Cookie: ${times(70_000, 'c')}`,
  ' folded: x',
  'no colon',
  'X-Nul: \x00',
  '__proto__: x',
]

/** How a body is announced. `«length»` is its length in bytes. */
const framing = fc.oneof(
  { weight: 8, arbitrary: fc.constant('Content-Length: «length»') },
  { weight: 2, arbitrary: fc.constant('Transfer-Encoding: chunked') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'Content-Length: 1',
      'Content-Length: 9',
      'Transfer-Encoding: chunked\r\nContent-Length: «length»',
      'Content-Length: «length»\r\nContent-Length: 2',
      '',
    ),
  },
)

const CHUNKED = /^Transfer-Encoding: chunked/u

const request = fc
  .tuple(
    fc
      .constantFrom(...ROUTES)
      .chain(({ method, path, body, headers = [] }) =>
        fc.tuple(path, body).map(([target, payload]) => ({ method, target, payload, headers })),
      ),
    query,
    fc.oneof({ weight: 12, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.constantFrom(...METHODS) }),
    fc.oneof(
      { weight: 4, arbitrary: fc.constant<string[]>([]) },
      { weight: 2, arbitrary: fc.array(fc.constantFrom(...HEADERS), { minLength: 1, maxLength: 3 }) },
    ),
    framing,
    fc.oneof({ weight: 8, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.oneof(json, brokenJson) }),
  )
  .map(([route, search, method, extra, announced, odd]) => {
    const body = odd ?? route.payload
    const head = [
      `${method ?? route.method} ${route.target.replaceAll(/\s/gu, '')}${search} HTTP/1.1`,
      'Host: x',
      'Authorization: Bearer «token»',
      ...route.headers,
      ...extra,
      ...(body === '' ? [] : ['Content-Type: application/json', ...(announced === '' ? [] : [announced])]),
    ]
    const sent = body !== '' && CHUNKED.test(announced) ? `«size»\r\n${body}\r\n0\r\n\r\n` : body
    return `${head.join('\r\n')}\r\n\r\n${sent}`
  })

export const httpAttack: fc.Arbitrary<HttpAttack> = fc.record({
  door: fc.constant('http'),
  at: fc.constantFrom('r1', 'r1', 'r2', 'jwt'),
  requests: fc.oneof(
    { weight: 10, arbitrary: fc.array(request, { minLength: 1, maxLength: 10, size: 'max' }) },
    { weight: 1, arbitrary: fc.tuple(request, bytes).map(([one, noise]) => [one, noise]) },
    { weight: 1, arbitrary: request.chain((one) => fc.nat(60).map((at) => [one.slice(0, at)])) },
  ),
  pieces: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.integer({ min: 2, max: 6 }) }),
  end: fc.constantFrom('wait', 'wait', 'wait', 'leave', 'reset', 'half'),
})

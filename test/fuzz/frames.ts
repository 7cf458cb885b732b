/** Engine.IO and Socket.IO, from the upgrade's first byte on. */
import fc from 'fast-check'
import type { FramesAttack, Write } from './attack.ts'
import { times } from './text.ts'
import { brokenJson, bytes, characters, digits, idText, json, objectOf } from './values.ts'

const id = idText.map((text) => `"${text}"`)
const number = fc.oneof(fc.nat(50).map(String), json)

/** What each event takes; wrong in places. */
const EVENTS = {
  'session:open': objectOf({ sessionId: id, userId: '"u"', resume: '"latest"', after: number }),
  'message:send': objectOf({
    sessionId: id,
    id: fc.oneof(fc.constant('"«uuid»"'), id),
    content: fc.oneof(
      fc.constant('"hi"'),
      characters.map((text) => `"${text}"`),
    ),
    metadata: objectOf({ a: json }),
  }),
  'message:stop': objectOf({ sessionId: id, messageId: id }),
  'message:regenerate': objectOf({ sessionId: id, messageId: id }),
  'session:history': objectOf({ sessionId: id, before: number, limit: number }),
  'session:extend': objectOf({ sessionId: id }),
  'session:clear': objectOf({ sessionId: id }),
  'auth:renew': objectOf({ token: id }),
}

const RESERVED = [
  'connect',
  'connect_error',
  'disconnect',
  'disconnecting',
  'newListener',
  'removeListener',
  'error',
  'message',
  'delta',
  '__proto__',
  'constructor',
]

const ackId = fc.oneof(
  { weight: 12, arbitrary: fc.nat(99).map(String) },
  { weight: 1, arbitrary: fc.constantFrom('', times(15, '9'), '00') },
)
const known = fc
  .constantFrom(...(Object.keys(EVENTS) as (keyof typeof EVENTS)[]))
  .chain((name) => EVENTS[name].map((payload) => `["${name}",${payload}]`))

/** A frame that keeps the protocol, so that the connection lives on. */
const tame = fc
  .tuple(
    ackId,
    fc.oneof(
      { weight: 12, arbitrary: known },
      { weight: 1, arbitrary: json.map((value) => `["no such event",${value}]`) },
      { weight: 1, arbitrary: fc.tuple(known, json).map(([event, value]) => `${event.slice(0, -1)},${value}]`) },
      {
        weight: 1,
        arbitrary: fc
          .constantFrom('message', 'delta', '__proto__', 'constructor', 'session:sync')
          .map((name) => `["${name}",{}]`),
      },
    ),
  )
  .map(([ack, event]) => `42${ack}${event}`)

/** What may end the connection. */
const event = fc.oneof(
  known,
  fc.constantFrom(...RESERVED).chain((name) => json.map((value) => `["${name}",${value}]`)),
  fc.tuple(json, json).map(([name, value]) => `[${name},${value}]`),
  json,
  brokenJson,
)
const namespace = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('/,', '/admin,', '/?x=1,', '/../,', `/${times(2000, 'a')},`, '/', '/__proto__,'),
  },
)
const anyAckId = fc.oneof(ackId, digits)
const attachments = fc.oneof(fc.nat(12).map(String), digits, fc.constant(''))

const BARE = [
  ...[
    '',
    '0',
    '1',
    '2',
    '2probe',
    '3',
    '3probe',
    '4',
    '40',
    '41',
    '42',
    '42[]',
    '43',
    '44',
    '45',
    '46',
    '47',
    '5',
    '6',
    '7',
  ],
  ...['b4AAAA', '0{"sid":"mine"}', '41/admin,', '42["', '42[null]', '420', '451-', '4\u0000', '\u0000'],
]

const wild = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(namespace, anyAckId, event).map(([nsp, ack, args]) => `42${nsp}${ack}${args}`) },
  { weight: 1, arbitrary: fc.tuple(namespace, fc.oneof(json, brokenJson)).map(([nsp, auth]) => `40${nsp}${auth}`) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('45', '46'), attachments, namespace, anyAckId, event)
      .map(([type, count, nsp, ack, args]) => `${type}${count}-${nsp}${ack}${args}`),
  },
  { weight: 1, arbitrary: fc.tuple(namespace, anyAckId, json).map(([nsp, ack, args]) => `43${nsp}${ack}${args}`) },
  { weight: 1, arbitrary: json.map((value) => `44${value}`) },
  { weight: 2, arbitrary: fc.constantFrom(...BARE) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
)

/** WebSocket frames that break its rules, and some that keep them. */
const rawFrame = fc.oneof(
  bytes,
  fc.constantFrom(
    '\x81\x05\x01\x02\x03\x04\x05', // not masked
    '\xf1\x80\x00\x00\x00\x00', // reserved bits
    '\x83\x80\x00\x00\x00\x00', // reserved opcode
    '\x81\x81\x00\x00\x00\x00\xff', // no UTF-8
    '\x89\x80\x00\x00\x00\x00', // a ping
    '\x8a\x80\x00\x00\x00\x00', // a pong
    '\x89\xfe\x01\x00\x00\x00\x00\x00', // a ping of 256 bytes
    '\x80\x80\x00\x00\x00\x00', // goes on with nothing
    '\x01\x81\x00\x00\x00\x004', // a part of a message
    '\x88\x80\x00\x00\x00\x00', // a close
    '\x88\x82\x00\x00\x00\x00\x00\x00', // a close with code 0
    '\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00', // 2^63 bytes to come
    '\x82\xfe\xff\xff', // and stops in the middle of a head
  ),
)

const framesOf = (frames: readonly string[]): Write => ({ frames })

const tameWrite = fc.oneof(
  { weight: 4, arbitrary: tame.map((one) => framesOf([one])) },
  { weight: 1, arbitrary: fc.array(tame, { minLength: 2, maxLength: 8 }).map(framesOf) },
)
const wildWrite: fc.Arbitrary<Write> = fc.oneof(
  { weight: 6, arbitrary: wild.map((one) => framesOf([one])) },
  { weight: 3, arbitrary: fc.array(fc.oneof(tame, wild), { minLength: 2, maxLength: 6 }).map(framesOf) },
  { weight: 1, arbitrary: fc.constantFrom(['40', '40'], ['40', '41', '40'], ['40', '42["x"]', '40']).map(framesOf) },
  { weight: 1, arbitrary: bytes.map((binary) => ({ binary })) },
  { weight: 1, arbitrary: rawFrame.map((raw) => ({ bytes: raw })) },
)

const PATHS = [
  '/socket.io/?EIO=3&transport=websocket',
  '/socket.io/?EIO=4&transport=polling',
  '/socket.io/?EIO=4&transport=websocket&sid=x',
  '/socket.io/?EIO=4',
  '/socket.io/?EIO=4&transport=__proto__',
  '/socket.io/?EIO=4&transport=websocket&EIO=4&transport=websocket',
  '/socket.io/?%',
  '/socket.io',
  '/socket.io/../?EIO=4&transport=websocket',
  '//socket.io/?EIO=4&transport=websocket',
  'http://[/socket.io/?EIO=4&transport=websocket',
  '/healthz',
  '*',
]
const HEADERS = [
  'Upgrade: h2c',
  'Connection: close',
  'Sec-WebSocket-Key: x',
  'Sec-WebSocket-Version: 99',
  'Sec-WebSocket-Protocol: ,,',
  'Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99',
  'Origin: null',
  'Origin: \x00',
  'X-Forwarded-For: 1.2.3.4, ::1, x, , 999.1.1.1',
  `X-Forwarded-For: ${times(3000, '1.1.1.1,')}`,
  'Forwarded: for=[::1',
  'Content-Length: 5',
  'Transfer-Encoding: chunked',
  `Cookie: ${times(70_000, 'c')}`,
  'Expect: 100-continue',
]

const connect: Write = { frames: ['40«auth»'] }

export const framesAttack: fc.Arbitrary<FramesAttack> = fc.record({
  door: fc.constant('frames'),
  at: fc.constantFrom('r1', 'r1', 'r2', 'jwt'),
  path: fc.oneof(
    { weight: 12, arbitrary: fc.constant('/socket.io/?EIO=4&transport=websocket') },
    { weight: 1, arbitrary: fc.constantFrom(...PATHS) },
  ),
  headers: fc.oneof(
    { weight: 10, arbitrary: fc.constant<string[]>([]) },
    { weight: 1, arbitrary: fc.array(fc.constantFrom(...HEADERS), { maxLength: 3 }) },
  ),
  writes: fc
    .tuple(fc.nat(9), fc.array(tameWrite, { maxLength: 24, size: 'max' }), fc.array(wildWrite, { maxLength: 3 }))
    .map(([dice, tames, wilds]) => [...(dice === 0 ? [] : [connect]), ...tames, ...wilds]),
  end: fc.constantFrom('wait', 'wait', 'wait', 'leave', 'reset'),
  cutAt: fc.oneof({ weight: 15, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat(220) }),
})

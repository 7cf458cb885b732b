/** What another replica, or whoever reaches Redis, may publish. */
import fc from 'fast-check'
import type { BusAttack } from './attack.ts'
import { brokenJson, characters, json, objectOf } from './values.ts'

const session = fc.oneof(
  { weight: 6, arbitrary: fc.constant('"«session»"') },
  { weight: 1, arbitrary: fc.constant('"«uuid»"') },
  { weight: 1, arbitrary: json },
)
const id = fc.constantFrom('"«answer»"', '"«message»"', '"«uuid»"')
const text = characters.map((one) => `"${one}"`)
const count = fc.oneof(fc.nat(9).map(String), fc.nat(2 ** 31).map(String), json)
/** Never one that lives: what is said of it in its own form is obeyed. */
const replica = fc.oneof(fc.constantFrom('"r9.00000000"', '""', '"x"'), text)

export const message = objectOf({
  id,
  seq: count,
  role: fc.constantFrom('"user"', '"assistant"', '"system"'),
  content: fc.oneof(fc.constant('"hi"'), text),
  status: fc.constantFrom('"streaming"', '"complete"', '"stopped"', '"error"'),
  attempt: count,
  createdAt: fc.oneof(fc.constant('"2026-11-27T00:00:00.000Z"'), text),
  metadata: objectOf({ a: json, error: json, sources: json, finish_reason: json, replicas: json, usage: json }),
})

const note = fc.oneof(
  objectOf({ v: '1', kind: '"delta"', sessionId: session, messageId: id, attempt: count, offset: count, text }),
  objectOf({ v: '1', kind: '"message"', sessionId: session, message, version: count, anew: 'true' }),
  objectOf({ v: '1', kind: '"message"', sessionId: session, message }),
  objectOf({
    v: '1',
    kind: '"activity"',
    sessionId: session,
    event: objectOf({
      sessionId: session,
      messageId: id,
      kind: fc.constantFrom('"thinking"', '"searching"', '"x"'),
      text,
    }),
  }),
  objectOf({ v: '1', kind: '"watch"', sessionId: session, watcher: replica }),
  objectOf({ v: '1', kind: '"fenced"', sessionId: session, epoch: count }),
  objectOf({ v: '1', kind: '"handover"', sessionId: session, owner: replica }),
  objectOf({ v: '1', kind: '"died"', replica }),
  objectOf({ v: '1', kind: '"draining"', replica }),
  objectOf({ v: '1', kind: '"owning"', replica }),
  objectOf({ v: '1', kind: '"ask"', from: replica, id, order: json }),
  objectOf({ v: '1', kind: '"report"', id, report: json }),
  objectOf({ v: '99', kind: fc.constantFrom('"new"', '"__proto__"', '"constructor"', '"toString"'), x: json }),
  json,
)
const bus = fc.oneof(
  { weight: 8, arbitrary: fc.array(note, { maxLength: 4 }).map((notes) => `[${notes.join()}]`) },
  { weight: 1, arbitrary: fc.oneof(json, brokenJson) },
)

/** Only ever of the attacker's own rooms: a replica that sends everybody away is obeyed. */
const opts = '{"rooms":["session:«session»"],"except":[],"flags":{}}'
const packet = fc.oneof(
  fc.tuple(text, json).map(([name, value]) => `{"type":2,"data":[${name},${value}],"nsp":"/"}`),
  objectOf({ type: '2', data: '["session:ended",{}]', nsp: '"/"', id: json }),
)
const adapter = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.nat(16), packet, json)
      .map(
        ([type, sent, value]) =>
          `{"uid":"x","nsp":"/","type":${type},"data":{"opts":${opts},"packet":${sent},"rooms":["session:«session»"],"requestId":"q","clientCount":1,"sockets":[],"close":false,"responses":${value}}}`,
      ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.nat(16), json, json)
      .map(
        ([type, sent, count]) =>
          `{"uid":"x","nsp":"/","type":${type},"data":{"opts":${opts},"packet":${sent},"requestId":${count},"clientCount":${count}}}`,
      ),
  },
  {
    weight: 1,
    arbitrary: objectOf({
      uid: json,
      nsp: '"/"',
      type: fc.constantFrom('1', '2', '8', '10', '11', '12', '13', '"3"'),
      data: json,
    }),
  },
  { weight: 1, arbitrary: json },
)

export const busAttack: fc.Arbitrary<BusAttack> = fc
  .constantFrom('bus', 'bus', 'bus', 'adapter', 'answers', 'pulse')
  .chain((channel) =>
    fc.record({
      door: fc.constant('notes'),
      channel: fc.constant(channel),
      at: fc.constantFrom('r1', 'r2', 'jwt'),
      payloads: fc.array(channel === 'bus' || channel === 'pulse' ? bus : adapter, { minLength: 1, maxLength: 8 }),
    }),
  )

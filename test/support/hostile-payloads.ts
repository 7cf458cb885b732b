import { randomUUID } from 'node:crypto'
import type { ClientEvent } from '../../src/protocol/events.ts'

export interface HostilePayload {
  readonly name: string
  /** As it goes over the wire, which JSON.stringify could not always write. */
  readonly json: string
  /** May be taken: it is odd, but nothing is wrong with it. */
  readonly harmless?: true
}

const LONE = '"\\ud800"'
const HUGE = JSON.stringify('x'.repeat(100_000))
const DEEP = `${'['.repeat(30_000)}${']'.repeat(30_000)}`
const DEEP_OBJECT = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`

/** Instead of the one object that every event takes. */
const NO_OBJECTS: readonly [string, string][] = [
  ['null', 'null'],
  ['true', 'true'],
  ['a number', '7'],
  ['a string', '"x"'],
  ['an empty string', '""'],
  ['a huge string', HUGE],
  ['an array', '[]'],
  ['an array of an object', '[{}]'],
  ['deep arrays', DEEP],
  ['a lone surrogate', LONE],
  ['an enormous number', '1e400'],
]

/** Where an id belongs. */
const NO_IDS: readonly [string, string][] = [
  ['null', 'null'],
  ['true', 'true'],
  ['a number', '1'],
  ['an empty string', '""'],
  ['a word', '"x"'],
  ['a huge string', HUGE],
  ['an array', '[]'],
  ['an array of an id', `["${randomUUID()}"]`],
  ['an object', '{}'],
  ['an object with toString', '{"toString":"x"}'],
  ['deep objects', DEEP_OBJECT],
  ['a lone surrogate', LONE],
  ['braces', '"}{"'],
  ['a key of another kind', '"user:{x}:sessions"'],
  ['a path', '"../../etc/passwd"'],
  ['NUL', '"\\u0000"'],
  ['a line break and a command', '"\\r\\nFLUSHALL\\r\\n"'],
  ['an id with a tail', `"${randomUUID()}x"`],
  ['an id with a head', `" ${randomUUID()}"`],
  ['an id in braces', `"{${randomUUID()}}"`],
  ['an id without dashes', `"${randomUUID().replaceAll('-', '')}"`],
  ['a URN', `"urn:uuid:${randomUUID()}"`],
  ['fullwidth digits', '"１２３４５６７８-1234-4234-8234-123456789012"'],
  ['__proto__', '"__proto__"'],
]

const NO_NUMBERS: readonly [string, string][] = [
  ['null', 'null'],
  ['a numeral', '"1"'],
  ['a fraction', '1.5'],
  ['below nothing', '-1'],
  ['infinity', '1e400'],
  ['minus infinity', '-1e400'],
  ['beyond the safe integers', '9007199254740993'],
  ['an array', '[1]'],
  ['an object', '{"valueOf":1}'],
  ['true', 'true'],
]

const NO_STRINGS: readonly [string, string][] = [
  ['null', 'null'],
  ['a number', '7'],
  ['false', 'false'],
  ['an array', '["x"]'],
  ['an object', '{"length":5}'],
  ['blank', '" \\t\\n"'],
  ['nothing', '""'],
  ['only invisible spaces', '"\\u2003\\u3000\\ufeff"'],
  ['too much', JSON.stringify('x'.repeat(32_769))],
  ['too many bytes', JSON.stringify('漢'.repeat(10_923))],
  ['too many lone surrogates', `"${'\\ud800'.repeat(11_000)}"`],
  ['deep arrays', DEEP],
]

const NO_METADATA: readonly [string, string][] = [
  ['null', 'null'],
  ['an array', '[]'],
  ['a string', '"x"'],
  ['a number', '7'],
  ['too much', `{"a":${JSON.stringify('x'.repeat(9000))}}`],
  ['too much in a key', `{${JSON.stringify('k'.repeat(9000))}:1}`],
  ['too many lone surrogates', `{"a":"${'\\udfff'.repeat(3000)}"}`],
  ['deep arrays', `{"a":${DEEP}}`],
  ['deep objects', DEEP_OBJECT],
]

const NO_USER_IDS: readonly [string, string][] = [
  ['null', 'null'],
  ['a number', '7'],
  ['nothing', '""'],
  ['braces', '"a}{b"'],
  ['a line break', '"a\\nb"'],
  ['NUL', '"a\\u0000"'],
  ['a lone surrogate', LONE],
  ['an array', '["a"]'],
  ['an object', '{}'],
  ['too long', JSON.stringify('u'.repeat(257))],
  ['huge', HUGE],
]

const NO_RESUMES: readonly [string, string][] = [
  ['null', 'null'],
  ['true', 'true'],
  ['another word', '"oldest"'],
  ['capitals', '"Latest"'],
  ['an array', '["latest"]'],
  ['an object', '{}'],
  ['nothing', '""'],
]

/** What each field of an event must not be. */
const FIELDS: { readonly [E in ClientEvent]: Readonly<Record<string, readonly [string, string][]>> } = {
  'session:open': { sessionId: NO_IDS, userId: NO_USER_IDS, resume: NO_RESUMES, after: NO_NUMBERS },
  'message:send': { sessionId: NO_IDS, id: NO_IDS, content: NO_STRINGS, metadata: NO_METADATA },
  'message:stop': { sessionId: NO_IDS, messageId: NO_IDS },
  'message:regenerate': { sessionId: NO_IDS, messageId: NO_IDS },
  'session:history': {
    sessionId: NO_IDS,
    before: NO_NUMBERS,
    limit: [...NO_NUMBERS, ['nothing', '0'], ['too many', '1001']],
  },
  'session:extend': { sessionId: NO_IDS },
  'session:clear': { sessionId: NO_IDS },
  'auth:renew': { token: NO_STRINGS },
}

/** Whole payloads that are right but for what else is in them. */
function polluted(good: string): readonly [string, string][] {
  const rest = good === '{}' ? '}' : `,${good.slice(1)}`
  const extras: [string, string][] = [
    ['__proto__', '"__proto__":{"polluted":true,"isAdmin":true}'],
    ['a __proto__ that is null', '"__proto__":null'],
    ['constructor', '"constructor":{"prototype":{"polluted":true}}'],
    ['prototype', '"prototype":{"polluted":true}'],
    ['toString', '"toString":"x"'],
    ['toJSON', '"toJSON":"x"'],
    ['then', '"then":"x"'],
    ['hasOwnProperty', '"hasOwnProperty":1'],
    ['valueOf', '"valueOf":{}'],
    ['length', '"length":-1'],
    ['_placeholder', '"_placeholder":true,"num":0'],
    ['a huge key', `${JSON.stringify('k'.repeat(60_000))}:1`],
    ['ten thousand keys', Array.from({ length: 10_000 }, (_, i) => `"k${i}":0`).join()],
    ['deep objects', `"a":${DEEP_OBJECT}`],
    ['deep arrays', `"a":${DEEP}`],
  ]
  return extras.map(([name, extra]): [string, string] => [name, `{${extra}${rest}`])
}

/** At least sixty payloads of an event that are wrong, or odd. */
export function hostilePayloads(event: ClientEvent, sessionId: string): readonly HostilePayload[] {
  const good: Record<string, string> = {}
  const payloads: HostilePayload[] = NO_OBJECTS.map(([name, json]) => ({ name, json }))
  if (event !== 'session:open') {
    good.sessionId = `"${sessionId}"`
    payloads.push({ name: 'an empty object', json: '{}' })
  }
  if (event === 'message:send') Object.assign(good, { id: `"${randomUUID()}"`, content: '"hi"' })
  if (event === 'message:stop' || event === 'message:regenerate') good.messageId = `"${randomUUID()}"`
  for (const [field, wrongs] of Object.entries(FIELDS[event])) {
    for (const [name, json] of wrongs)
      payloads.push({ name: `${field}: ${name}`, json: objectOf({ ...good, [field]: json }) })
    if (field in good) {
      const { [field]: _, ...rest } = good
      payloads.push({ name: `${field}: missing`, json: objectOf(rest) })
    }
  }
  // A session that does not exist: the odd ones would end or fill the one that does.
  const elsewhere = event === 'session:open' ? {} : { ...good, sessionId: `"${randomUUID()}"` }
  for (const [name, json] of polluted(objectOf(elsewhere)))
    payloads.push({ name: `also ${name}`, json, harmless: true })
  for (let i = 0; payloads.length < 60; i++) payloads.push({ name: `random ${i}`, json: randomJson(i) })
  return payloads
}

function objectOf(fields: Readonly<Record<string, string>>): string {
  return `{${Object.entries(fields)
    .map(([name, json]) => `"${name}":${json}`)
    .join()}}`
}

/** The same for the same number: wrong ids of growing strangeness. */
function randomJson(seed: number): string {
  const junk = Array.from({ length: seed + 1 }, (_, i) => String.fromCharCode(((seed + 1) * 7919 * (i + 3)) % 0xd7ff))
  return JSON.stringify({ sessionId: junk.join(''), messageId: junk, [`x${seed}`]: junk.length })
}

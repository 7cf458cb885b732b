/** Pieces of input that have broken programs: JSON text, ids, numbers, strings. */
import fc from 'fast-check'
import { times } from './text.ts'

type Text = fc.Arbitrary<string>

const deep = (depth: number): string[] => [
  `${times(depth, '[')}${times(depth, ']')}`,
  `${times(depth, '{"a":')}1${times(depth, '}')}`,
]

const ODD_STRINGS = [
  '',
  ' \\t\\n',
  '\\u0000',
  '\\ud800',
  '\\udfff\\ud800',
  'a\\udc00',
  '\\ufeff',
  '\\u2028',
  '__proto__',
  'constructor',
  'toString',
  'session:{x}',
  '}{',
  '\\r\\nFLUSHALL\\r\\n',
  '../../etc/passwd',
  '%00',
  '%c0%af',
  '🦊👍🏽',
  'Z\\u0351\\u0352\\u0353',
  times(300, '\\ud800'),
  times(40_000, 'x'),
  times(12_000, '漢'),
  times(400, 'é'),
]

const ODD_NUMBERS = [
  '0',
  '-0',
  '-1',
  '1.5',
  '1e400',
  '-1e400',
  '1e-400',
  '9007199254740992',
  '9007199254740993',
  '18446744073709551616',
  '-9223372036854775809',
  '2147483648',
  '4294967296',
  `1${times(400, '0')}`,
]

export const digits: Text = fc.oneof(
  fc.nat(20).map(String),
  fc.constantFrom('00', '-1', '+1', '1e3', '0x10', '9007199254740993', '4294967296', times(400, '9'), times(16, '9')),
)

/** The inside of a JSON string. */
export const characters: Text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...ODD_STRINGS) },
  {
    weight: 2,
    arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => JSON.stringify(text).slice(1, -1)),
  },
  {
    weight: 1,
    arbitrary: fc.string({ unit: 'binary', maxLength: 12 }).map((text) => JSON.stringify(text).slice(1, -1)),
  },
)

export const idText: Text = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('«session»', '«answer»', '«message»', '«victim»') },
  { weight: 2, arbitrary: fc.constantFrom('«uuid»', '«uuid»x', ' «uuid»', '{«uuid»}', 'urn:uuid:«uuid»') },
  { weight: 1, arbitrary: characters },
)

const scalar: Text = fc.oneof(
  fc.constantFrom('null', 'true', 'false', ...ODD_NUMBERS),
  fc.integer().map(String),
  characters.map((text) => `"${text}"`),
  idText.map((text) => `"${text}"`),
)

const ODD_VALUES = [
  ...deep(50),
  ...deep(101),
  ...deep(3000),
  ...deep(20_000),
  `[${times(20_000, '0,')}0]`,
  `{${times(5000, '"k":0,')}"l":0}`,
  '{"_placeholder":true,"num":0}',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"toJSON":1,"then":1,"valueOf":1,"toString":1,"length":-1}',
  '{"toString":null,"valueOf":null}',
]

/** Any JSON. */
export const json: Text = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    { weight: 5, arbitrary: scalar },
    { weight: 2, arbitrary: fc.constantFrom(...ODD_VALUES) },
    { weight: 2, arbitrary: fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join()}]`) },
    {
      weight: 2,
      arbitrary: fc
        .array(fc.tuple(characters, tie('value')), { maxLength: 4 })
        .map((fields) => `{${fields.map(([name, value]) => `"${name}":${value}`).join()}}`),
    },
  ),
})).value

/** Nearly JSON. */
export const brokenJson: Text = fc.oneof(
  fc.constantFrom(
    '',
    '{',
    '[1',
    '"',
    'undefined',
    'NaN',
    "{'a':1}",
    '{"a":1,}',
    '[,]',
    '"\\x"',
    '01',
    '\ufeff{}',
    '{}{}',
  ),
  fc.tuple(json, fc.nat(40)).map(([text, at]) => text.slice(0, at)),
  fc.tuple(json, fc.nat(40)).map(([text, at]) => `${text.slice(0, at)}\u0000${text.slice(at)}`),
)

/**
 * An object of these fields, most of them right, some wrong, missing, doubled or foreign: what gets past the first check
 * goes deeper than noise would.
 */
export function objectOf(fields: Readonly<Record<string, Text | string>>): Text {
  const entries = Object.entries(fields).map(([name, right]) =>
    fc
      .oneof(
        { weight: 8, arbitrary: typeof right === 'string' ? fc.constant(right) : right },
        { weight: 1, arbitrary: json },
        { weight: 1, arbitrary: fc.constant(null) },
      )
      .map((value) => (value === null ? [] : [`"${name}":${value}`])),
  )
  const foreign = fc.oneof(
    { weight: 6, arbitrary: fc.constant<string[]>([]) },
    { weight: 1, arbitrary: fc.tuple(characters, json).map(([name, value]) => [`"${name}":${value}`]) },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.constantFrom(...Object.keys(fields)), json).map(([name, value]) => [`"${name}":${value}`]),
    },
  )
  return fc.tuple(...entries, foreign).map((parts) => `{${parts.flat().join()}}`)
}

/** Bytes as text, one character each. */
export const bytes: Text = fc.uint8Array({ maxLength: 24 }).map((array) => Buffer.from(array).toString('latin1'))

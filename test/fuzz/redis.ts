/** What may stand in a session's keys: by a later version, an operator's hand, or whoever reaches Redis. */
import fc from 'fast-check'
import type { RedisAttack } from './attack.ts'
import { message } from './bus-messages.ts'
import { times } from './text.ts'
import { brokenJson, characters, digits, json } from './values.ts'

const KEY = '«prefix»session:{«session»}'
const FIELDS = [
  'user_id',
  'created_at',
  'last_activity',
  'seq',
  'first_seq',
  'version',
  'message:1',
  'message:2',
  'message:3',
  'message:x',
  'message:',
  '',
]
const SLOT = [
  'id',
  'seq',
  'attempt',
  'owner',
  'epoch',
  'started_at',
  'contributors',
  'takeovers',
  'response_id',
  'sequence',
]

const value = fc.oneof(
  digits,
  message,
  brokenJson,
  json,
  characters,
  fc.constantFrom('', '\x00', times(200_000, 'x'), '2026-13-99T99:99:99Z'),
)

const command: fc.Arbitrary<readonly string[]> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.constantFrom(...FIELDS), value).map(([field, what]) => ['HSET', KEY, field, what]),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom('message:1', 'message:2'), message)
      .map(([field, what]) => ['HSET', KEY, field, what]),
  },
  { weight: 1, arbitrary: fc.constantFrom(...FIELDS).map((field) => ['HDEL', KEY, field]) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom(...SLOT), value).map(([field, what]) => ['HSET', `${KEY}:answer`, field, what]),
  },
  { weight: 1, arbitrary: value.map((what) => ['SET', `${KEY}:text:1`, what]) },
  { weight: 1, arbitrary: fc.tuple(digits, value).map(([score, what]) => ['ZADD', `${KEY}:ids`, score, what]) },
  { weight: 1, arbitrary: fc.tuple(value, value).map(([field, what]) => ['HSET', `${KEY}:watchers`, field, what]) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom('', ':ids', ':answer', ':watchers', ':text:1'),
        fc.constantFrom('SET', 'DEL', 'LPUSH', 'PERSIST'),
      )
      .map(([tail, name]) => {
        const key = `${KEY}${tail}`
        if (name === 'SET' || name === 'LPUSH') return [name, key, 'x']
        return [name, key]
      }),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(digits, characters)
      .map(([score, member]) => ['ZADD', '«prefix»user:{evil}:sessions', score, member]),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(characters, value)
      .map(([field, what]) => ['HSET', '«prefix»replica:{r9.00000000}:sessions', field, what]),
  },
  { weight: 1, arbitrary: characters.map((member) => ['SADD', '«prefix»replicas', member]) },
)

const ASKS = [
  'session:open',
  'message:send',
  'message:stop',
  'message:regenerate',
  'session:history',
  'session:extend',
  'session:open',
  'stats',
  'history',
  'list',
  'stream',
  'session:clear',
]

export const redisAttack: fc.Arbitrary<RedisAttack> = fc.record({
  door: fc.constant('redis'),
  at: fc.constantFrom('r1', 'r2', 'jwt'),
  commands: fc.array(command, { minLength: 1, maxLength: 4 }),
  asks: fc.shuffledSubarray(ASKS, { minLength: 2, maxLength: 6 }),
})

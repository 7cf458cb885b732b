/** The chaos checker finds what it is there to find, and nothing else. */
import { expect, test } from 'vitest'
import type { Message } from '../../src/protocol/message.ts'
import { check } from './chaos/checker.ts'
import type { Entry, History } from './chaos/history.ts'
import { percentile, recoveriesOf } from './chaos/recovery.ts'

const SESSION = 's1'
const TEXT = 'one two three'

function message(fields: Partial<Message>): Message {
  const defaults = { id: 'a1', seq: 2, role: 'assistant', content: '', status: 'streaming', attempt: 1 } as const
  return { ...defaults, createdAt: '2026-01-01T00:00:00.000Z', metadata: metadataOf(fields.status), ...fields }
}

/** As M4 has it. */
function metadataOf(status: Message['status'] = 'streaming'): Message['metadata'] {
  if (status === 'streaming') return {}
  const written = { replicas: ['r1'], processing_time_ms: 5 }
  if (status !== 'error') return { ...written, finish_reason: 'stop' }
  return { ...written, error: { code: 'interrupted', message: 'its replica died', retryable: true } }
}

const QUESTION = message({ id: 'q1', seq: 1, role: 'user', content: 'say it', status: 'complete' })
const EMPTY = message({})
const FINAL = message({ content: TEXT, status: 'complete' })

/** What one person does and sees on one connection when nothing goes wrong. */
function calm(): Entry[] {
  const here = { person: 'p', socket: 1 }
  const delta = (at: number, offset: number, text: string): Entry => {
    return { ...here, at, kind: 'delta', payload: { sessionId: SESSION, messageId: 'a1', attempt: 1, offset, text } }
  }
  const news = (at: number, news: Message): Entry => {
    return { ...here, at, kind: 'message', payload: { sessionId: SESSION, message: news } }
  }
  return [
    { ...here, at: 0, kind: 'connected', where: 'r1' },
    { ...here, at: 1, kind: 'opening' },
    {
      ...here,
      at: 2,
      kind: 'opened',
      sessionId: SESSION,
      replica: 'r1',
      resumed: false,
      backend: 'redis',
      after: 0,
      messages: [],
    },
    { ...here, at: 3, kind: 'sent', sessionId: SESSION, id: 'q1', content: 'say it' },
    news(4, QUESTION),
    news(4, EMPTY),
    { ...here, at: 5, kind: 'acknowledged', sessionId: SESSION, message: QUESTION, answer: EMPTY, persisted: true },
    delta(6, 0, 'one '),
    delta(7, 4, 'two '),
    delta(8, 8, 'three'),
    news(9, FINAL),
  ]
}

function historyOf(entries: readonly Entry[], fields: Partial<History> = {}): History {
  return {
    entries,
    stored: new Map([[SESSION, { messages: [QUESTION, FINAL], owner: null }]]),
    waiting: [],
    apart: [],
    immortal: [],
    answerTo: () => TEXT,
    plain: (text) => text,
    redisWasAway: false,
    limits: { takeovers: 6 },
    ...fields,
  }
}

function rulesBrokenBy(entries: readonly Entry[], fields: Partial<History> = {}): string[] {
  return [...new Set(check(historyOf(entries, fields)).map(({ rule }) => rule))]
}

const storing = (messages: Message[], owner: string | null = null) => ({
  stored: new Map([[SESSION, { messages, owner }]]),
})
const without = (at: number) => calm().filter((entry) => entry.at !== at)

test('a calm history has nothing wrong with it', () => {
  expect(check(historyOf(calm()))).toEqual([])
})

test('a lost delta, a doubled one and one after the end are found', () => {
  expect(rulesBrokenBy(without(7))).toContain('[D2] what a connection was told')
  const doubled = calm().flatMap((entry) => (entry.at === 7 ? [entry, entry] : [entry]))
  expect(rulesBrokenBy(doubled)).toEqual(['[D2] what a connection was told'])
  const [late] = calm().filter(({ at }) => at === 8)
  expect(rulesBrokenBy([...calm(), ...(late === undefined ? [] : [{ ...late, at: 10 }])])).toEqual([
    '[D2] what a connection was told',
  ])
})

test('an ended answer whose metadata lacks something is found', () => {
  const metadata = { error: { code: 'interrupted', message: 'its replica died', retryable: true } }
  const lacking = message({ content: 'one', status: 'error', metadata })
  expect(rulesBrokenBy(calm(), storing([QUESTION, lacking]))).toContain(
    '[M4] an ended answer’s metadata lacks something',
  )
})

test('a second final message of one attempt is found', () => {
  const final = calm().at(-1)
  expect(rulesBrokenBy([...calm(), ...(final === undefined ? [] : [final])])).toEqual([
    '[D2] what a connection was told',
  ])
})

test('text that changes after it was shown is found, also on another connection', () => {
  const other = [QUESTION, message({ content: 'one zwei' })]
  const reopened: Entry[] = [
    { person: 'p', socket: 2, at: 7.1, kind: 'opening' },
    {
      person: 'p',
      socket: 2,
      at: 7.2,
      kind: 'opened',
      sessionId: SESSION,
      replica: 'r2',
      resumed: true,
      backend: 'redis',
      after: 0,
      messages: other,
    },
  ]
  const entries = [...calm().filter(({ at }) => at <= 7), ...reopened]
  expect(rulesBrokenBy(entries)).toContain('[F3] what was shown did not stay')
})

test.each([
  { backend: 'redis', found: true },
  { backend: 'memory', found: false },
])(
  'a session that is another on the next connection is found ($found) where it was made in $backend',
  ({ backend, found }) => {
    const opened = (socket: number, at: number, sessionId: string): Entry[] => [
      { person: 'p', socket, at, kind: 'opening' },
      {
        person: 'p',
        socket,
        at,
        kind: 'opened',
        sessionId,
        replica: 'r1',
        resumed: false,
        backend,
        after: 0,
        messages: [],
      },
    ]
    const entries = [...opened(1, 1, SESSION), ...opened(2, 2, 'another')]
    expect(rulesBrokenBy(entries).includes('[S1] a session was lost')).toBe(found)
  },
)

test('a client that ends with other text than Redis is found; one that left early is not', () => {
  const early = calm().filter(({ at }) => at <= 7)
  expect(rulesBrokenBy(early)).toEqual(['[D4] a client holds something else than Redis'])
  expect(rulesBrokenBy([...early, { person: 'p', socket: 1, at: 8, kind: 'lost' }])).toEqual([])
})

test('an acknowledged message that is lost, doubled or moved is found', () => {
  expect(rulesBrokenBy(calm(), storing([]))).toContain('[M1] an acknowledged message is lost')
  expect(rulesBrokenBy(calm(), storing([QUESTION, FINAL, { ...QUESTION, seq: 3 }]))).toContain(
    '[M2] a message stands there twice',
  )
  const moved = [message({ id: 'x', seq: 1, role: 'user' }), { ...QUESTION, seq: 2 }, { ...FINAL, seq: 3 }]
  expect(rulesBrokenBy(calm(), storing(moved))).toContain('[M] an acknowledged seq has changed')
})

test('a message that nobody sent, a gap in seq and a wrong text are found', () => {
  const stranger = message({ id: 'x', seq: 3, role: 'user', status: 'complete' })
  expect(rulesBrokenBy(calm(), storing([QUESTION, FINAL, stranger]))).toEqual(['[M2] a message that nobody sent'])
  expect(rulesBrokenBy(calm(), storing([QUESTION, { ...FINAL, seq: 3 }]))).toContain('[M] seq has a gap')
  expect(rulesBrokenBy(calm(), { answerTo: () => 'something else' })).toEqual([
    '[F3] an answer’s text is not what the model said',
  ])
})

test('an answer that does not end, or is given up without need, and somebody who waits are found', () => {
  expect(rulesBrokenBy(calm(), storing([QUESTION, FINAL], 'r1.1'))).toEqual(['[F4] an answer that nobody ends'])
  expect(rulesBrokenBy(calm(), storing([QUESTION, EMPTY]))).toContain('[F4] an answer that did not end')
  const error = { ...FINAL, status: 'error' } as const
  expect(rulesBrokenBy(calm(), storing([QUESTION, error]))).toContain('[F3] an answer was given up')
  expect(rulesBrokenBy(calm(), { waiting: ['p'] })).toEqual(['[F4] somebody waits for ever'])
})

test('somebody who was seen to hold something else than Redis is found', () => {
  const apart = [{ person: 'p', when: 'in the end', what: 'shown nothing' }]
  expect(rulesBrokenBy(calm(), { apart })).toEqual(['[G6] a client holds something else than Redis'])
})

test('a key without a time to live is found', () => {
  expect(rulesBrokenBy(calm(), { immortal: ['left'] })).toEqual(['[S3] a key without a time to live'])
})

test('what was acknowledged as not persisted may be lost with the replica that held it, and only then', () => {
  const unpersisted = calm().map((entry) => (entry.kind === 'acknowledged' ? { ...entry, persisted: false } : entry))
  const away: Entry[] = [
    {
      at: 2.5,
      kind: 'log',
      by: 'r1',
      msg: 'the store is away: sessions are served from memory',
      session: null,
      more: {},
    },
  ]
  const killed: Entry[] = [{ at: 10, kind: 'fault', what: 'kill', target: 'r1', owned: [] }]
  const inOrder = (entries: Entry[]) => entries.toSorted((a, b) => a.at - b.at)
  const lost = { ...storing([]), redisWasAway: true }
  expect(rulesBrokenBy(inOrder([...unpersisted, ...away, ...killed]), lost)).toEqual([])
  const listening: Entry = { at: 2.7, kind: 'log', by: 'r1', msg: 'listening', session: null, more: {} }
  expect(rulesBrokenBy(inOrder([...unpersisted, ...away, listening, ...killed]), lost)).toEqual([])
  expect(rulesBrokenBy(inOrder([...unpersisted, ...away]), lost)).toContain('[M1] an acknowledged message is lost')
  expect(rulesBrokenBy(inOrder([...calm(), ...away, ...killed]), lost)).toContain(
    '[M1] an acknowledged message is lost',
  )
})

test('[G6] a session may lose what it acknowledged with one of its keys, and still nobody may wait or hold something else', () => {
  const lost: Entry = { at: 6, kind: 'fault', what: 'key lost', target: `session:{${SESSION}}:ids`, owned: [] }
  const nothing = { stored: new Map([[SESSION, { messages: [], owner: null }]]), redisWasAway: true }
  expect(rulesBrokenBy([...calm(), lost], nothing)).toEqual([])
  const elsewhere = { ...lost, target: 'session:{s2}:ids' }
  expect(rulesBrokenBy([...calm(), elsewhere], nothing)).toContain('[M1] an acknowledged message is lost')
  const apart = [{ person: 'p', when: 'at the end', what: 'shown 1 where there is nothing' }]
  expect(rulesBrokenBy([...calm(), lost], { ...nothing, apart, waiting: ['p'] })).toEqual([
    '[F4] somebody waits for ever',
    '[G6] a client holds something else than Redis',
  ])
})

test('a violation comes with the piece of history that shows it', () => {
  const [found] = check(historyOf(without(7)))
  expect(found?.excerpt.at(-1)).toContain('three')
  expect(found?.excerpt.join('\n')).not.toContain('opening')
})

test('recovery is measured from the fault to the first text that the new owner adds', () => {
  const fault: Entry = { at: 6.5, kind: 'fault', what: 'kill', target: 'r1', owned: [SESSION] }
  const taken: Entry = { at: 6.8, kind: 'takeover', sessionId: SESSION, messageId: 'a1', by: 'r2', characters: 4 }
  const entries = [...calm(), fault, taken].toSorted((a, b) => a.at - b.at)
  expect(recoveriesOf(entries)).toEqual([{ fault: 'kill', onStruck: true, ms: 0.5, undisturbed: true }])
  const elsewhere = entries.map((entry) => (entry === fault ? { ...fault, target: 'r2' } : entry))
  expect(recoveriesOf(elsewhere)).toMatchObject([{ onStruck: false }])
})

test('percentiles are values that were seen', () => {
  expect(percentile([], 0.5)).toBeNull()
  expect([0.5, 0.9, 1].map((p) => percentile([3, 1, 2, 4], p))).toEqual([2, 4, 4])
})

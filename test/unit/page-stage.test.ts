import { describe, expect, test } from 'vitest'
import type { Arrival, Message } from '../../src/client/index.ts'
import { Incident } from '../../src/page/stage/incident.ts'
import { Ledger } from '../../src/page/stage/ledger.ts'
import { adviceOn } from '../../src/page/stage/words.ts'

const SESSION = 's'
const answer = (content: string, status: Message['status'] = 'streaming', attempt = 1): Message => ({
  id: 'a',
  seq: 2,
  role: 'assistant',
  content,
  status,
  attempt,
  createdAt: '2026-01-01T00:00:00.000Z',
  metadata: {},
})
const delta = (offset: number, text: string, attempt = 1): Arrival => ({
  name: 'delta',
  data: { sessionId: SESSION, messageId: 'a', attempt, offset, text },
})
const message = (one: Message): Arrival => ({ name: 'message', data: { sessionId: SESSION, message: one } })
const opened = (...messages: Message[]): Arrival => ({
  name: 'opened',
  data: {
    session: { id: SESSION, userId: null, createdAt: '', lastActivity: '', messageCount: 1, ttlSeconds: 60 },
    resumed: true,
    messages,
    replica: 'r1',
    backend: 'redis',
  },
})

/** Of an answer that streams, on a stack that answers. */
const situation = { answer: 'streaming', backend: 'redis', owner: 'r2', unreached: null, silent: false } as const

/** What the ledger makes of `arrivals`, of what was shown before the end, and of the end. */
function accountOf(arrivals: Arrival[], shown: string, final: string) {
  const ledger = new Ledger()
  for (const arrival of arrivals) ledger.arrived(arrival)
  ledger.shown([answer(shown)])
  ledger.arrived(message(answer(final, 'complete')))
  ledger.shown([answer(final, 'complete')])
  return ledger.account
}

describe('[W5] the counters', () => {
  test('an answer that came in order', () => {
    expect(accountOf([delta(0, 'one '), delta(4, 'two')], 'one two', 'one two')).toEqual({
      lost: 0,
      doubled: 0,
      repeated: 0,
      received: 7,
    })
  })

  test('what comes again after a takeover is known by its offset', () => {
    const arrivals = [delta(0, 'one two'), message(answer('one two')), delta(4, 'two three')]
    expect(accountOf(arrivals, 'one two three', 'one two three')).toMatchObject({ lost: 0, doubled: 0, repeated: 3 })
  })

  test('deltas that come before the snapshot of an open wait for it', () => {
    const arrivals = [delta(0, 'one '), delta(8, 'three'), opened(answer('one two '))]
    expect(accountOf(arrivals, 'one two three', 'one two three')).toMatchObject({ lost: 0, received: 13 })
  })

  test('an answer that ended while this page was away is received with the snapshot', () => {
    const ledger = new Ledger()
    ledger.arrived(delta(0, 'one '))
    ledger.shown([answer('one ')])
    ledger.arrived(opened(answer('one two', 'complete')))
    ledger.shown([answer('one two', 'complete')])
    expect(ledger.account).toMatchObject({ lost: 0, doubled: 0, received: 7 })
  })

  test('text that only the final message has is lost: at the end, and in the middle', () => {
    expect(accountOf([delta(0, 'one ')], 'one ', 'one two')).toMatchObject({ lost: 3, doubled: 0 })
    expect(accountOf([delta(0, 'one '), delta(8, 'three')], 'one ', 'one two three')).toMatchObject({ lost: 9 })
  })

  test('text that is shown twice is doubled, wherever it stands', () => {
    expect(accountOf([delta(0, 'one two')], 'one one two', 'one two')).toMatchObject({ lost: 0, doubled: 4 })
    expect(accountOf([delta(0, 'one two')], 'one twotwo', 'one two')).toMatchObject({ lost: 0, doubled: 3 })
  })

  test('another attempt begins from nothing, and what is left of the last one is no news', () => {
    const arrivals = [delta(0, 'bad'), delta(0, 'good', 2), delta(3, ' text')]
    const ledger = new Ledger()
    for (const arrival of arrivals) ledger.arrived(arrival)
    ledger.shown([answer('good', 'streaming', 2)])
    ledger.shown([answer('good', 'complete', 2)])
    expect(ledger.account).toMatchObject({ lost: 0, doubled: 0, received: 7 })
  })

  test('answers that were over before the page was opened do not count', () => {
    const ledger = new Ledger()
    ledger.arrived(opened(answer('old', 'complete')))
    ledger.shown([answer('old', 'complete')])
    expect(ledger.account).toEqual({ lost: 0, doubled: 0, repeated: 0, received: 0 })
  })
})

describe('[W5] the milliseconds of a takeover', () => {
  test('count from the click to the end of the longest silence, not to what was still under way', () => {
    const incident = new Incident('kill', 'r1', ['answer'], 1000, 50)
    incident.text(1010, 60) // sent before the blow
    incident.moved('answer', 'r2', 1200)
    expect(incident.outcome).toBeNull() // the silence still lasts
    incident.text(1310, 65)
    incident.text(1330, 70)
    expect(incident.outcome).toEqual({ ms: 310, oursMs: 200, pauseMs: 300, at: 60 })
    expect(incident.heirOf('answer')).toBe('r2')
  })

  test('are not told before everything that the replica carried has moved', () => {
    const incident = new Incident('kill', 'r1', ['answer', 'socket'], 0, 0)
    incident.moved('answer', 'r2', 100)
    incident.text(200, 5)
    incident.text(210, 9)
    expect(incident.outcome).toBeNull()
    incident.moved('socket', 'r3', 215)
    expect(incident.outcome).toEqual({ ms: 200, oursMs: 100, pauseMs: 200, at: 0 })
  })

  test('stand as they are when the answer ends', () => {
    const incident = new Incident('drain', 'r1', ['answer'], 0, 0)
    incident.text(30, 5)
    incident.ended()
    incident.text(900, 6)
    expect(incident.outcome).toEqual({ ms: 30, oursMs: null, pauseMs: 30, at: 0 })
    expect(incident.heirOf('answer')).toBeNull()
  })
})

describe('[W5] a second blow', () => {
  test('that meets nothing hides none that is not overcome', () => {
    const frozen = new Incident('freeze', 'r1', ['answer'], 0, 0)
    expect(frozen.followedBy('kill', 'r2', [], 500, 0)).toBe(frozen)
    frozen.moved('answer', 'r3', 700)
    expect(frozen.followedBy('kill', 'r2', [], 800, 0)).toBe(frozen) // nothing of r3's has come yet
    frozen.text(900, 5)
    frozen.text(910, 9)
    expect(frozen.followedBy('kill', 'r2', [], 1000, 9)).toMatchObject({ target: 'r2', startedAt: 1000 })
  })

  test('before the first one is overcome leaves it open whose takeover the page heard of', () => {
    for (const burdens of [[], ['answer']] as const) {
      const first = new Incident('kill', 'r1', ['answer'], 0, 0)
      first.resumed(50) // by r3, which is not seen as the owner yet
      const told = first.followedBy('kill', 'r3', burdens, 100, 0)
      told.resumed(150)
      told.moved('answer', 'r3', 8900)
      told.text(9000, 5)
      told.text(9010, 9)
      expect(told.outcome).toMatchObject({ oursMs: null })
      const advice = adviceOn({ ...situation, incident: told, account: new Ledger().account })
      expect(advice).toMatch(/r3 went on [\d,]+\sms later\.$/)
    }
  })

  test('is not overcome before what the first one has struck has moved', () => {
    const both = new Incident('freeze', 'r1', ['answer'], 0, 0).followedBy('kill', 'r2', ['socket'], 500, 0)
    expect(both).toMatchObject({ target: 'r2', burdens: ['socket', 'answer'] })
    both.moved('socket', 'r3', 600)
    both.text(610, 5) // of the snapshot, from before
    expect(both.outcome).toBeNull()
    both.moved('answer', 'r3', 2000)
    both.text(2100, 9)
    both.text(2110, 12)
    expect(both.outcome).toMatchObject({ ms: 1600 })
  })
})

test('[W5] it is said where nobody can be struck, and that nobody answers', () => {
  const lost = { ...situation, incident: null, account: new Ledger().account, silent: true }
  expect(adviceOn(lost)).toBe('No replica answers.')
  expect(adviceOn({ ...lost, unreached: 'r2' })).toBe('r2 could not be reached.')
  expect(adviceOn({ ...lost, unreached: 'r2', silent: false })).toMatch(/^r2 could not be reached\. Now kill r2: /)
})

test('[W5] of a takeover’s milliseconds ours and the model’s are told apart', () => {
  const incident = new Incident('kill', 'r1', ['answer'], 1000, 50)
  incident.text(1010, 60)
  incident.resumed(1075)
  incident.moved('answer', 'r2', 1200)
  incident.text(1410, 65)
  incident.text(1420, 70)
  expect(adviceOn({ ...situation, incident, account: new Ledger().account })).toBe(
    'r1 was killed in the middle of the answer. r2 went on 410\u00a0ms later (takeover 75\u00a0ms, model 335\u00a0ms).',
  )
})

test('[W5] while a replica drains nobody waits', () => {
  const incident = new Incident('drain', 'r1', ['answer'], 0, 0)
  incident.text(30, 5)
  const advice = adviceOn({ ...situation, owner: 'r1', incident, account: new Ledger().account })
  expect(advice).toBe('r1 was told to leave. It hands over what it has …')
})

test('[W5] an answer that broke off after its takeover was not gone on with', () => {
  const incident = new Incident('kill', 'r1', ['answer'], 0, 0)
  incident.text(30, 5)
  incident.moved('answer', 'r2', 200)
  incident.ended()
  const ended = { ...situation, owner: null, incident, account: new Ledger().account }
  const begins = 'r1 was killed in the middle of the answer. r2'
  expect(adviceOn({ ...ended, answer: 'error' })).toBe(`${begins} took it over. The answer broke off.`)
  expect(adviceOn({ ...ended, answer: 'complete' })).toBe(`${begins} went on 30\u00a0ms later. The answer is whole.`)
})

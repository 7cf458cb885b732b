/** What the load tests stand on: the Socket.IO codec, the check of every text, and that `npm run loadtest` runs. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { Holdings } from '../../loadtest/k6/holdings.ts'
import { decode, eventFrame, socketUrl, UnknownFrame } from '../../loadtest/k6/socketio.ts'
import { findK6, VERSION } from '../../loadtest/runner/k6.ts'
import type { Message } from '../../src/protocol/message.ts'

const root = join(import.meta.dirname, '../..')

test('frames of the gateway are read as SPEC.md writes them', () => {
  const handshake = '0{"sid":"x","upgrades":[],"pingInterval":10000,"pingTimeout":5000,"maxPayload":131072}'
  expect(decode(handshake)).toEqual({ kind: 'handshake', pingInterval: 10_000, pingTimeout: 5000 })
  expect(decode('2')).toEqual({ kind: 'ping' })
  expect(decode('40{"sid":"x"}')).toEqual({ kind: 'connected' })
  expect(decode('41')).toEqual({ kind: 'disconnected' })
  expect(decode('44{"message":"no","data":{"code":"unauthorized"}}')).toEqual({ kind: 'refused', message: 'no' })
  expect(decode('42["delta",{"text":"a,\\"[1]"}]')).toEqual({
    kind: 'event',
    name: 'delta',
    payload: { text: 'a,"[1]' },
  })
  expect(decode('4312[{"ok":true}]')).toEqual({ kind: 'acknowledgement', id: 12, payload: { ok: true } })
})

test('what is no frame of the gateway’s is refused', () => {
  for (const frame of [
    '',
    '1',
    '5',
    '0',
    '0{}',
    '4',
    '42',
    '42{}',
    '42[1]',
    '43[1]',
    '43',
    '45-x',
    '42["a"',
    'hello',
    '44',
  ]) {
    expect(() => decode(frame), frame).toThrow(UnknownFrame)
  }
})

test('an event is written with the number that its acknowledgement carries', () => {
  const frame = eventFrame(7, 'message:send', { content: 'hi' })
  expect(frame).toBe('427["message:send",{"content":"hi"}]')
})

test('the address of the WebSocket follows from that of the gateway', () => {
  expect(socketUrl('http://127.0.0.1:8080')).toBe('ws://127.0.0.1:8080/socket.io/?EIO=4&transport=websocket')
  expect(socketUrl('https://example.com/')).toBe('wss://example.com/socket.io/?EIO=4&transport=websocket')
})

/** A user who holds `text` of an answer; what is found wrong from then on. */
function holding(text: string): { holdings: Holdings; found: string[] } {
  const found: string[] = []
  const holdings = new Holdings({
    wrong: () => found.push('wrong'),
    lost: (units) => found.push(`lost ${units}`),
    doubled: (units) => found.push(`doubled ${units}`),
  })
  holdings.merge(answer({ content: text }))
  return { holdings, found }
}
function answer(fields: Partial<Message>): Message {
  const message = { id: 'a', seq: 2, role: 'assistant', content: '', status: 'streaming', attempt: 1 } as const
  return { ...message, createdAt: '', metadata: {}, ...fields }
}
const delta = (offset: number, text: string) => ({ sessionId: 's', messageId: 'a', attempt: 1, offset, text })

test('lost, doubled and changed text is counted, and nothing else', () => {
  const cases: [string, (holdings: Holdings) => void, string[]][] = [
    ['the next delta', (held) => held.append(delta(5, ' you'), false), []],
    ['a gap', (held) => held.append(delta(7, 'you'), false), ['lost 2']],
    ['a repeat', (held) => held.append(delta(3, 'lo you'), false), ['doubled 2']],
    ['an early repeat', (held) => held.append(delta(3, 'lo you'), true), []],
    ['an early repeat of other text', (held) => held.append(delta(3, 'XX you'), true), ['wrong']],
    ['a longer snapshot', (held) => held.merge(answer({ content: 'hello you' })), []],
    ['an older snapshot', (held) => held.merge(answer({ content: 'hel' })), []],
    ['another snapshot', (held) => held.merge(answer({ content: 'hallo you' })), ['wrong']],
    ['a shorter end', (held) => held.merge(answer({ content: 'hel', status: 'complete' })), ['lost 2']],
    ['the next attempt', (held) => held.merge(answer({ content: 'x', attempt: 2 })), []],
    ['an older attempt', (held) => held.append({ ...delta(0, 'x'), attempt: 0 }, false), []],
  ]
  for (const [name, happen, expected] of cases) {
    const { holdings, found } = holding('hello')
    happen(holdings)
    expect(found, name).toEqual(expected)
  }
})

test('a delta after the end is found', () => {
  const { holdings, found } = holding('hello')
  holdings.merge(answer({ content: 'hello', status: 'complete' }))
  holdings.append(delta(5, ' you'), false)
  expect(found).toEqual(['doubled 4'])
})

test('npm run loadtest runs a scenario against a stack of its own, and writes a report', async ({ skip }) => {
  skip(findK6(root) === null, `k6 ${VERSION} is not here: npm run loadtest gets it where it can`)
  const args = [join(root, 'loadtest/run.ts'), 'resume', '--users', '2', '--seconds', '3']
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 24 })
  expect(stdout).toMatch(/✓ 'count==0' count=0/)
  expect(stdout).toMatch(/Report: .*loadtest-resume\.html/)
})

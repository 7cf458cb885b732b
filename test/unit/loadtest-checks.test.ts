/** What the load tests find wrong with a text, and with memory. */
import { expect, test } from 'vitest'
import { Holdings } from '../../loadtest/k6/holdings.ts'
import { growth, residentMiB } from '../../loadtest/k6/memory.ts'
import type { Message } from '../../src/protocol/message.ts'

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

test('memory has grown by what the last third of a run holds above the second', () => {
  const steps = (...values: number[]) => values.map((value) => [value, 100])
  expect(growth(steps(10, 50, 60, 60, 60, 60))).toBe(0) // the first third warms up
  expect(growth(steps(60, 60, 60, 60, 900, 60, 60, 60, 60))).toBe(0) // one peak is no growth
  expect(growth(steps(60, 60, 60, 70, 80, 90))).toBe(20)
  expect(growth(steps(90, 80, 70, 60, 50, 40))).toBe(0) // the other replica stays as it is
  expect(growth(steps(60, 600))).toBe(0)
})

test('resident memory is read from what /metrics says, and missed where it does not', () => {
  expect(residentMiB('# HELP\nprocess_resident_memory_bytes 104857600\n')).toBe(100)
  expect(residentMiB('process_resident_memory_bytes{replica="r1"} 52428800')).toBe(50)
  expect(() => residentMiB('<html>404</html>')).toThrow('/metrics')
})

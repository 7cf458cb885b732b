import { stripVTControlCharacters } from 'node:util'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Screen } from '../../src/stack/screen.ts'

let shown: string[]
beforeEach(() => {
  shown = []
  vi.spyOn(console, 'log').mockImplementation((text: string) => void shown.push(stripVTControlCharacters(text)))
})
afterEach(() => void vi.restoreAllMocks())

const line = (fields: object) => JSON.stringify({ time: '2026-11-21T15:45:13.014Z', replica: 'r3', ...fields })

test('a warning of a replica says what it is about, in one line; other lines are for who asked for them', () => {
  for (const verbose of [false, true]) {
    const screen = new Screen(verbose)
    screen.line('r3', line({ level: 'warn', dead: 'r2.a4', leased: false, more: { a: 1 }, msg: 'a replica is dead' }))
    screen.line('r3', line({ level: 'error', err: { message: 'why', stack: 'where' }, msg: 'it failed' }))
    screen.line('r3', line({ level: 'info', msg: 'as ever' }))
  }
  const alarming = ['r3    │ warn: a replica is dead (dead r2.a4, leased false)', 'r3    │ error: it failed: why']
  expect(shown).toEqual([...alarming, ...alarming, 'r3    │ info: as ever'])
})

test('what is no log line is shown as it is', () => {
  new Screen(false).line('nginx', '{ not json')
  expect(shown).toEqual(['nginx │ { not json'])
})

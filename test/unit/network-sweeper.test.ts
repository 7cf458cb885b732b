import { beforeEach, expect, test } from 'vitest'
import { Sweeper } from '../../src/network/sweeper.ts'
import { HandClock } from '../support/hand-clock.ts'

const MIB = 1024 * 1024

let clock: HandClock
let sweeper: Sweeper
/** What V8 was told, in order. */
let told: string[]

beforeEach(() => {
  clock = new HandClock()
  told = []
  sweeper = new Sweeper(clock, {
    collectYoung: () => void told.push('young'),
    setThrifty: (isThrifty) => void told.push(isThrifty ? 'thrifty' : 'as you like'),
  })
})

test('[X6] it is time to sweep after half a megabyte of large replies', () => {
  for (let i = 0; i < 10_000; i++) sweeper.note(1024)
  for (let i = 0; i < 6; i++) sweeper.note(80 * 1024)
  expect(sweeper.isDue).toBe(false)
  sweeper.note(80 * 1024)
  expect(sweeper.isDue).toBe(true)
  sweeper.sweep()
  expect(sweeper.isDue).toBe(false)
  expect(told).toEqual(['thrifty', 'young'])
})

test('[X6] V8 keeps little garbage while large replies are made, and for ten seconds after', async () => {
  sweeper.note(1000)
  expect(told).toEqual([])
  sweeper.note(MIB)
  sweeper.note(MIB)
  await clock.advance(9999)
  sweeper.note(1000)
  expect(told).toEqual(['thrifty'])
  await clock.advance(1)
  sweeper.note(1000)
  expect(told).toEqual(['thrifty', 'as you like'])
})

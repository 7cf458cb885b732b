import { expect, test } from 'vitest'
import { Backlog, type Outlet } from '../../src/network/backlog.ts'
import { HandClock } from '../support/hand-clock.ts'

const MIB = 1024 * 1024

class HandOutlet implements Outlet {
  waiting: number
  taken = 0
  cut = false

  constructor(waiting: number) {
    this.waiting = waiting
  }

  take(bytes: number): void {
    this.waiting -= bytes
    this.taken += bytes
  }

  unsentBytes = () => (this.cut ? 0 : this.waiting)
  progress = () => `${this.taken}`
  cutOff = () => {
    this.cut = true
  }
}

function start() {
  const clock = new HandClock()
  const cuts: number[] = []
  const backlog = new Backlog({ maxAnswerBytes: MIB, clock, onCut: (bytes) => cuts.push(bytes) })
  const write = (bytes: number) => {
    const outlet = new HandOutlet(bytes)
    backlog.note(outlet)
    return outlet
  }
  return { clock, cuts, write }
}

test('[X6] what takes nothing for 30 s is cut off, and nothing that takes a byte now and then', async () => {
  const { clock, cuts, write } = start()
  const [silent, slow, done] = [write(100), write(100), write(100)]
  done.take(100)
  for (let i = 0; i < 29; i++) {
    await clock.advance(1000)
    slow.take(1)
  }
  expect([silent.cut, slow.cut, done.cut]).toEqual([false, false, false])
  await clock.advance(2000)
  expect([silent.cut, slow.cut, done.cut]).toEqual([true, false, false])
  expect(cuts).toEqual([100])
})

test('[X6] where too much waits for all together, those go that have taken nothing for longest', async () => {
  const { clock, write } = start()
  const outlets = Array.from({ length: 40 }, () => write(MIB))
  const small = write(1000)
  await clock.advance(50)
  for (const outlet of outlets.slice(0, 10)) outlet.take(1)
  await clock.advance(60)
  const cut = outlets.filter((outlet) => outlet.cut)
  expect(cut).toHaveLength(24)
  expect(outlets.slice(0, 10).some((outlet) => outlet.cut)).toBe(false)
  expect(small.cut, 'what is small is not to blame').toBe(false)
})

test('[X6] small outlets are bounded together as well', async () => {
  const { clock, write } = start()
  const outlets = Array.from({ length: 1000 }, () => write(50 * 1024))
  await clock.advance(110)
  const kept = outlets.filter((outlet) => !outlet.cut).length
  expect(kept * 50 * 1024).toBeLessThanOrEqual(32 * MIB)
  expect(kept).toBeGreaterThan(600)
})

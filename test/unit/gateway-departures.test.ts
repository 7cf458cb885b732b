import type { Socket } from 'socket.io'
import { expect, test } from 'vitest'
import { Departures } from '../../src/gateway/departures.ts'
import { noMeter } from '../../src/ports/meter.ts'
import { HandClock } from '../support/hand-clock.ts'

/** How many sockets leave at each moment of a drain of so many, by milliseconds since its start. */
async function drained(count: number, withinMs: number): Promise<ReadonlyMap<number, number>> {
  const clock = new HandClock()
  const [start, left] = [clock.now(), new Map<number, number>()]
  const leave = () => {
    const at = clock.now() - start
    left.set(at, (left.get(at) ?? 0) + 1)
  }
  const sockets = Array.from(
    { length: count },
    () => ({ emit: () => true, conn: { close: leave } }) as unknown as Socket,
  )
  const done = new Departures({ clock, meter: noMeter, maxAgeSeconds: 0 }).drain(sockets, withinMs)
  await clock.advance(withinMs)
  await done
  return left
}

test.each([
  [0, 0],
  [1, 1],
  [2, 2],
  [5, 3],
  [40, 4],
  [200, 4],
])('[F5] %i sockets leave in %i batches, within half a second', async (count, batches) => {
  const left = await drained(count, 20_000)
  expect([...left.values()].reduce((sum, each) => sum + each, 0)).toBe(count)
  expect(left.size).toBe(batches)
  expect(Math.max(0, ...left.keys())).toBeLessThanOrEqual(450)
})

test('[F5] many sockets leave at most fifty at a time', async () => {
  expect([...(await drained(1000, 20_000)).values()]).toEqual(Array(20).fill(50))
})

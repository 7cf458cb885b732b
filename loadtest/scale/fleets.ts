/** A thread of `npm run scale`: fleets of failure detectors, on simulated time. */
import { setImmediate as turn } from 'node:timers/promises'
import { Fleet } from '../../test/simulation/fleet.ts'
import { sharesOf } from './rendezvous.ts'

const FLEETS = [10, 100, 500]
/** Answers of one replica that dies. */
const ANSWERS = 250
const SEED = 1

const us = (value: number) => `${value.toFixed(2)} µs`
const ms = (value: number) => `${Math.round(value)} ms`

for (const replicas of FLEETS) {
  const { calls, addresses, killed, frozen, scatteredMs, adjacentMs, messages, mistaken } = await new Fleet(
    replicas,
    SEED,
  ).play()
  const asked = Object.values(calls).reduce((sum, count) => sum + count, 0)
  sharesOf(replicas, ANSWERS) // V8 learns it
  const { us: hash, most } = sharesOf(replicas, ANSWERS)
  console.log(
    `${replicas} replicas: ${asked} calls and ${addresses} addresses a second; killed known after ${ms(killed.lastMs)}, frozen ${ms(frozen.lastMs)}, ` +
      `a tenth ${ms(scatteredMs)}, a tenth side by side ${ms(adjacentMs)}; ${messages} messages a death, ${mistaken} mistaken; ` +
      `rendezvous ${us(hash)} a session, most ${most.toFixed(1)} of the mean of ${(ANSWERS / (replicas - 1)).toFixed(1)}`,
  )
  await turn() // which lets the line out
}

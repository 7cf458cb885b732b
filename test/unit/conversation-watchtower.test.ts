import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { Watchtower } from '../../src/conversation/watchtower.ts'
import { silentLog } from '../../src/ports/log.ts'
import { noLink } from '../../src/ports/replica-link.ts'
import { noRoster, type Pulse } from '../../src/ports/roster.ts'
import { HandClock } from '../support/hand-clock.ts'

const LEASE_MS = 1500
const [OWN, NEIGHBOUR] = ['r1.a', 'r2.a']

let clock: HandClock
/** What is felt of the neighbour. */
let pulse: Pulse
let dead: string[]
let watchtower: Watchtower

beforeEach(async () => {
  clock = new HandClock()
  pulse = { connected: true, leaseMs: LEASE_MS, owns: true }
  dead = []
  const alive = { connected: true, leaseMs: LEASE_MS, owns: false }
  const pulses = (addresses: readonly string[]) => addresses.map((address) => (address === OWN ? alive : pulse))
  watchtower = new Watchtower({
    address: OWN,
    roster: {
      ...noRoster,
      members: async () => [OWN, NEIGHBOUR],
      pulses: async (addresses) => pulses(addresses),
      connected: async (addresses) => pulses(addresses).map(({ connected }) => connected),
    },
    link: noLink,
    clock,
    log: silentLog,
    leaseMs: LEASE_MS,
    onDeath: (replica) => dead.push(replica),
    onLapse() {},
  })
  watchtower.start()
  onTestFinished(() => watchtower.stop())
  await clock.advance(2 * LEASE_MS)
})

test('[F2] a neighbour that comes back over new connections before it is looked at again is not declared dead', async () => {
  for (let offset = 0; offset < 20; offset++) {
    pulse = { ...pulse, connected: false }
    await clock.advance(14)
    pulse = { ...pulse, connected: true }
    await clock.advance(101)
  }
  expect(dead).toEqual([])
})

test('[F2] one that stays away is, long before its lease ends', async () => {
  pulse = { ...pulse, connected: false }
  await clock.advance(26)
  expect(dead).toEqual([NEIGHBOUR])
})

test('[F2] one that only comes back later is taken over, and is a neighbour like any other again', async () => {
  pulse = { ...pulse, connected: false }
  await clock.advance(100)
  expect(dead).toEqual([NEIGHBOUR])
  pulse = { ...pulse, connected: true }
  expect(await watchtower.isDead(NEIGHBOUR)).toBe(false)
  watchtower.revive(NEIGHBOUR) // as the heir does that asks (`Inheritance`)
  expect(watchtower.heirs).toEqual([NEIGHBOUR])
  await clock.advance(2 * LEASE_MS)
  expect(dead).toEqual([NEIGHBOUR])
})

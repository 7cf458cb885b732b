import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { FailureDetector, type FailureDetectorOptions } from '../../src/conversation/failover/failure-detector.ts'
import { noBus } from '../../src/ports/bus.ts'
import { silentLog } from '../../src/ports/log.ts'
import { type Liveness, noMembership } from '../../src/ports/membership.ts'
import { noMeter } from '../../src/ports/meter.ts'
import { StoreUnavailable } from '../../src/ports/session-store.ts'
import { HandClock } from '../support/hand-clock.ts'

const LEASE_MS = 1500
const [OWN, NEIGHBOUR] = ['r1.a', 'r2.a']

let clock: HandClock
/** What is felt of the neighbour. */
let pulse: Liveness
let members: string[]
let dead: string[]
/** Deaths that operators are told of, by their sign. */
let counted: string[]
let detector: FailureDetector

/** One that has started, in silence but for what the test says. */
function watching(
  options: Pick<FailureDetectorOptions, 'address' | 'membership' | 'clock' | 'onDeath'> &
    Partial<FailureDetectorOptions>,
): FailureDetector {
  const silence = { bus: noBus, meter: noMeter, log: silentLog, leaseMs: LEASE_MS, onLapse() {} }
  const detector = new FailureDetector({ ...silence, ...options })
  detector.start()
  onTestFinished(() => detector.stop())
  return detector
}

beforeEach(async () => {
  clock = new HandClock()
  pulse = { connected: true, leaseMs: LEASE_MS, owns: true }
  members = [OWN, NEIGHBOUR]
  dead = []
  counted = []
  const alive = { connected: true, leaseMs: LEASE_MS, owns: false }
  const liveness = (addresses: readonly string[]) => addresses.map((address) => (address === OWN ? alive : pulse))
  detector = watching({
    address: OWN,
    membership: {
      ...noMembership,
      members: async () => members,
      liveness: async (addresses) => liveness(addresses),
      connected: async (addresses) => liveness(addresses).map(({ connected }) => connected),
    },
    clock,
    meter: { ...noMeter, deaths: (_, { sign }) => counted.push(sign) },
    onDeath: (replica) => dead.push(replica),
  })
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
  expect(await detector.isDead(NEIGHBOUR)).toBe(false)
  detector.revive(NEIGHBOUR) // as the heir does that asks (`DeadReplicaRecovery`)
  expect(detector.heirs).toEqual([NEIGHBOUR])
  await clock.advance(2 * LEASE_MS)
  expect(dead).toEqual([NEIGHBOUR])
})

test('[F2] [F5] one that drained and has gone is dead for its answers, and no death for operators', async () => {
  detector.noteDraining(NEIGHBOUR)
  pulse = { connected: false, leaseMs: 0, owns: false }
  await clock.advance(LEASE_MS)
  expect({ dead, counted }).toEqual({ dead: [NEIGHBOUR], counted: [] })
})

test.each([0, 0.2, 0.4, 0.6, 0.8])(
  '[F5] whenever in a lease it goes (%f), it is no death for operators',
  async (share) => {
    pulse = { ...pulse, owns: false }
    await clock.advance(LEASE_MS * (1 + share))
    detector.noteDraining(NEIGHBOUR)
    pulse = { connected: false, leaseMs: 0, owns: false }
    members = [OWN]
    await clock.advance(2 * LEASE_MS)
    expect(counted).toEqual([])
  },
)

test('[F2] one that is killed while it drains is a death', async () => {
  detector.noteDraining(NEIGHBOUR)
  pulse = { ...pulse, connected: false }
  await clock.advance(LEASE_MS)
  expect({ dead, counted }).toEqual({ dead: [NEIGHBOUR], counted: ['connection'] })
})

test('[F2] one that has only just started notices the death of one that was there before, and did not know of it', async () => {
  const entered: string[] = []
  const dying = { connected: true, leaseMs: LEASE_MS, owns: false }
  const dead: string[] = []
  const started = new Map<string, FailureDetector>()
  const enter = (address: string) => {
    entered.push(address)
    const liveness = (addresses: readonly string[]) =>
      addresses.map((one) => (one === OWN ? dying : { connected: true, leaseMs: LEASE_MS, owns: false }))
    const detector = watching({
      address,
      membership: {
        ...noMembership,
        members: async () => [...entered],
        liveness: async (addresses) => liveness(addresses),
        connected: async (addresses) => liveness(addresses).map(({ connected }) => connected),
      },
      bus: { ...noBus, send: (to, note) => note.kind === 'owning' && started.get(to)?.watchOwner(note.replica) },
      clock,
      onDeath: (replica) => dead.push(replica),
    })
    started.set(address, detector)
    return detector
  }
  const first = enter(OWN)
  await clock.advance(1)
  enter(NEIGHBOUR)
  await clock.advance(100)
  dying.owns = true
  first.announce()
  await clock.advance(50)
  dying.connected = false
  first.stop()
  await clock.advance(50)
  expect(dead).toEqual([OWN])
})

/** Who is found dead where a neighbour is struck while one node of the store is silent: meanwhile, and with what comes once it is back. */
async function foundDead(strike: Liveness, silent: 'members' | string) {
  const clock = new HandClock()
  const dead: string[] = []
  const alive = { connected: true, leaseMs: LEASE_MS, owns: true }
  const seen = new Map<string, Liveness | undefined>([OWN, NEIGHBOUR, 'r3.a'].map((address) => [address, alive]))
  let isListed = true
  watching({
    address: OWN,
    membership: {
      ...noMembership,
      members: async () => (isListed ? [...seen.keys()] : Promise.reject(new StoreUnavailable('silent'))),
      liveness: async (addresses) => addresses.map((address) => seen.get(address)),
      connected: async (addresses) => {
        const told = addresses.map((address) => seen.get(address)?.connected)
        if (told.every((one) => one === undefined)) throw new StoreUnavailable('silent')
        return told
      },
    },
    clock,
    onDeath: (replica) => dead.push(replica),
  })
  await clock.advance(3 * LEASE_MS)
  if (silent === 'members') isListed = false
  else seen.set(silent, undefined)
  await clock.advance(3 * LEASE_MS)
  seen.set(NEIGHBOUR, strike)
  await clock.advance(2 * LEASE_MS)
  const meanwhile = [...dead]
  if (silent === 'r3.a') {
    seen.set(silent, { ...alive, connected: false, leaseMs: 0 }) // its node is back, and it is not yet
    await clock.advance(LEASE_MS / 2)
    seen.set(silent, alive)
    await clock.advance(LEASE_MS)
  }
  return { meanwhile, inAll: dead }
}

const KILLED = { connected: false, leaseMs: LEASE_MS, owns: true }
const FROZEN = { connected: true, leaseMs: 0, owns: true }

test.each([
  ['killed', 'another one’s lease', KILLED, 'r3.a'],
  ['frozen', 'another one’s lease', FROZEN, 'r3.a'],
  ['frozen', 'the list of replicas', FROZEN, 'members'],
])(
  '[F2] [F4] one that is %s is found dead, and it alone, while the node with %s is silent',
  async (_, __, strike, silent) => {
    expect(await foundDead(strike, silent)).toEqual({ meanwhile: [NEIGHBOUR], inAll: [NEIGHBOUR] })
  },
)

test('[F2] where this replica itself cannot be seen, nobody is found dead', async () => {
  expect((await foundDead(KILLED, OWN)).inAll).toEqual([])
})

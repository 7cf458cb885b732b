import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { FailureDetector } from '../../src/conversation/failover/failure-detector.ts'
import { type BusMessage, noBus } from '../../src/ports/bus.ts'
import { silentLog } from '../../src/ports/log.ts'
import { type Liveness, noMembership } from '../../src/ports/membership.ts'
import { noMeter } from '../../src/ports/meter.ts'
import { HandClock } from '../support/hand-clock.ts'

const LEASE_MS = 1500
/** What a note or a call takes, in milliseconds. */
const WAY_MS = 1
const ALIVE: Liveness = { connected: true, leaseMs: LEASE_MS, owns: false }

let clock: HandClock
/** All that are listed, by address. */
let listed: Map<string, Liveness>
let detectors: Map<string, FailureDetector>
/** Deaths that operators are told of: who found it. */
let counted: string[]
/** Each replica that learnt of a death. */
let learnt: string[]
/** Whether the dead have left nothing to take over, so that they are removed as soon as their list was read. */
let leavesNothing: boolean

const onItsWay = () => new Promise<void>((resolve) => clock.after(WAY_MS, resolve))

function deliver(to: string, note: BusMessage): void {
  clock.after(WAY_MS, () => {
    if (note.kind === 'died') detectors.get(to)?.declareDead(note.replica)
    if (note.kind === 'owning') detectors.get(to)?.watchOwner(note.replica)
  })
}

function enter(address: string): void {
  listed.set(address, ALIVE)
  const liveness = async (addresses: readonly string[]) => {
    await onItsWay()
    return addresses.map((one) => listed.get(one) ?? { ...ALIVE, connected: false, leaseMs: 0 })
  }
  const detector = new FailureDetector({
    address,
    membership: {
      ...noMembership,
      members: async () => [...listed.keys()],
      liveness,
      connected: async (addresses) => (await liveness(addresses)).map(({ connected }) => connected),
    },
    bus: { ...noBus, send: deliver },
    clock,
    meter: { ...noMeter, deaths: () => counted.push(address) },
    log: silentLog,
    leaseMs: LEASE_MS,
    onDeath(replica) {
      learnt.push(address)
      if (leavesNothing) clock.after(2 * WAY_MS, () => remove(replica, detector))
    },
    onLapse() {},
  })
  detectors.set(address, detector)
  detector.start()
  onTestFinished(() => detector.stop())
}

function remove(replica: string, detector: FailureDetector): void {
  listed.delete(replica)
  detector.forget(replica)
}

function end(address: string, last: Liveness): void {
  listed.set(address, last)
  detectors.get(address)?.stop()
  detectors.delete(address)
}

beforeEach(async () => {
  clock = new HandClock()
  listed = new Map()
  detectors = new Map()
  counted = []
  learnt = []
  leavesNothing = false
  for (const address of ['r1.a', 'r2.a', 'r3.a']) enter(address)
  await clock.advance(3 * LEASE_MS)
})

const killed: Liveness = { connected: false, leaseMs: LEASE_MS, owns: true }
const frozen: Liveness = { connected: true, leaseMs: 0, owns: true }

test.each([
  ['killed', killed],
  ['killed while it owned nothing', { ...killed, owns: false }],
  ['frozen', frozen],
])('[F2] a replica that is %s is one death, however many watch it', async (_, last) => {
  end('r2.a', last)
  await clock.advance(2 * LEASE_MS)
  expect({ counted: counted.length, learnt: learnt.toSorted() }).toEqual({ counted: 1, learnt: ['r1.a', 'r3.a'] })
})

test.each([
  ['killed', { ...killed, owns: false }],
  ['frozen', { ...frozen, owns: false }],
])(
  '[F2] a replica that is %s and has left nothing is one death: whoever was about to look finds it done with',
  async (_, last) => {
    leavesNothing = true
    end('r2.a', last)
    await clock.advance(2 * LEASE_MS)
    expect(counted).toHaveLength(1)
  },
)

test('[F2] two that die together are two deaths, also where one of them watched the other', async () => {
  for (const address of ['r2.a', 'r3.a']) end(address, killed)
  await clock.advance(LEASE_MS)
  expect(counted).toEqual(['r1.a', 'r1.a'])
})

test('[F2] one that starts is told who is dead, and finds nobody a second time', async () => {
  end('r1.a', killed)
  await clock.advance(600)
  expect(counted).toHaveLength(1)
  enter('r1.b') // its next neighbour would be the one that it follows
  await clock.advance(2 * LEASE_MS)
  expect({ counted: counted.length, learnt: learnt.toSorted() }).toEqual({
    counted: 1,
    learnt: ['r1.b', 'r2.a', 'r3.a'],
  })
})

import { expect, test } from 'vitest'
import { silentLog } from '../../src/ports/log.ts'
import { StoreUnavailable } from '../../src/ports/session-store.ts'
import { StoreHealth } from '../../src/store/fallback/store-health.ts'
import { HandClock } from '../support/hand-clock.ts'

function outageOf(probe: () => Promise<void>) {
  const clock = new HandClock()
  const told: string[] = []
  const reasons: unknown[] = []
  const outage = new StoreHealth({
    clock,
    log: { ...silentLog, warn: (fields) => reasons.push(fields) },
    probe,
    onAway: () => told.push('away'),
    onBack: () => told.push('back'),
  })
  const decided = async () => {
    await outage.decided()
    told.push('decided')
  }
  return { clock, outage, told, reasons, decided }
}

const refuse = () => Promise.reject(new Error('refused'))

test('[G1] a store that takes a write within the doubtful second was never away', async () => {
  let failures = 5
  const { clock, outage, told, decided } = outageOf(() => (failures-- > 0 ? refuse() : Promise.resolve()))
  outage.failed(clock.now())
  void decided()
  await clock.advance(400)
  expect(told).toEqual([])
  await clock.advance(200)
  expect(told).toEqual(['decided'])
  expect(outage.isAway).toBe(false)
  expect(clock.pending).toBe(0)
})

test('[G1] one that takes none for a second is away, and whoever waited is let go only after that was told', async () => {
  let refuses = true
  const { clock, outage, told, decided } = outageOf(() => (refuses ? refuse() : Promise.resolve()))
  outage.failed(clock.now())
  void decided()
  await clock.advance(999)
  await clock.advance(101)
  expect(outage.isAway).toBe(true)
  expect(told).toEqual(['away', 'decided'])
  await decided()
  outage.failed(clock.now())
  await clock.advance(10_000)
  refuses = false
  await clock.advance(100)
  expect(told).toEqual(['away', 'decided', 'decided', 'back'])
  expect(outage.isAway).toBe(false)
})

test('[G1] [M3] a replica that stood still does not take the store for away: its connection is made anew first', async () => {
  let failures = 4
  const { clock, outage, told, decided } = outageOf(() => (failures-- > 0 ? refuse() : Promise.resolve()))
  outage.failed(clock.now() - 4000)
  void decided()
  await clock.advance(500)
  expect(told).toEqual(['decided'])
})

test('[G1] a store that hangs does not hold up the decision, nor the return', async () => {
  let hung = 0
  let hangs = true
  const { clock, outage, told } = outageOf(() => {
    hung++
    return hangs ? new Promise<void>(() => {}) : Promise.resolve()
  })
  outage.failed(clock.now() - 2000) // the call that failed had waited for so long
  await clock.advance(1000)
  expect(told).toEqual(['away'])
  await clock.advance(20_000)
  expect(hung, 'probes do not pile up').toBeLessThan(25)
  hangs = false
  await clock.advance(1100)
  expect(told).toEqual(['away', 'back'])
})

test.each([
  ['Redis says', new StoreUnavailable('not carried out', { cause: new Error('OOM not allowed') }), 'OOM not allowed'],
  ['the store itself says', new StoreUnavailable('a slot is moving'), 'a slot is moving'],
  ['the check of its rights says', new Error('Missing: +hset'), 'Missing: +hset'],
  ['silence is', null, 'no reply'],
])('[G1] the log says why the store is away: what %s', async (_, error, reason) => {
  const { clock, outage, reasons } = outageOf(() => (error === null ? new Promise(() => {}) : Promise.reject(error)))
  outage.failed(clock.now())
  await clock.advance(2500)
  expect(reasons).toEqual([{ reason }])
})

test('a closed one probes no more and keeps nobody waiting', async () => {
  const { clock, outage, told, decided } = outageOf(refuse)
  outage.failed(clock.now())
  void decided()
  await clock.advance(50)
  outage.close()
  await clock.advance(2000)
  expect(told).toEqual(['decided'])
  expect(clock.pending).toBe(0)
})

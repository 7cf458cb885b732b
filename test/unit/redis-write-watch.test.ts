import { expect, test } from 'vitest'
import { type Log, silentLog } from '../../src/ports/log.ts'
import type { RedisConnections } from '../../src/store/redis/connect.ts'
import { Keys } from '../../src/store/redis/keys.ts'
import { WriteWatch } from '../../src/store/redis/write-watch.ts'
import { HandClock } from '../support/hand-clock.ts'

/** A Cluster of two nodes: `leased` has this replica's lease, `other` the sessions. */
function watchOf({ nodeOf = () => 'other' }: { nodeOf?: (key: string) => string } = {}) {
  const clock = new HandClock()
  const keys = new Keys()
  const redis = { isFull: true, writes: [] as string[] }
  const told: object[] = []
  const log: Log = {
    ...silentLog,
    info: (fields, text) => told.push({ ...fields, text }),
    warn: (fields, text) => told.push({ ...fields, text }),
  }
  const commands = {
    async set(key: string) {
      redis.writes.push(key)
      if (redis.isFull) throw new Error('OOM command not allowed')
    },
  }
  const lease = keys.lease('r1.a')
  const nodes = { nameOf: (key: string) => (key === lease ? 'leased' : nodeOf(key)) }
  const connections = { commands, nodes, keys } as unknown as RedisConnections
  return { clock, redis, told, watch: new WriteWatch(connections, { address: 'r1.a', clock, log }) }
}

test('[G1] a master that refuses writes for over a second is told of once, with the reason, and so is its return', async () => {
  const { clock, redis, told, watch } = watchOf()
  for (let ms = 0; ms < 900; ms += 100) {
    watch.failed(`session:{${ms}}`)
    await clock.advance(100)
  }
  expect({ isRefused: watch.isRefused, told }).toEqual({ isRefused: false, told: [] })
  await clock.advance(60_000)
  watch.failed('session:{later}')
  const away = { node: 'other', reason: 'OOM command not allowed', text: expect.stringContaining('takes no writes') }
  expect({ isRefused: watch.isRefused, told }).toEqual({ isRefused: true, told: [away] })
  expect(new Set(redis.writes), 'one slot stands for the node').toEqual(new Set(['session:{0}:probe']))
  redis.isFull = false
  await clock.advance(250)
  expect({ isRefused: watch.isRefused, told, pending: clock.pending }).toEqual({
    isRefused: false,
    told: [away, { node: 'other', text: expect.stringContaining('takes writes again') }],
    pending: 0,
  })
})

test('[G7] calls that fail at a master that takes writes, as while slots move, are no outage', async () => {
  const { clock, redis, told, watch } = watchOf()
  redis.isFull = false
  for (let i = 0; i < 30; i++) {
    watch.failed('session:{a}')
    await clock.advance(100)
  }
  expect({ isRefused: watch.isRefused, told }).toEqual({ isRefused: false, told: [] })
})

test('[G1] of the master that has this replica’s lease others tell', async () => {
  const { clock, redis, told, watch } = watchOf({ nodeOf: () => 'leased' })
  watch.failed('session:{a}')
  await clock.advance(5000)
  expect({ writes: redis.writes, told }).toEqual({ writes: [], told: [] })
})

test('one that is closed writes no more, and says nothing', async () => {
  const { clock, redis, told, watch } = watchOf()
  watch.failed('session:{a}')
  await clock.advance(100)
  watch.close()
  await clock.advance(5000)
  expect({ writes: redis.writes.length, told, pending: clock.pending }).toEqual({ writes: 1, told: [], pending: 0 })
})

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { silentLog } from '../../src/ports/log.ts'
import { connectRedis } from '../../src/store/redis/connect.ts'
import { Keys } from '../../src/store/redis/keys.ts'
import { RedisSessionStore } from '../../src/store/redis/redis-store.ts'
import { TestRedisCluster } from '../support/redis-cluster.ts'
import { Traffic } from '../support/redis-traffic.ts'

const keys = new Keys()

/** A command's time limit, a second for the replicas, and what a busy machine adds. */
const LONGEST_MS = 20_000

let cluster: TestRedisCluster
const ends: (() => unknown)[] = []
beforeAll(async () => {
  cluster = await TestRedisCluster.start()
})
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})
afterAll(() => cluster?.stop())

async function traffic({ REDIS_WAIT = 0, failsOver = false } = {}) {
  const connections = await connectRedis({ REDIS_URL: cluster.urls, REDIS_WAIT }, silentLog)
  ends.push(connections.close)
  const store = new RedisSessionStore(connections, { ttlSeconds: 600, maxMessages: 10_000, log: silentLog })
  const running = new Traffic(store, { failsOver })
  ends.push(() => running.stop())
  await running.start(3)
  return { running, connections }
}

test('[G7] while redis-cli reshards the Cluster nobody is refused anything', async () => {
  const { running, connections } = await traffic()
  const states: string[] = []
  connections.onState((state) => states.push(state))
  await cluster.reshard(1000)
  await running.progress()
  await running.stop()
  expect(await running.differences()).toEqual([])
  expect({ refusals: running.refusals, states }).toEqual({ refusals: 0, states: [] })
})

test('[D1] while the slots of its sessions move, no append and no message is lost or doubled', async () => {
  const { running } = await traffic()
  for (let round = 0; round < 2; round++) {
    for (const { id } of running.talks) await cluster.moveSlotOf(keys.session(id))
    await running.progress()
  }
  await running.stop()
  expect(await running.differences()).toEqual([])
  expect(running.refusals, 'a move is no outage (G7)').toBe(0)
  expect(running.slowestMs).toBeLessThan(LONGEST_MS)
})

test('[M1] a master killed in the middle: nothing acknowledged is lost, and all goes on by itself', async () => {
  const { running, connections } = await traffic({ REDIS_WAIT: 1, failsOver: true })
  const persisted = () => running.talks.map((talk) => talk.persisted)
  expect(new Set(persisted())).toEqual(new Set([true]))

  const [talk] = running.talks
  const victim = await cluster.masterOf(keys.session(talk?.id ?? ''))
  await victim.kill()
  await expect.poll(() => connections.state()).toBe('away')
  await cluster.whole()
  await running.progress()
  await expect.poll(() => connections.state(), { timeout: 10_000 }).toBe('ready')
  expect(talk?.persisted, 'a master without a replica').toBe(false)

  await victim.restart()
  await cluster.whole()
  await expect.poll(() => new Set(persisted()), { timeout: 10_000 }).toEqual(new Set([true]))
  await running.stop()
  expect(await running.differences()).toEqual([])
  expect(running.refusals).toBeGreaterThan(0)
  expect(running.slowestMs).toBeLessThan(LONGEST_MS)
})

test('[G1] a frozen master costs bounded waits until it is replaced, and does no harm when it is back', async () => {
  const { running, connections } = await traffic({ REDIS_WAIT: 1, failsOver: true })
  const victim = await cluster.masterOf(keys.session(running.talks[0]?.id ?? ''))
  victim.freeze()
  await cluster.whole()
  await running.progress()
  victim.thaw()
  await cluster.whole()
  await running.progress()
  await expect.poll(() => connections.state(), { timeout: 10_000 }).toBe('ready')
  await running.stop()
  expect(await running.differences()).toEqual([])
  expect(running.slowestMs).toBeLessThan(LONGEST_MS)
})

test('[G1] a whole Cluster that is killed and started again is found again, and all goes on where it was', async () => {
  const { running, connections } = await traffic()
  await cluster.kill()
  await expect.poll(() => connections.state()).toBe('away')
  await expect(connections.commands.get('anything')).rejects.toThrow()
  await cluster.restart()
  await running.progress()
  await expect.poll(() => connections.state(), { timeout: 10_000 }).toBe('ready')
  await running.stop()
  expect(await running.differences()).toEqual([])
  expect(running.slowestMs).toBeLessThan(LONGEST_MS)
})

/** An address that leads to another master from now on, by DNS or a proxy, while the old one lives on as a copy. */
import { Redis } from 'ioredis'
import { afterEach, expect, test } from 'vitest'
import { silentLog } from '../../src/ports/log.ts'
import { RedisBus } from '../../src/store/redis/bus.ts'
import { connectRedis } from '../../src/store/redis/connect.ts'
import { RedisMembership } from '../../src/store/redis/membership.ts'
import { eventually } from '../support/conditions.ts'
import { startRedis } from '../support/redis.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function replica(port: number, address: string) {
  const connections = await connectRedis({ REDIS_URL: [`redis://127.0.0.1:${port}`] }, silentLog)
  ends.push(connections.close)
  const bus = new RedisBus(connections, { address, log: silentLog })
  ends.push(() => bus.close())
  await bus.start()
  const membership = new RedisMembership(connections, { address, leaseMs: 20_000 })
  await membership.start()
  return { connections, membership }
}

test('[F2] [G7] every connection follows, also those that only listen: replicas see each other as connected', async () => {
  const old = await startRedis()
  const next = await startRedis(['--replicaof', `127.0.0.1 ${old.port}`])
  const proxy = await startTcpProxy(old.port)
  const [oldAdmin, nextAdmin] = [new Redis(old.port), new Redis(next.port)]
  ends.push(
    old.stop,
    next.stop,
    proxy.stop,
    () => oldAdmin.disconnect(),
    () => nextAdmin.disconnect(),
  )
  const [a, b] = [await replica(proxy.port, 'a.1'), await replica(proxy.port, 'b.1')]
  await eventually('the copy is in step', async () => /master_link_status:up/.test(await nextAdmin.info('replication')))

  await nextAdmin.replicaof('NO', 'ONE')
  proxy.lead(next.port)
  await oldAdmin.replicaof('127.0.0.1', next.port)
  const alive = { connected: true, leaseMs: expect.any(Number), owns: false }
  const seen = async () => {
    await Promise.all([a.membership.renew(), b.membership.renew()])
    return a.membership.liveness(['a.1', 'b.1'])
  }
  await expect.poll(() => seen().catch(String), { timeout: 20_000 }).toEqual([alive, alive])
  expect(a.connections.state()).toBe('ready')
})

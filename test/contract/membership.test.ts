import { fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { silentLog } from '../../src/ports/log.ts'
import type { Membership, TrackedSession } from '../../src/ports/membership.ts'
import { StoreUnavailable } from '../../src/ports/session-store.ts'
import { RedisBus } from '../../src/store/redis/bus.ts'
import { connectRedis, type RedisConnections } from '../../src/store/redis/connect.ts'
import { Keys } from '../../src/store/redis/keys.ts'
import { RedisMembership } from '../../src/store/redis/membership.ts'
import { startRedis } from '../support/redis.ts'
import { TestRedisCluster } from '../support/redis-cluster.ts'

const keys = new Keys()

const MEMBER = join(import.meta.dirname, '../support/replica-member.ts')
const tolerant = { timeout: 10_000, interval: 5 }
const LONG_MS = 20_000
const alive = { connected: true, leased: true, owns: false }

async function single() {
  const server = await startRedis()
  return { urls: [server.url], stop: server.stop }
}

describe.each([
  { place: 'Redis', make: single },
  { place: 'a Redis Cluster', make: () => TestRedisCluster.start() },
])('the membership in $place', ({ make }) => {
  let redis: { readonly urls: readonly string[]; stop(): Promise<void> }
  const ends: (() => unknown)[] = []
  beforeAll(async () => {
    redis = await make()
  })
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end()
  })
  afterAll(() => redis?.stop())

  async function connect(): Promise<RedisConnections> {
    const connections = await connectRedis({ REDIS_URL: redis.urls }, silentLog)
    ends.push(connections.close)
    return connections
  }

  /** A replica in this process; what it enters, it takes out again. */
  async function member(name: string, leaseMs = LONG_MS) {
    const address = `${name}.${randomUUID().slice(0, 8)}`
    const connections = await connect()
    await new RedisBus(connections, { address, log: silentLog }).start()
    const membership = new RedisMembership(connections, { address, leaseMs })
    await membership.start()
    ends.push(async () => {
      for (const { sessionId } of await membership.sessionsOf(address)) await membership.untrack(sessionId, address)
      await membership.leave()
    })
    return { address, membership, connections }
  }

  /** A replica in a process of its own. */
  async function process_(name: string, leaseMs: number) {
    const address = `${name}.${randomUUID().slice(0, 8)}`
    const child = fork(MEMBER, [address, `${leaseMs}`, ...redis.urls], { stdio: 'inherit' })
    ends.push(() => child.kill('SIGKILL'))
    await once(child, 'message')
    return { address, child }
  }

  /** The pulses, with how long a lease lasts told as whether it does. */
  const felt = async (membership: Membership, ...addresses: string[]) =>
    (await membership.liveness(addresses)).map(
      (seen) => seen && { connected: seen.connected, leased: seen.leaseMs > 0, owns: seen.owns },
    )

  const ids = async (sessions: Promise<readonly TrackedSession[]>) =>
    (await sessions).map(({ sessionId }) => sessionId).sort()

  test('[F2] what was tracked is found until it is untracked, by everybody', async () => {
    const [a, b] = [await member('a'), await member('b')]
    await a.membership.track('s1')
    await Promise.all([a.membership.track('s2'), a.membership.track('s2'), b.membership.track('s3')])
    expect(await ids(b.membership.sessionsOf(a.address))).toEqual(['s1', 's2'])
    expect(await ids(a.membership.sessionsOf(b.address))).toEqual(['s3'])
    await a.membership.untrack('s1', a.address)
    await b.membership.untrack('s2', a.address)
    await b.membership.untrack('never', a.address)
    expect(await b.membership.sessionsOf(a.address)).toEqual([])
    expect(await b.membership.sessionsOf('nobody.0')).toEqual([])
  })

  test('[F2] what was taken from a replica stays to be found, and is its own again once it tracks it again', async () => {
    const [a, b] = [await member('a'), await member('b')]
    await a.membership.track('s1')
    await b.membership.take('s1', a.address)
    expect(await b.membership.sessionsOf(a.address)).toEqual([{ sessionId: 's1', taken: true }])
    await b.membership.remove(a.address)
    expect(await b.membership.members(), 'its last word may be on its way').toContain(a.address)
    await a.membership.track('s1')
    expect(await b.membership.sessionsOf(a.address)).toEqual([{ sessionId: 's1', taken: false }])
  })

  test('[F2] members are those that have entered, until they leave or are removed', async () => {
    const [a, b] = [await member('a'), await member('b')]
    expect([...(await a.membership.members())].sort()).toEqual([a.address, b.address].sort())
    await b.membership.leave()
    expect(await a.membership.members()).toEqual([a.address])
    await b.membership.renew()
    expect([...(await a.membership.members())].sort()).toEqual([a.address, b.address].sort())
    expect(await a.membership.remove(b.address), 'it has its lease').toBe(false)
    expect(await a.membership.members()).toContain(b.address)
    await b.connections.commands.del(keys.lease(b.address))
    expect(await a.membership.remove(b.address)).toBe(true)
    expect(await a.membership.members()).toEqual([a.address])
    await b.membership.track('s1')
    expect(await a.membership.members(), 'it lives after all').toContain(b.address)
  })

  test('[F2] who leaves, or is to be removed, with something tracked stays to be found', async () => {
    const [a, b] = [await member('a'), await member('b')]
    await b.membership.track('s1')
    await b.membership.leave()
    expect(await felt(a.membership, b.address)).toEqual([{ connected: true, leased: false, owns: true }])
    await a.membership.remove(b.address)
    expect(await a.membership.members()).toContain(b.address)
    expect(await ids(a.membership.sessionsOf(b.address))).toEqual(['s1'])
    await a.membership.untrack('s1', b.address)
    await a.membership.remove(b.address)
    expect(await a.membership.members()).not.toContain(b.address)
  })

  test('[F2] pulses are told in the order of the addresses, of strangers too', async () => {
    const [a, b] = [await member('a'), await member('b')]
    const nobody = { connected: false, leased: false, owns: false }
    expect(await felt(a.membership, b.address, 'nobody.0', a.address)).toEqual([alive, nobody, alive])
    expect(await felt(a.membership)).toEqual([])
  })

  test('[F2] two renewals at once enter nobody again', async () => {
    const a = await member('a')
    expect(await Promise.all([a.membership.renew(), a.membership.renew()])).toEqual([1, 1])
  })

  test('[F2] how long a lease lasts, and whether something is tracked, is told with the liveness', async () => {
    const [a, b] = [await member('a'), await member('b', 900)]
    const owns = async () => (await a.membership.liveness([b.address]))[0]?.owns
    expect(await owns()).toBe(false)
    await b.membership.track('s1')
    expect(await owns()).toBe(true)
    await b.membership.untrack('s1', b.address)
    expect(await owns()).toBe(false)
    await b.membership.renew()
    const [pulse] = await a.membership.liveness([b.address])
    expect(pulse?.leaseMs).toBeGreaterThan(0)
    expect(pulse?.leaseMs).toBeLessThanOrEqual(900)
    expect(await a.membership.connected([b.address, 'nobody.0', a.address])).toEqual([true, false, true])
  })

  test('[F2] a replica enters once, and again where its lease had run out or its entry was lost', async () => {
    const { address, membership, connections } = await member('a')
    const entries = await membership.renew()
    expect(await membership.renew()).toBe(entries)
    await connections.commands.del(keys.lease(address))
    expect(await membership.renew(), 'its lease had run out').toBe(entries + 1)
    await connections.commands.srem(keys.membership, address)
    await membership.members()
    expect(await membership.renew(), 'it was lost').toBe(entries + 2)
    expect(await membership.members()).toContain(address)
    expect(await membership.renew()).toBe(entries + 2)
  })

  test('[F2] while the list of replicas is out of reach, one whose lease stands goes on, and enters when it can', async () => {
    const { membership, connections } = await member('a')
    const entries = await membership.renew()
    const lost = new Error('Command timed out')
    vi.spyOn(connections.commands, 'set').mockRejectedValueOnce(lost)
    await expect(membership.renew()).rejects.toThrow()
    vi.spyOn(connections.commands, 'sadd').mockRejectedValueOnce(lost)
    expect(await membership.renew()).toBe(entries)
    expect(await membership.renew()).toBe(entries + 1)
    expect(await membership.renew()).toBe(entries + 1)
  })

  test('[F2] a replica that stops renewing loses its lease after LEASE_MS, by the clock of Redis', async () => {
    const [a, b] = [await member('a'), await member('b', 300)]
    await b.membership.renew()
    expect(await felt(a.membership, b.address)).toEqual([alive])
    const leased = async () => (await felt(a.membership, b.address))[0]?.leased
    const startedAt = performance.now()
    await b.membership.renew()
    await expect.poll(leased, tolerant).toBe(false)
    expect(performance.now() - startedAt).toBeGreaterThan(250)
    expect((await a.membership.liveness([b.address]))[0]?.connected, 'its process lives').toBe(true)
    await b.membership.renew()
    expect(await leased(), 'it is back').toBe(true)
  })

  test('[F2] a SIGKILL is felt at once, long before the lease ends', async () => {
    const a = await member('a')
    const victim = await process_('victim', LONG_MS)
    expect(await felt(a.membership, victim.address)).toEqual([alive])
    await a.membership.liveness([a.address])
    victim.child.kill('SIGKILL')
    await expect
      .poll(() => felt(a.membership, victim.address), tolerant)
      .toEqual([{ connected: false, leased: true, owns: false }])
    expect(await felt(a.membership, a.address), 'and only of the dead').toEqual([alive])
    await a.membership.remove(victim.address)
  })

  test('[F2] a SIGSTOP is felt by the lease alone', async () => {
    const a = await member('a')
    const frozen = await process_('frozen', 400)
    frozen.child.kill('SIGSTOP')
    await expect
      .poll(() => felt(a.membership, frozen.address), tolerant)
      .toEqual([{ connected: true, leased: false, owns: false }])
    frozen.child.kill('SIGCONT')
    await expect.poll(() => felt(a.membership, frozen.address), tolerant).toEqual([alive])
    frozen.child.kill('SIGKILL')
    await a.membership.remove(frozen.address)
  })

  test('[F2] one of its connections may be cut off, and the replica lives on', async () => {
    const [a, b] = [await member('a'), await member('b')]
    const node = a.connections.nodes.of(`replica:{${b.address}}`)
    const cut = async (name: string) => {
      const clients = String(await node.client('LIST')).split('\n')
      for (const line of clients.filter((each) => each.includes(` name=baton-${name}`))) {
        await node.client('KILL', 'ID', /^id=(\d+)/.exec(line)?.[1] ?? '')
      }
    }
    for (const name of ['bus', 'adapter', 'bus']) {
      await cut(name)
      for (let i = 0; i < 10; i++) expect(await felt(a.membership, b.address)).toEqual([alive])
      await expect.poll(() => b.connections.state(), tolerant).toBe('ready')
      await expect
        .poll(async () => (await node.call('PUBSUB', 'SHARDNUMSUB', `replica:{${b.address}}`)) as unknown[], tolerant)
        .toEqual([`replica:{${b.address}}`, 1])
      await expect
        .poll(
          async () => (await node.call('PUBSUB', 'SHARDNUMSUB', `replica:{${b.address}}:pulse`)) as unknown[],
          tolerant,
        )
        .toEqual([`replica:{${b.address}}:pulse`, 1])
    }
  })

  test('[F2] over a new connection the first answer is withheld: others may not be back yet', async () => {
    const [a, b] = [await member('a'), await member('b')]
    expect(await felt(a.membership, b.address)).toEqual([alive])
    const node = a.connections.nodes.of(`replica:{${b.address}}`)
    const states: string[] = []
    a.connections.onState((state) => states.push(state))
    await node.call('CLIENT', 'KILL', 'ID', String(await node.client('ID')), 'SKIPME', 'no').catch(() => {})
    await expect.poll(() => states, tolerant).toContain('away')
    await expect.poll(() => a.connections.state(), tolerant).toBe('ready')
    await expect(a.membership.liveness([b.address])).rejects.toBeInstanceOf(StoreUnavailable)
    expect(await felt(a.membership, b.address)).toEqual([alive])
  })

  test('[S3] nothing of it is without a TTL', async () => {
    const a = await member('a')
    await a.membership.track('s1')
    const names = [`replica:{${a.address}}:lease`, `replica:{${a.address}}:sessions`, 'replicas']
    for (const name of names) expect(await a.connections.commands.ttl(name), name).toBeGreaterThan(0)
  })
})

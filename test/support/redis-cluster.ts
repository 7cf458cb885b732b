import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import calculateSlot from 'cluster-key-slot'
import { Redis } from 'ioredis'
import { eventually } from './conditions.ts'
import { freePort, startRedis, type TestRedis } from './redis.ts'

const MASTERS = 3
const SLOTS = 16384
/** Short, so that a failover takes about a second and a half. */
const NODE_TIMEOUT_MS = 600

const OPTIONS = [
  ['--cluster-enabled', 'yes'],
  ['--cluster-node-timeout', `${NODE_TIMEOUT_MS}`],
  ['--cluster-replica-validity-factor', '0'],
  ['--repl-diskless-sync-delay', '0'],
  ['--repl-ping-replica-period', '1'],
].flat()

/** A lost election is held again after some seconds. */
const FAILOVER_MS = 40_000

/** A node and a connection to it for whoever arranges the test. */
interface Node {
  readonly server: TestRedis
  readonly admin: Redis
}

/** A slot on its way from one master to another. */
export interface SlotMove {
  /** Moves its keys, or `only` some. */
  migrate(only?: (key: string) => boolean): Promise<void>
  /** Makes the other master the slot's. All of its keys must have been moved. */
  finish(): Promise<void>
}

/** A real Redis Cluster of three masters with one replica each, on 127.0.0.1. */
export class TestRedisCluster {
  readonly #nodes: readonly Node[]

  static async start(): Promise<TestRedisCluster> {
    const servers = await Promise.all(
      Array.from({ length: 2 * MASTERS }, async () =>
        startRedis(async () => [...OPTIONS, '--cluster-port', `${await freePort()}`]),
      ),
    )
    const cluster = new TestRedisCluster(servers)
    try {
      await cluster.#create()
    } catch (error) {
      await cluster.stop()
      throw error
    }
    return cluster
  }

  private constructor(servers: readonly TestRedis[]) {
    this.#nodes = servers.map((server) => ({
      server,
      admin: new Redis(server.port, { retryStrategy: () => 50, maxRetriesPerRequest: null }).on('error', () => {}),
    }))
  }

  /** As `REDIS_URL` takes them. */
  get urls(): string[] {
    return this.#nodes.map(({ server }) => server.url)
  }

  /** The node that serves the key's slot, by its own word. */
  async masterOf(key: string): Promise<TestRedis> {
    return (await this.#masterOf(calculateSlot(key))).server
  }

  /** Moves the key's slot to another master, key by key, as a resharding does. */
  async moveSlotOf(key: string): Promise<void> {
    const move = await this.startMove(key)
    await move.migrate()
    await move.finish()
    await this.#agreed()
  }

  /** Has a replica take the place of its master, which lives, as operators ask for it. Resolves once it has. */
  async switchFrom(old: TestRedis): Promise<void> {
    for (const { admin } of this.#nodes) {
      const info = await admin.info('replication')
      if (/role:slave/.test(info) && info.includes(`master_port:${old.port}`)) await admin.call('CLUSTER', 'FAILOVER')
    }
    const isMaster = async () => (await this.#masters()).some(({ server }) => server === old)
    await eventually('the master has a successor', async () => !(await isMaster()))
    await this.#agreed()
  }

  /** Moves `slots` slots from one master to another as operators do. */
  async reshard(slots: number): Promise<void> {
    const [from, to] = await this.#masters()
    if (from === undefined || to === undefined) throw new Error('there are no two masters')
    const [fromId, toId] = [await from.admin.cluster('MYID'), await to.admin.cluster('MYID')] as [string, string]
    const ends = ['--cluster-from', fromId, '--cluster-to', toId, '--cluster-slots', `${slots}`, '--cluster-yes']
    await promisify(execFile)('redis-cli', ['--cluster', 'reshard', `127.0.0.1:${from.server.port}`, ...ends], {
      maxBuffer: 64 * 1024 * 1024,
    })
    await this.whole()
  }

  /** The same step by step: the slot is on its way until `finish`. */
  async startMove(key: string): Promise<SlotMove> {
    const slot = calculateSlot(key)
    const from = await this.#masterOf(slot)
    const masters = await this.#masters()
    const to = masters.find((node) => node !== from) ?? from
    const [fromId, toId] = [await from.admin.cluster('MYID'), await to.admin.cluster('MYID')] as [string, string]
    await to.admin.cluster('SETSLOT', slot, 'IMPORTING', fromId)
    await from.admin.cluster('SETSLOT', slot, 'MIGRATING', toId)
    return {
      async migrate(only = () => true) {
        const keys = (await from.admin.cluster('GETKEYSINSLOT', slot, 1000)) as string[]
        for (const each of keys.filter(only)) {
          await from.admin.call('MIGRATE', '127.0.0.1', to.server.port, '', 0, 1000, 'KEYS', each)
        }
      },
      async finish() {
        const others = masters.filter((node) => node !== to && node !== from)
        for (const { admin } of [to, from, ...others]) await admin.cluster('SETSLOT', slot, 'NODE', toId)
      },
    }
  }

  /** Resolves once all slots are served by three masters that are up, and every replica that is up is in step. */
  async whole(): Promise<void> {
    await eventually(
      'the cluster is whole',
      async () => {
        const running = this.#up()
        const states = await Promise.all(running.map(({ admin }) => admin.cluster('INFO') as Promise<string>))
        if (!states.every((info) => /cluster_state:ok/.test(info))) return false
        const roles = await Promise.all(running.map(({ admin }) => admin.info('replication')))
        const masters = roles.filter((info) => /role:master/.test(info))
        return (
          masters.length === MASTERS &&
          roles.every((info) => /role:master/.test(info) || /master_link_status:up/.test(info)) &&
          (running.length < this.#nodes.length || masters.every((info) => /slave0:.*state=online/.test(info)))
        )
      },
      FAILOVER_MS,
    )
  }

  /** SIGKILL of every node. */
  async kill(): Promise<void> {
    await Promise.all(this.#nodes.map(({ server }) => server.kill()))
  }

  /** Starts all of them again with what they had. Resolves once they are whole. */
  async restart(): Promise<void> {
    await Promise.all(this.#nodes.map(({ server }) => server.restart()))
    await this.whole()
  }

  async stop(): Promise<void> {
    for (const { admin } of this.#nodes) admin.disconnect()
    await Promise.all(this.#nodes.map(({ server }) => server.stop()))
  }

  async #create(): Promise<void> {
    const [first] = this.#nodes
    if (first === undefined) return
    await Promise.all(this.#nodes.map(({ admin }, i) => admin.cluster('SET-CONFIG-EPOCH', i + 1)))
    const masters = this.#nodes.slice(0, MASTERS)
    await Promise.all(
      masters.map(({ admin }, i) => {
        const [from, to] = [Math.floor((i * SLOTS) / MASTERS), Math.floor(((i + 1) * SLOTS) / MASTERS) - 1]
        return admin.call('CLUSTER', 'ADDSLOTSRANGE', from, to)
      }),
    )
    for (const { server, admin } of this.#nodes.slice(1)) {
      const [, busPort] = (await admin.config('GET', 'cluster-port')) as [string, string]
      await first.admin.call('CLUSTER', 'MEET', '127.0.0.1', server.port, busPort)
    }
    await eventually('all nodes know each other', async () => {
      const lists = await Promise.all(this.#nodes.map(({ admin }) => admin.cluster('NODES') as Promise<string>))
      return lists.every((list) => list.trim().split('\n').length === this.#nodes.length && !/handshake/.test(list))
    })
    await Promise.all(
      masters.map(async ({ admin }, i) => {
        const id = (await admin.cluster('MYID')) as string
        await this.#nodes[MASTERS + i]?.admin.cluster('REPLICATE', id)
      }),
    )
    await this.whole()
  }

  /**
   * Resolves once all nodes say the same of all slots and epochs. A slot that moves on before that may be claimed with an
   * epoch that its new master has not heard of: then each of the two sends clients to the other, for good.
   */
  async #agreed(): Promise<void> {
    await eventually('all nodes agree who serves what', async () => {
      const views = await Promise.all(this.#up().map(({ admin }) => admin.cluster('NODES') as Promise<string>))
      return new Set(views.map(claimsIn)).size === 1
    })
  }

  #up(): Node[] {
    return this.#nodes.filter(({ server }) => server.up)
  }

  async #masters(): Promise<Node[]> {
    const running = this.#up()
    const roles = await Promise.all(running.map(({ admin }) => admin.info('replication')))
    return running.filter((_, i) => /role:master/.test(roles[i] ?? ''))
  }

  async #masterOf(slot: number): Promise<Node> {
    for (const node of await this.#masters()) {
      const ranges = await node.admin.cluster('SLOTS')
      const own = ranges.find(([from, to]) => from <= slot && slot <= to)
      if (own?.[2]?.[1] === node.server.port) return node
    }
    throw new Error(`nobody serves slot ${slot}`)
  }
}

/** Of a reply to CLUSTER NODES: each node's epoch and slots, without what only the asked one knows of a slot on its way. */
function claimsIn(nodes: string): string {
  const lines = nodes
    .trim()
    .split('\n')
    .map((line) => line.split(' '))
  return lines
    .map(([id, , , , , , epoch, , ...slots]) => `${id} ${epoch} ${slots.filter((slot) => !slot.startsWith('['))}`)
    .sort()
    .join('\n')
}

/** The masters of a real Redis Cluster that has nothing else: while one is down, its slots are. */
export async function startMasters(count: number, options: readonly string[] = []): Promise<TestRedis[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, () =>
      startRedis(async () => [
        ...['--cluster-enabled', 'yes', '--cluster-port', `${await freePort()}`],
        ...['--cluster-announce-ip', '127.0.0.1'], // which it learns from other nodes elsewhere
        ...['--cluster-require-full-coverage', 'no'],
        ...options,
      ]),
    ),
  )
  const admins = servers.map(({ port }) => new Redis(port))
  try {
    const share = SLOTS / count
    for (const [i, admin] of admins.entries()) {
      await admin.cluster('SET-CONFIG-EPOCH', i + 1)
      await admin.call('CLUSTER', 'ADDSLOTSRANGE', Math.floor(i * share), Math.floor((i + 1) * share) - 1)
      const [, busPort] = (await admin.config('GET', 'cluster-port')) as [string, string]
      await admins[0]?.call('CLUSTER', 'MEET', '127.0.0.1', servers[i]?.port ?? 0, busPort)
    }
    await eventually('all of them serve, and know each other', async () => {
      const states = await Promise.all(admins.map((admin) => admin.cluster('INFO') as Promise<string>))
      return states.every((info) => /cluster_state:ok/.test(info) && info.includes(`cluster_slots_ok:${SLOTS}`))
    })
  } finally {
    for (const admin of admins) admin.disconnect()
  }
  return servers
}

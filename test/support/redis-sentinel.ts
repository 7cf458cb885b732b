import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { eventually } from './conditions.ts'
import { freePort, spawnRedis, startRedis, type TestRedis } from './redis.ts'

const SENTINELS = 3
export const REPLICAS = 2
/** The group's name. */
export const MASTER = 'chat'
/** Short, so that a failover takes about a second. */
const DOWN_AFTER_MS = 400
/** What each Sentinel waits longer than the one before: the three do not stand for election all at once, which nobody would win. */
const APART_MS = 200
/** Between two hellos of a Sentinel, and while a failover is to take long. */
const [HELLO_MS, SELDOM_MS] = [100, 2000]

/** A lost election is held again after some seconds. */
const FAILOVER_MS = 40_000

/** A real Sentinel group of three Sentinels, a master and two replicas, on 127.0.0.1. */
export class TestSentinelGroup {
  readonly #servers: readonly TestRedis[]
  readonly #sentinels: Sentinel[] = []

  static async start(): Promise<TestSentinelGroup> {
    const options = ['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1']
    const master = await startRedis(options)
    const replicas = await Promise.all(
      Array.from({ length: REPLICAS }, () => startRedis([...options, '--replicaof', `127.0.0.1 ${master.port}`])),
    )
    const group = new TestSentinelGroup([master, ...replicas])
    try {
      await group.whole(master)
      for (let i = 0; i < SENTINELS; i++)
        group.#sentinels.push(await startSentinel(master.port, DOWN_AFTER_MS + i * APART_MS))
      await eventually('the Sentinels know each other', () => group.#isWatched())
    } catch (error) {
      await group.stop()
      throw error
    }
    return group
  }

  private constructor(servers: readonly TestRedis[]) {
    this.#servers = servers
  }

  /** `REDIS_SENTINELS` and `REDIS_MASTER`, as the settings have them. */
  get settings(): { REDIS_SENTINELS: string[]; REDIS_MASTER: string } {
    return { REDIS_SENTINELS: this.#sentinels.map(({ port }) => `127.0.0.1:${port}`), REDIS_MASTER: MASTER }
  }

  /** The master, by the word of a Sentinel. */
  async master(): Promise<TestRedis> {
    const [sentinel] = this.#sentinels
    if (sentinel === undefined) throw new Error('there is no Sentinel')
    const [, port] = (await sentinel.admin.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', MASTER)) as [string, string]
    const master = this.#servers.find((server) => server.port === Number(port))
    if (master === undefined) throw new Error(`no server at ${port}`)
    return master
  }

  /**
   * Has a replica promoted. The old master lives, and takes writes `meanwhile`: Sentinels that say hello so seldom wait for
   * four hellos before they make it a copy.
   */
  async failOver(meanwhile: (old: TestRedis, promoted: TestRedis) => Promise<void>): Promise<void> {
    const old = await this.master()
    const [sentinel] = this.#sentinels
    try {
      for (const { admin } of this.#sentinels) await admin.call('SENTINEL', 'DEBUG', 'PUBLISH-PERIOD', SELDOM_MS)
      // Refused while no replica is known to be fit.
      await eventually('a failover begins', () =>
        sentinel?.admin.call('SENTINEL', 'FAILOVER', MASTER).catch(() => null),
      )
      await meanwhile(old, await this.promoted(old))
    } finally {
      for (const { admin } of this.#sentinels) await admin.call('SENTINEL', 'DEBUG', 'PUBLISH-PERIOD', HELLO_MS)
    }
  }

  /** The servers that are not the master. */
  async replicas(): Promise<TestRedis[]> {
    const master = await this.master()
    return this.#servers.filter((server) => server !== master)
  }

  /** Resolves once a Sentinel names another master than `old`. */
  async promoted(old: TestRedis): Promise<TestRedis> {
    return eventually(
      'a replica was promoted',
      async () => {
        const master = await this.master()
        return master !== old && master
      },
      FAILOVER_MS,
    )
  }

  /** Resolves once every server that is up replicates the master. */
  async whole(master: TestRedis): Promise<void> {
    const others = this.#servers.filter((server) => server !== master && server.up).length
    const admin = new Redis(master.port)
    try {
      await eventually('all replicas are in step', async () => {
        const online = (await admin.info('replication')).match(/^slave\d+:.*state=online/gm) ?? []
        return online.length === others
      })
    } finally {
      admin.disconnect()
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#sentinels.map((sentinel) => sentinel.stop()))
    await Promise.all(this.#servers.map((server) => server.stop()))
  }

  async #isWatched(): Promise<boolean> {
    const views = await Promise.all(this.#sentinels.map(({ admin }) => admin.call('SENTINEL', 'MASTER', MASTER)))
    return views.every((view) => {
      const flat = view as string[]
      const of = (name: string) => Number(flat[flat.indexOf(name) + 1])
      return of('num-slaves') === REPLICAS && of('num-other-sentinels') === SENTINELS - 1
    })
  }
}

export interface Sentinel {
  readonly port: number
  readonly admin: Redis
  stop(): Promise<void>
}

/** A Sentinel that believes the server at `masterPort` to be the group's master. */
export async function startSentinel(masterPort: number, downAfterMs: number): Promise<Sentinel> {
  const directory = mkdtempSync(join(tmpdir(), 'baton-sentinel-'))
  const port = await freePort()
  const file = join(directory, 'sentinel.conf') // which it writes what it learns into
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${directory}`,
    `sentinel monitor ${MASTER} 127.0.0.1 ${masterPort} 2`,
    `sentinel down-after-milliseconds ${MASTER} ${downAfterMs}`,
    `sentinel failover-timeout ${MASTER} 1000`,
  ]
  writeFileSync(file, `${lines.join('\n')}\n`)
  const process_: ChildProcess = await spawnRedis([file, '--sentinel'], '+monitor master')
  const leaveNothing = () => process_.kill('SIGKILL')
  process.once('exit', leaveNothing)
  const admin = new Redis(port, { retryStrategy: () => 50, maxRetriesPerRequest: null }).on('error', () => {})
  // Says hello, and looks, more often than every two seconds and ten.
  await admin.call(
    'SENTINEL',
    'DEBUG',
    'PUBLISH-PERIOD',
    HELLO_MS,
    'INFO-PERIOD',
    200,
    'PING-PERIOD',
    100,
    'ASK-PERIOD',
    100,
  )
  return {
    port,
    admin,
    async stop() {
      admin.disconnect()
      const gone = once(process_, 'exit')
      if (process_.kill('SIGKILL')) await gone
      process.off('exit', leaveNothing)
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { Keys } from '../../../src/store/redis/keys.ts'
import type { Random } from '../../simulation/random.ts'
import type { Cluster } from '../../support/cluster.ts'
import { eventually } from '../../support/conditions.ts'
import type { TestRedis } from '../../support/redis.ts'
import type { Replica } from '../../support/replica.ts'
import type { ReplicatedRedis } from '../../support/replicated-redis.ts'
import type { Participant } from './participant.ts'

export const FAULTS = [
  'kill',
  'kill all',
  'freeze',
  'drain',
  'drain and kill',
  'nginx reload',
  'provider cut',
  'client drop',
  'redis kill',
  'redis freeze',
  'redis full',
  'disk full',
  'scripts flushed',
  'key lost',
  'clock set',
  'cut off',
  'slots moved',
] as const
/** Of a Redis whose masters are replaced, in place of those of a single one. */
export const MASTER_FAULTS = ['master kill', 'master freeze', 'master switch'] as const
export type FaultName = (typeof FAULTS)[number] | (typeof MASTER_FAULTS)[number]

/** How often each comes beside the others. */
const WEIGHTS: Readonly<Record<FaultName, number>> = {
  kill: 30,
  'kill all': 1,
  freeze: 4,
  drain: 3,
  'drain and kill': 1,
  'nginx reload': 2,
  'provider cut': 3,
  'client drop': 5,
  'redis kill': 1,
  'redis freeze': 1,
  'redis full': 1,
  'disk full': 1,
  'scripts flushed': 3,
  'key lost': 2,
  'clock set': 3,
  'cut off': 1,
  'slots moved': 3,
  'master kill': 2,
  'master freeze': 1,
  'master switch': 2,
}

/** After a key was lost, for the end of its answer (G6: LEASE_MS and 5 s, of which the checker waits 5 s itself). */
const LOSS_MS = 2000

const keys = new Keys()

/** How often a replica is started that finds no Redis, or its port taken. */
const START_LIMIT = 20

/** They disturb Redis itself, or the way to it. */
export const REDIS_FAULTS: readonly FaultName[] = [
  'redis kill',
  'redis freeze',
  'redis full',
  'disk full',
  'key lost',
  'cut off',
  ...MASTER_FAULTS,
]

/** They need a single Redis. */
export const OF_SINGLE_REDIS: readonly FaultName[] = [
  'redis kill',
  'redis freeze',
  'redis full',
  'disk full',
  'scripts flushed',
  'key lost',
  'cut off',
]

/** They end a process by SIGKILL. */
export const SIGKILLS: readonly FaultName[] = ['kill', 'kill all', 'drain and kill', 'redis kill', 'master kill']

export interface FaultSurroundings {
  readonly cluster: Cluster
  /** Where it serves in place of the cluster's own Redis. */
  readonly replicated: ReplicatedRedis | null
  readonly random: Random
  readonly people: () => readonly Participant[]
  /** Called just before a replica is struck. */
  readonly strike: (what: FaultName, target: string) => Promise<void>
}

/** Makes faults, several at a time, and undoes each after a while. At least one replica is left alone, but for `kill all`. */
export class Faults {
  readonly #around: FaultSurroundings
  /** Each name as often as its weight says. */
  readonly #lots: readonly FaultName[]
  readonly #struck = new Set<Replica>()
  readonly #mayLackRedis: boolean
  readonly #underWay = new Set<Promise<void>>()
  readonly #failures: unknown[] = []
  #redisIsStruck = false

  constructor(around: FaultSurroundings, names: readonly FaultName[]) {
    this.#around = around
    this.#mayLackRedis = names.some((name) => REDIS_FAULTS.includes(name))
    this.#lots = names.flatMap((name) => Array<FaultName>(WEIGHTS[name]).fill(name))
  }

  /** Starts one; it is undone by itself. */
  next(): void {
    const name = this.#around.random.pick(this.#lots)
    if (name === undefined) return
    const work = this.#make(name)
      .catch((error: unknown) => this.#failures.push(error))
      .then(() => void this.#underWay.delete(work))
    this.#underWay.add(work)
  }

  /** Resolves once everything that was struck is as it was; rejects where that could not be done. */
  async settle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay)
    if (this.#failures.length > 0) throw new AggregateError(this.#failures, this.#failures.map(String).join('\n'))
  }

  async #make(name: FaultName): Promise<void> {
    const { cluster, random, people, strike } = this.#around
    switch (name) {
      case 'kill':
        return this.#onReplica(name, (replica) => this.#kill(replica))
      case 'kill all': {
        const living = cluster.replicas.filter((replica) => !this.#struck.has(replica))
        if (living.length < cluster.replicas.length) return
        await Promise.all(living.map((replica) => this.#on(name, replica, () => this.#kill(replica))))
        return
      }
      case 'freeze':
        return this.#onReplica(name, async (replica) => {
          replica.freeze()
          await pause(random.between(200, 4000))
          replica.thaw()
        })
      case 'drain':
        return this.#onReplica(name, async (replica) => {
          await replica.drain()
          await this.#start(replica)
        })
      case 'drain and kill':
        return this.#onReplica(name, async (replica) => {
          replica.drain().catch(() => {}) // it does not end well, but with the kill
          await pause(random.between(0, 100))
          await this.#kill(replica)
        })
      case 'nginx reload':
        await strike(name, 'nginx')
        process.kill(cluster.front.pid, 'SIGHUP')
        return
      case 'provider cut':
        await strike(name, 'model')
        return cluster.model.dropConnections()
      case 'client drop': {
        const person = random.pick(people())
        await strike(name, person?.name ?? '')
        return person?.drop()
      }
      case 'redis kill':
        return this.#onRedis(name, async () => {
          await cluster.redis.kill()
          await pause(random.between(0, 3000))
          await cluster.redis.restart()
        })
      case 'redis freeze':
        return this.#onRedis(name, async () => {
          cluster.redis.freeze()
          await pause(random.between(200, 5000))
          cluster.redis.thaw()
        })
      case 'redis full':
        return this.#onRedis(name, async (redis) => {
          const used = Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1])
          await redis.config('SET', 'maxmemory', used + random.int(0, 100_000)) // at once, or with what comes
          await pause(random.between(500, 5000))
          await redis.config('SET', 'maxmemory', 0)
        })
      case 'disk full':
        return this.#onRedis(name, async (redis) => {
          cluster.redis.fillDisk()
          await pause(random.between(500, 5000))
          cluster.redis.freeDisk()
          const isWell = async () => (await redis.info('persistence')).includes('aof_last_write_status:ok')
          await eventually('Redis writes its file again', isWell)
        })
      case 'scripts flushed':
        return this.#onRedis(name, async (redis) => void (await redis.script('FLUSH')))
      case 'key lost':
        return this.#loseKey()
      case 'clock set': {
        const number = random.int(0, cluster.replicas.length - 1)
        await strike(name, `r${number + 1}`)
        cluster.clock(number).step(random.pick([-1, 1]))
        await pause(random.between(200, 5000))
        return cluster.clock(number).step(0)
      }
      case 'slots moved':
        return this.#onReplicated(async (session, redis) => {
          const client = redis.connect()
          const replicas = await client.smembers(keys.membership)
          client.disconnect()
          const key = random.pick([session, session, ...replicas.map((address) => keys.bus(address))]) // with who listens there
          await strike(name, key)
          await redis.moveSlotOf?.(key)
        })
      case 'master kill':
        return this.#onMaster(name, async (master, { replaced }) => {
          await master.kill()
          await replaced(master)
          await master.restart()
        })
      case 'master freeze':
        return this.#onMaster(name, async (master, { replaced }) => {
          master.freeze()
          await replaced(master)
          master.thaw()
        })
      // As an operator asks for it: the old master lives, and may take writes for a while.
      case 'master switch':
        return this.#onMaster(name, (master, { switchFrom }) => switchFrom(master))
      case 'cut off': {
        const number = random.int(0, cluster.replicas.length - 1)
        await strike(name, `r${number + 1}`)
        cluster.wire(number).cut()
        await pause(random.between(200, 5000))
        return cluster.wire(number).mend()
      }
    }
  }

  async #kill(replica: Replica): Promise<void> {
    await replica.kill()
    await pause(this.#around.random.between(100, 1500))
    await this.#start(replica)
  }

  /** As the supervisor does it (R2): a replica that cannot start is started again. */
  async #start(replica: Replica): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await replica.start()
      } catch (error) {
        const mayFail = this.#mayLackRedis || String(error).includes('EADDRINUSE') // its port served a connection meanwhile
        if (!mayFail || tries === START_LIMIT) throw error
      }
    }
  }

  /** On one that is left alone so far, if there is another. */
  async #onReplica(name: FaultName, make: (replica: Replica) => Promise<void>): Promise<void> {
    const living = this.#around.cluster.replicas.filter((replica) => !this.#struck.has(replica))
    const replica = this.#around.random.pick(living)
    if (living.length > 1 && replica !== undefined) await this.#on(name, replica, () => make(replica))
  }

  async #on(name: FaultName, replica: Replica, make: () => Promise<void>): Promise<void> {
    this.#struck.add(replica)
    await this.#around.strike(name, replica.id)
    await make()
    this.#struck.delete(replica)
  }

  /** Redis evicts it, or an operator deletes it: of a session whose answer runs any, else the list of who watches. */
  async #loseKey(): Promise<void> {
    const { random, people, strike } = this.#around
    const id = random.pick(people())?.sessionId
    if (this.#redisIsStruck || typeof id !== 'string') return
    await this.#alone(async (redis) => {
      const epoch = await redis.hget(keys.answer(id), 'epoch')
      const [session, ids, answer, watchers, textPrefix] = keys.ofSession(id)
      const ofAnswer = [session, ids, answer, `${textPrefix}${epoch}`]
      const key = random.pick([watchers, ...(epoch === null ? [] : ofAnswer)])
      await strike('key lost', key)
      await redis.del(key)
      await pause(LOSS_MS)
    })
  }

  async #onRedis(name: FaultName, make: (redis: Redis) => Promise<void>): Promise<void> {
    if (this.#redisIsStruck) return
    await this.#alone(async (redis) => {
      await this.#around.strike(name, 'redis')
      await make(redis)
    })
  }

  /** Of somebody's session. It is replaced, comes back as a copy, and the next fault waits until all are in step. */
  async #onMaster(name: FaultName, make: (master: TestRedis, redis: ReplicatedRedis) => Promise<void>): Promise<void> {
    await this.#onReplicated(async (session, redis) => {
      const master = await redis.masterOf(session)
      await this.#around.strike(name, `redis at ${master.port}`)
      await make(master, redis)
    })
  }

  async #onReplicated(make: (session: string, redis: ReplicatedRedis) => Promise<void>): Promise<void> {
    const { replicated, random, people } = this.#around
    const id = random.pick(people())?.sessionId
    if (this.#redisIsStruck || replicated === null || typeof id !== 'string') return
    this.#redisIsStruck = true
    await make(keys.session(id), replicated)
    await replicated.whole()
    this.#redisIsStruck = false
  }

  /** One at a time: nothing else befalls Redis meanwhile. */
  async #alone(make: (redis: Redis) => Promise<void>): Promise<void> {
    this.#redisIsStruck = true
    const redis = new Redis(this.#around.cluster.redis.url).on('error', () => {}) // it is among what is broken
    await make(redis)
    redis.disconnect()
    this.#redisIsStruck = false
  }
}

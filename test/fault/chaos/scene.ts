import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { Keys } from '../../../src/store/redis/keys.ts'
import type { RedisClient } from '../../../src/store/redis/nodes.ts'
import type { Random } from '../../simulation/random.ts'
import type { Cluster } from '../../support/cluster.ts'
import { eventually, within } from '../../support/conditions.ts'
import type { LogLine, Replica } from '../../support/replica.ts'
import type { ReplicatedRedis } from '../../support/replicated-redis.ts'
import { immortalKeys } from '../redis-contents.ts'
import type { FaultName } from './faults.ts'
import type { Apart, Entry, History, StoredState } from './history.ts'
import type { Participant, Surroundings } from './participant.ts'
import { Person } from './person.ts'
import { SdkPerson } from './sdk-person.ts'
import { answerTo, plain, tokensOf } from './speech.ts'
import { differenceOf, readSession } from './stored.ts'

const keys = new Keys()

/** After the last fault: for answers to end, and for clients to have it. */
const SETTLE_MS = 45_000
/** After Redis takes writes again everybody who is connected holds what it holds (G6). */
const CONVERGE_MS = 5000
/** Owners that an answer may cost before it is given up (F4), counted as log lines. */
const TAKEOVERS = 6
export const TOKEN_MS = 12

export interface Counts {
  readonly faults: ReadonlyMap<string, number>
  readonly answers: number
  readonly characters: number
}

export interface SceneResult {
  readonly history: History
  readonly counts: Counts
}

export interface Guest {
  /** Null for who begins a session of its own. */
  readonly sessionId?: string
  /** Where it goes as long as that runs; otherwise anywhere, each time that it connects. */
  readonly home?: Replica
}

/** A cluster with people in it, and the book in which everything is entered that is done, seen and logged. */
export class Scene {
  readonly cluster: Cluster
  /** Serves in place of the cluster's own Redis where it is there. */
  readonly replicated: ReplicatedRedis | null
  /** What comes before each token of the model; requests to it are counted from 0, as are the tokens of each. */
  beforeToken: (request: number, token: number) => Promise<unknown> = () => pause(TOKEN_MS)
  readonly #random: Random
  readonly #redisIsStruck: boolean
  readonly #redis: RedisClient
  readonly #startedAt = Date.now()
  readonly #heard: readonly number[]
  readonly #entries: Entry[] = []
  readonly #readers = new Set<(entry: Entry) => void>()
  readonly #people: Participant[] = []
  readonly #apart: Apart[] = []
  readonly #waiting = new Set<string>()
  readonly #faults = new Map<string, number>()
  readonly #over = new AbortController()
  #sockets = 0
  #requests = 0
  #answers = 0
  #characters = 0

  /** `redisIsStruck`: Redis, or the way to it, is among what will be disturbed. */
  constructor(cluster: Cluster, random: Random, redisIsStruck: boolean, replicated: ReplicatedRedis | null = null) {
    this.cluster = cluster
    this.replicated = replicated
    this.#random = random
    this.#redisIsStruck = redisIsStruck
    this.#heard = cluster.replicas.map(({ logs }) => logs.length)
    this.#redis = replicated?.connect() ?? new Redis(cluster.redis.url, { maxRetriesPerRequest: null })
    this.#redis.on('error', () => {}) // it is among what is broken
    cluster.model.script(({ turns, continues }) => this.#say(turns.at(-1)?.content ?? '', continues?.length ?? 0))
  }

  get people(): readonly Participant[] {
    return this.#people
  }

  invite(name: string, { sessionId, home }: Guest = {}): Person {
    const { cluster } = this
    const direct = cluster.replicas.map(({ id, url }) => ({ name: id, url }))
    const front = { name: 'nginx', url: cluster.urlOf('nginx') }
    const anywhere = [...direct, ...direct.map(() => front)]
    const sockets = {
      places: () => (home?.running ? direct.filter((place) => place.name === home.id) : anywhere),
      nextSocket: () => ++this.#sockets,
    }
    const person = new Person(name, { ...this.#surroundings(), ...sockets }, sessionId)
    this.#people.push(person)
    return person
  }

  /** Somebody with the SDK, who comes through nginx. */
  inviteSdk(name: string, { sessionId }: Guest = {}): SdkPerson {
    const person = new SdkPerson(name, this.cluster.urlOf('nginx'), this.#surroundings(), sessionId)
    this.#people.push(person)
    return person
  }

  /** The person waits for something until `work` is done; if that is never, the checker finds it (F4). */
  async owe<T>({ name }: Participant, work: () => Promise<T>): Promise<T> {
    this.#waiting.add(name)
    const result = await work()
    this.#waiting.delete(name)
    return result
  }

  answered(characters: number): void {
    this.#answers++
    this.#characters += characters
  }

  /** To be called at each fault, just before it is made. What is struck is in the book at once unless that is a replica. */
  async strike(what: FaultName, target: string): Promise<void> {
    this.#faults.set(what, (this.#faults.get(what) ?? 0) + 1)
    const isReplica = this.cluster.replicas.some(({ id }) => id === target)
    const owned = isReplica && what !== 'cut off' && what !== 'clock set' ? await this.#ownedBy(target) : []
    this.#enter({ kind: 'fault', at: Date.now() - this.#startedAt, what, target, owned })
  }

  /** Resolves in the very moment in which such an entry is made. */
  next(matches: (entry: Entry) => boolean): Promise<Entry> {
    const { promise, resolve } = Promise.withResolvers<Entry>()
    const read = (entry: Entry): void => {
      if (!matches(entry)) return
      this.#readers.delete(read)
      resolve(entry)
    }
    this.#readers.add(read)
    return promise
  }

  /** Lets the last answers end, and gives what there is to check; what does not end is for the checker to find. */
  async finish(talks: readonly Promise<unknown>[], settleMs = SETTLE_MS): Promise<SceneResult> {
    await this.#converge('five seconds after everything was mended')
    await within('the last answers end', Promise.all(talks), settleMs).catch(() => {})
    const isQuiet = async () => [...(await this.#stored()).values()].every(({ owner }) => owner === null)
    await eventually('every answer has ended', isQuiet, settleMs).catch(() => {})
    await this.#converge('five seconds after the last answer')
    for (const [i, { logs }] of this.cluster.replicas.entries()) this.#readLogs(logs.slice(this.#heard[i]))
    return { history: await this.#gather(), counts: this.#counts() }
  }

  /** Everybody leaves. */
  async close(talks: readonly Promise<unknown>[]): Promise<void> {
    this.#over.abort()
    for (const person of this.#people) person.leave()
    await Promise.allSettled(talks)
    this.#redis.disconnect()
  }

  async *#say(question: string, from: number): AsyncGenerator<string> {
    const request = this.#requests++
    for (const [i, token] of tokensOf(answerTo(question, request).slice(from)).entries()) {
      await this.beforeToken(request, i)
      yield token
    }
  }

  #enter(entry: Entry): void {
    this.#entries.push(entry)
    for (const read of this.#readers) read(entry)
  }

  /** Enters who is connected and was not once seen to hold what Redis holds in `CONVERGE_MS`. */
  async #converge(when: string): Promise<void> {
    let apart: readonly { readonly person: Participant; readonly what: string }[] = []
    let people: readonly Participant[] = this.#people
    const areOne = async () => {
      const stored = await this.#stored()
      apart = people.flatMap((person) => {
        const what = person.isHere ? differenceOf(person, stored.get(person.sessionId ?? '')) : null
        return what === null ? [] : [{ person, what }]
      })
      people = apart.map(({ person }) => person)
      return people.length === 0
    }
    await eventually('everybody holds what Redis holds', areOne, CONVERGE_MS).catch(() => {})
    this.#apart.push(...apart.map(({ person, what }) => ({ person: person.name, when, what })))
  }

  #surroundings(): Surroundings {
    return {
      random: this.#random.fork(),
      record: (entry) => this.#enter({ ...entry, at: Date.now() - this.#startedAt } as Entry),
      over: this.#over.signal,
    }
  }

  /** Sessions whose running answer the replica owns; none where Redis does not say it soon. */
  async #ownedBy(replica: string): Promise<string[]> {
    const sessions = [...new Set(this.#people.flatMap(({ sessionId }) => sessionId ?? []))]
    const owners = Promise.all(sessions.map((session) => this.#redis.hget(keys.answer(session), 'owner')))
    const known = await within('Redis knows the owners', owners, 50).catch(() => [])
    return sessions.filter((_, i) => known[i]?.startsWith(`${replica}.`))
  }

  #readLogs(logs: readonly LogLine[]): void {
    for (const { msg, time, session, replica, level, message, characters, ...rest } of logs) {
      const at = withoutHours(Date.parse(String(time)) - this.#startedAt)
      if (Number.isNaN(at) || String(msg).startsWith('Server listening at')) continue // said twice
      const sessionId = session === undefined ? null : String(session)
      if (msg === 'took an answer over' && sessionId !== null) {
        const taken = { sessionId, messageId: String(message), by: String(replica), characters: Number(characters) }
        this.#entries.push({ kind: 'takeover', at, ...taken })
      } else if (sessionId !== null || level !== 'debug') {
        this.#entries.push({ kind: 'log', at, by: String(replica), msg: String(msg), session: sessionId, more: rest })
      }
    }
  }

  async #gather(): Promise<History> {
    return {
      entries: this.#entries.toSorted((a, b) => a.at - b.at),
      stored: await this.#stored(),
      waiting: [...this.#waiting],
      apart: this.#apart,
      immortal: await immortalKeys(this.#redis),
      answerTo,
      plain,
      redisWasAway: this.#redisIsStruck,
      limits: { takeovers: TAKEOVERS },
    }
  }

  async #stored(): Promise<Map<string, StoredState>> {
    const sessions = new Set(this.#people.flatMap(({ sessionId }) => sessionId ?? []))
    const states = [...sessions].map(async (id) => [id, await readSession(this.#redis, id)] as const)
    return new Map(await Promise.all(states))
  }

  #counts(): Counts {
    return { faults: this.#faults, answers: this.#answers, characters: this.#characters }
  }
}

const HOUR_MS = 3_600_000

/** Some milliseconds since the round began, by a clock that may be off by hours. */
function withoutHours(ms: number): number {
  return ms - HOUR_MS * Math.round(ms / HOUR_MS)
}

import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import type { Message } from '../../../src/protocol/message.ts'
import { answerKey, sessionKey } from '../../../src/store/redis/keys.ts'
import { Random } from '../../simulation/random.ts'
import type { Cluster } from '../../support/cluster.ts'
import { eventually, within } from '../../support/conditions.ts'
import type { LogLine } from '../../support/replica.ts'
import { immortalKeys } from '../redis-contents.ts'
import { type FaultName, Faults, REDIS_FAULTS } from './faults.ts'
import type { Entry, History, StoredState } from './history.ts'
import { Person } from './person.ts'

/** Questions that one person asks at most in a round. */
const QUESTIONS = 1000
/** After the last fault: for answers to end, and for clients to have it. */
const SETTLE_MS = 45_000
const LAST_MS = 10_000
/** Owners that an answer may cost before it is given up (F4), counted as log lines. */
const TAKEOVERS = 6
const WORD_MS = 12
/** ⓐ to ⓩ. */
const FIRST_LETTER = 0x24d0
const LETTERS = 26

export interface RoundOptions {
  readonly cluster: Cluster
  readonly seed: number
  readonly seconds: number
  /** Each has one who asks and one who watches from elsewhere. */
  readonly conversations: number
  readonly faults: readonly FaultName[]
  /** Milliseconds between two faults, on average. */
  readonly everyMs: number
}

export interface Counts {
  readonly faults: ReadonlyMap<string, number>
  readonly answers: number
  readonly characters: number
}

export interface RoundResult {
  readonly history: History
  readonly counts: Counts
}

/**
 * What the model says to a question: known in advance but for one letter in each word, by which each request to the model
 * differs from all others. Text that two owners have made cannot pass for text that one has made.
 */
export function answerTo(question: string, variant = 0): string {
  const words = 20 + (Number(/\d+$/.exec(question)?.[0] ?? 0) % 160)
  const name = question.split(' ')[0] ?? ''
  const letter = String.fromCodePoint(FIRST_LETTER + (variant % LETTERS))
  return Array.from({ length: words }, (_, i) => `${name}${letter}${i}${i % 9 === 4 ? '👩‍👩‍👧字' : ''}`).join(' ')
}

/** The text as the first variant has it. */
export function plain(text: string): string {
  return text.replaceAll(/[ⓐ-ⓩ]/g, 'ⓐ')
}

/** People talk while things break; then everything is mended, and what there is to check is gathered. */
export class Round {
  readonly #options: RoundOptions
  readonly #random: Random
  readonly #entries: Entry[] = []
  readonly #startedAt = Date.now()
  readonly #over = new AbortController()
  readonly #redis: Redis
  readonly #people: Person[] = []
  readonly #faultCounts = new Map<string, number>()
  /** Those whose last question is not answered yet. */
  readonly #waiting = new Set<string>()
  #sockets = 0
  #asked = 0
  #answers = 0
  #characters = 0

  constructor(options: RoundOptions) {
    this.#options = options
    this.#random = new Random(options.seed)
    this.#redis = new Redis(options.cluster.redis.url, { maxRetriesPerRequest: null })
    this.#redis.on('error', () => {}) // it is among what is broken
  }

  /** Rejects where people are still waiting for answers long after everything was mended. */
  async run(): Promise<RoundResult> {
    const { cluster, conversations } = this.#options
    cluster.model.script(({ turns, continues }) => this.#say(turns.at(-1)?.content ?? '', continues?.length ?? 0))
    const heard = cluster.replicas.map(({ logs }) => logs.length)
    const asking = new AbortController()
    const talks = Array.from({ length: conversations }, (_, i) => this.#converse(`p${i}`, asking.signal))
    talks.push(this.#askAndLeave(asking.signal))
    try {
      await this.#disturb()
      asking.abort()
      await this.#finish(talks)
      for (const [i, { logs }] of cluster.replicas.entries()) this.#readLogs(logs.slice(heard[i]))
      return { history: await this.#gather(), counts: this.#counts() }
    } finally {
      this.#over.abort()
      for (const person of this.#people) person.leave()
      await Promise.allSettled(talks)
      this.#redis.disconnect()
    }
  }

  async *#say(question: string, from: number): AsyncGenerator<string> {
    const rest = answerTo(question, this.#asked++).slice(from)
    for (const word of rest.split(/(?<= )/)) {
      await pause(WORD_MS)
      yield word
    }
  }

  async #disturb(): Promise<void> {
    const { cluster, faults: names, seconds, everyMs } = this.#options
    const random = this.#random.fork()
    const strike = (what: FaultName, target: string) => this.#strike(what, target)
    const faults = new Faults({ cluster, random, people: () => this.#people, strike }, names)
    const end = performance.now() + seconds * 1000
    while (performance.now() < end) {
      await pause(random.between(0.2 * everyMs, 1.8 * everyMs))
      faults.next()
    }
    await faults.settle()
  }

  /** Lets the last answers end; what does not end is for the checker to find. */
  async #finish(talks: readonly Promise<void>[]): Promise<void> {
    await within('the last answers end', Promise.all(talks), SETTLE_MS).catch(() => {})
    const isQuiet = async () => {
      const stored = await this.#stored()
      const ended = [...stored.values()].every(({ running }) => !running)
      return (
        ended && this.#people.every((person) => !person.isHere || holds(person, stored.get(person.sessionId ?? '')))
      )
    }
    await eventually('every answer has ended, and everybody holds what Redis holds', isQuiet, LAST_MS).catch(() => {})
  }

  async #converse(name: string, quiet: AbortSignal): Promise<void> {
    const random = this.#random.fork()
    const asker = this.#invite(name, random.fork(), null)
    const sessionId = await asker.join()
    const watcher = this.#invite(`${name}w`, random.fork(), sessionId)
    watcher.watch().catch(() => {}) // the round is over
    this.#waiting.add(name)
    for (let question = 0; question < QUESTIONS && !quiet.aborted; question++) {
      let message = await asker.ask(`${name}q${question} number ${random.int(0, 1000)}`)
      if (message?.status === 'error') message = await asker.regenerate(message)
      if (message === null) continue
      this.#answers++
      this.#characters += message.content.length
      await pause(random.between(0, 300))
    }
    this.#waiting.delete(name)
  }

  /** Somebody asks and goes away, again and again: such answers have to end all the same (D7). */
  async #askAndLeave(quiet: AbortSignal): Promise<void> {
    const random = this.#random.fork()
    for (let i = 0; !quiet.aborted; i++) {
      const name = `x${i}`
      const passerBy = this.#invite(name, random.fork(), null)
      this.#waiting.add(name)
      await passerBy.post(`${name} number ${random.int(0, 1000)}`)
      this.#waiting.delete(name)
      passerBy.leave()
      await pause(random.between(200, 1000))
    }
  }

  #invite(name: string, random: Random, sessionId: string | null): Person {
    const { cluster } = this.#options
    const direct = cluster.replicas.map(({ id, url }) => ({ name: id, url }))
    const front = { name: 'nginx', url: cluster.urlOf('nginx') }
    const surroundings = {
      random,
      places: () => [...direct, ...direct.map(() => front)],
      record: (entry: object) => this.#entries.push({ ...entry, at: Date.now() - this.#startedAt } as Entry),
      nextSocket: () => ++this.#sockets,
      over: this.#over.signal,
    }
    const person = new Person(name, surroundings, sessionId)
    this.#people.push(person)
    return person
  }

  async #strike(what: FaultName, target: string): Promise<void> {
    this.#faultCounts.set(what, (this.#faultCounts.get(what) ?? 0) + 1)
    const owned = REDIS_FAULTS.includes(what) ? [] : await this.#ownedBy(target)
    this.#entries.push({ kind: 'fault', at: Date.now() - this.#startedAt, what, target, owned })
  }

  /** Sessions whose running answer the replica owns; none where Redis does not say it soon. */
  async #ownedBy(replica: string): Promise<string[]> {
    const sessions = [...new Set(this.#people.flatMap(({ sessionId }) => sessionId ?? []))]
    const owners = Promise.all(sessions.map((session) => this.#redis.hget(answerKey(session), 'owner')))
    const known = await within('Redis knows the owners', owners, 50).catch(() => [])
    return sessions.filter((_, i) => known[i]?.startsWith(`${replica}.`))
  }

  #readLogs(logs: readonly LogLine[]): void {
    for (const { msg, time, session, replica, level, message, characters, ...rest } of logs) {
      const at = Date.parse(String(time)) - this.#startedAt
      if (Number.isNaN(at)) continue
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
      immortal: await immortalKeys(this.#redis),
      answerTo,
      plain,
      redisWasAway: this.#options.faults.some((fault) => REDIS_FAULTS.includes(fault)),
      limits: { takeovers: TAKEOVERS },
    }
  }

  async #stored(): Promise<Map<string, StoredState>> {
    const sessions = new Set(this.#people.flatMap(({ sessionId }) => sessionId ?? []))
    const states = [...sessions].map(async (id) => [id, await readSession(this.#redis, id)] as const)
    return new Map(await Promise.all(states))
  }

  #counts(): Counts {
    return { faults: this.#faultCounts, answers: this.#answers, characters: this.#characters }
  }
}

async function readSession(redis: Redis, id: string): Promise<StoredState> {
  const fields = await redis.hgetall(sessionKey(id))
  const messages = Object.entries(fields)
    .filter(([name]) => name.startsWith('message:'))
    .map(([, json]) => JSON.parse(json) as Message)
  return { messages: messages.sort((a, b) => a.seq - b.seq), running: (await redis.exists(answerKey(id))) === 1 }
}

function holds(person: Person, stored: StoredState | undefined): boolean {
  const kept = new Map(stored?.messages.map((message) => [message.id, message]))
  return [...person.held.values()].every(({ id, content, status }) => {
    const message = kept.get(id)
    return message?.content === content && message.status === status
  })
}

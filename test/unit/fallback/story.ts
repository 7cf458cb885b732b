import { BatonError } from '../../../src/protocol/errors.ts'
import type { Message } from '../../../src/protocol/message.ts'
import { lackOf } from '../../support/final-metadata.ts'
import type { Chance } from './chance.ts'
import type { Weather } from './wire.ts'
import { ANYBODY, type Follower, type TestReplica, World } from './world.ts'

const EXPECTED: ReadonlySet<string> = new Set(['overloaded', 'answer_in_progress', 'invalid', 'message_not_found'])

/** Longest time after the return of Redis until every follower holds what it holds (G6), in milliseconds. */
const CONVERGES_MS = 5000
/** So long it is watched afterwards whether anything is read. */
const RESTS_MS = 5000

/** What a client was told of a message that it sent. */
interface Sending {
  readonly sessionId: string
  readonly replica: TestReplica
  readonly id: string
  readonly content: string
  readonly answerId: string
  readonly persisted: boolean
  readonly sentAt: number
  readonly acknowledgedAt: number
}

/** A random sequence of what clients do and what fails, then fair weather, then the checks. */
export class Story {
  readonly log: string[] = []
  readonly #chance: Chance
  readonly #world: World
  readonly #acknowledged: Sending[] = []
  readonly #problems: string[] = []
  readonly #repeated = new Set<string>()
  /** Sessions are kept so short that messages of the story drop out of them. */
  readonly #trims: boolean
  /** The store loses its data in outages. */
  readonly #loses: boolean
  readonly #rollsBack: boolean
  #underWay = 0
  #sent = 0
  #lostAt = 0

  /** `rollsBack`: what it loses are its last calls, and not everything. */
  constructor(chance: Chance, replicas: number, { rollsBack = false } = {}) {
    this.#chance = chance
    this.#rollsBack = rollsBack
    this.#loses = chance.happens(rollsBack ? 0.7 : 0.15)
    const resumes = chance.pick(['continue', 'continue', 'continue', 'restart', 'none'] as const)
    const maxBytes = chance.happens(0.1) ? chance.int(1000, 20_000) : 1_000_000
    this.#trims = chance.happens(0.1)
    const maxMessages = this.#trims ? 6 : 100
    this.#world = new World({ replicas, resumes, maxBytes, maxMessages, newId: () => chance.uuid() })
    const { model } = this.#world
    model.diverges = chance.happens(0.3)
    model.words = chance.int(1, 15)
    model.everyMs = chance.pick([1, 5, 20, 60])
    for (const { wire } of this.#world.replicas) {
      const slowest = chance.pick([0, 1, 1, 5, 50])
      wire.latency = () => chance.int(0, slowest)
    }
  }

  async #run(): Promise<void> {
    const { clock, replicas } = this.#world
    await clock.advance(2000)
    const first = await this.#follow(this.#anyReplica())
    for (const replica of replicas) await this.#follow(replica, first.sessionId)
    const trouble = this.#chance.pick([0, 0, 0.02, 0.1])
    for (const replica of replicas)
      replica.wire.fate = () => (this.#chance.happens(trouble) ? this.#chance.pick(['refused', 'lost']) : 'done')
    for (let step = this.#chance.int(4, 25); step > 0; step--) {
      this.#act()
      await clock.advance(this.#chance.pick([0, 1, 10, 50, 200, 500, 1200, 3000]))
    }
    for (const replica of replicas) {
      replica.wire.fate = () => 'done'
      this.#setWeather(replica, 'fair')
    }
    await this.#world
      .until('all is calm', () => this.#isCalm(), 60_000)
      .catch((error: unknown) => {
        throw new Error(`${String(error)}\n${this.#state().join('\n')}`)
      })
    await clock.advance(CONVERGES_MS)
  }

  /** Whatever was late has come, and everybody has looked: no session is read any more. */
  async #rest(): Promise<void> {
    const reads = this.#reads
    await this.#world.clock.advance(RESTS_MS)
    const more = this.#reads - reads
    if (more > 0) this.#problem(`${more} readings of sessions in which nothing happens`)
  }

  get #reads(): number {
    return this.#world.replicas.reduce((sum, { wire }) => sum + wire.reads, 0)
  }

  /** What went wrong; nothing, one hopes. */
  async problems(): Promise<readonly string[]> {
    try {
      await this.#run()
      this.#check()
      await this.#rest()
    } catch (error) {
      this.#problem(String(error))
    }
    await this.#world.close()
    return this.#problems
  }

  #check(): void {
    const sessions = new Set(this.#followers().map(({ sessionId }) => sessionId))
    for (const sessionId of sessions) this.#checkSession(sessionId)
    for (const replica of this.#world.replicas) {
      const { sessions, bytes } = replica.store.held
      if (sessions !== 0 || bytes !== 0)
        this.#problem(`${replica.address} still holds ${sessions} sessions, ${bytes} bytes`)
      if (replica.told.some((backend, i) => backend !== (i % 2 === 0 ? 'memory' : 'redis')))
        this.#problem(`backend: ${replica.told}`)
      if (replica.backend !== 'redis') this.#problem('durability is not back')
      if (replica.engine.answersRunning() > 0) this.#problem(`${replica.address} still produces an answer`)
    }
  }

  #act(): void {
    const chance = this.#chance
    const follower = chance.pick(this.#followers())
    if (follower === undefined) return
    const kind = chance.pick([
      'send',
      'send',
      'send',
      'repeat',
      'weather',
      'weather',
      'all',
      'stop',
      'regenerate',
      'open',
      'move',
      'new',
    ] as const)
    const { replica, sessionId } = follower
    const weather = chance.pick(['fair', 'fair', 'refusing', 'hanging'] as const)
    switch (kind) {
      case 'send':
        return this.#ask(follower, `send`, () => this.#send(follower))
      case 'repeat':
        return this.#repeat(follower)
      case 'weather':
        return this.#setWeather(this.#anyReplica(), weather)
      case 'all':
        for (const one of this.#world.replicas) this.#setWeather(one, weather)
        if (weather === 'refusing' && this.#loses && chance.happens(0.5)) this.#lose()
        return
      case 'open':
        return this.#ask(follower, 'open', () => follower.open(sessionId))
      case 'move': {
        if (this.#world.shared.peek(sessionId) === null) return // only the replica that made it knows of it
        const other = this.#anyReplica()
        return this.#ask(follower, `moves to ${other.address}`, async () => void (await other.welcome(follower)))
      }
      case 'new':
        return this.#ask(
          follower,
          'new',
          async () => void (await this.#follow(replica, chance.happens(0.5) ? sessionId : undefined)),
        )
      case 'stop':
      case 'regenerate': {
        const answer = follower.messages.findLast(({ role }) => role === 'assistant')
        if (answer === undefined) return
        return this.#ask(follower, `${kind} ${answer.id}`, async () => {
          await replica.engine.api[kind](ANYBODY, { sessionId, messageId: answer.id })
        })
      }
    }
  }

  async #send(follower: Follower, again?: Sending): Promise<void> {
    const { replica, sessionId } = follower
    const { clock } = this.#world
    const id = again?.id ?? this.#world.newId()
    const content = again?.content ?? `q${++this.#sent}`
    const sentAt = clock.now()
    const { message, answer, persisted } = await replica.engine.api.send(ANYBODY, { sessionId, id, content })
    follower.acknowledged(sessionId, { message, answer, persisted, backend: persisted ? 'redis' : 'memory' })
    this.#note(`${replica.address} acknowledged ${content} ${id} as ${message.seq}, persisted ${persisted}`)
    const sending = { sessionId, replica, id, content, answerId: answer.id, persisted, sentAt }
    this.#acknowledged.push({ ...sending, acknowledgedAt: clock.now() })
  }

  #repeat(follower: Follower): void {
    const sent = this.#acknowledged.filter(({ sessionId }) => sessionId === follower.sessionId)
    const again = this.#chance.pick(sent.slice(-2))
    if (again === undefined) return
    this.#repeated.add(again.id)
    this.#ask(follower, `repeats ${again.content}`, () => this.#send(follower, again))
  }

  #ask({ replica }: Follower, what: string, ask: () => Promise<void>): void {
    const { clock } = this.#world
    const askedAt = clock.now()
    this.#note(`${replica.address} ${what}`)
    this.#underWay++
    const refused = (error: unknown): void => {
      this.#note(`${replica.address} refused ${what}: ${String(error)}`)
      const expected =
        error instanceof BatonError &&
        (EXPECTED.has(error.code) || (error.code === 'session_not_found' && this.#lostAt > 0))
      if (!expected) this.#problem(`${what}: ${String(error)}`)
    }
    void ask()
      .catch(refused)
      .finally(() => {
        this.#underWay--
        const ms = clock.now() - askedAt
        if (ms > 6000) this.#problem(`${what} took ${ms} ms`)
      })
  }

  async #follow(replica: TestReplica, sessionId?: string): Promise<Follower> {
    return replica.follow(sessionId)
  }

  #lose(): void {
    const calls = this.#rollsBack ? this.#chance.int(1, 40) : this.#world.calls
    this.#note(`the store loses ${this.#rollsBack ? `its last ${calls} calls` : 'everything'}`)
    this.#lostAt = this.#world.clock.now()
    this.#world.rollBack(Math.max(0, this.#world.calls - calls))
  }

  #setWeather(replica: TestReplica, weather: Weather): void {
    if (replica.wire.weather === weather) return
    this.#note(`${replica.address} ${weather}`)
    replica.wire.weather = weather
  }

  #anyReplica(): TestReplica {
    return this.#chance.pick(this.#world.replicas) ?? this.#world.replica()
  }

  #followers(): Follower[] {
    return this.#world.replicas.flatMap(({ followers }) => followers)
  }

  #isCalm(): boolean {
    const { replicas } = this.#world
    const isStill = replicas.every(
      ({ store, engine, backend }) => store.held.sessions === 0 && engine.answersRunning() === 0 && backend === 'redis',
    )
    return (
      isStill &&
      this.#underWay === 0 &&
      this.#followers().every(
        ({ sessionId, isOpen, isOver }) =>
          (isOpen || isOver) && this.#world.stored(sessionId).every(({ status }) => status !== 'streaming'),
      )
    )
  }

  /** What is not calm. */
  #state(): string[] {
    const replicas = this.#world.replicas.map(
      ({ address, store, engine, backend }) =>
        `${address} holds ${store.held.sessions}, produces ${engine.answersRunning()}, tells ${backend}`,
    )
    const sessions = this.#followers().flatMap(({ sessionId }) => this.#world.stored(sessionId).map(lineOf))
    return [...replicas, `${this.#underWay} requests are not answered`, ...new Set(sessions)]
  }

  #checkSession(sessionId: string): void {
    const stored = this.#world.stored(sessionId)
    stored.forEach((message, i) => {
      const previous = stored[i - 1]
      if (previous === undefined ? message.seq > 1 && !this.#trims : message.seq !== previous.seq + 1)
        this.#problem(`seq ${message.seq} comes after ${previous?.seq}`)
      if (message.role === 'assistant') this.#checkAnswer(message, previous)
    })
    if (new Set(stored.map(({ id }) => id)).size < stored.length) this.#problem('a message is there twice')
    const acknowledged = this.#acknowledged.filter((one) => one.sessionId === sessionId)
    for (const replica of this.#world.replicas)
      this.#checkOrder(
        acknowledged.filter((one) => one.replica === replica),
        stored,
      )
    for (const follower of this.#followers()) {
      if (follower.sessionId !== sessionId) continue
      this.#problems.push(...follower.violations)
      this.#checkShown(follower, stored)
    }
  }

  #checkOrder(acknowledged: readonly Sending[], stored: readonly Message[]): void {
    const placeOf = ({ id }: Sending): number => stored.findIndex((message) => message.id === id)
    const kept = acknowledged.filter((one) => placeOf(one) >= 0)
    // What was lost, and sent again or brought back, comes after what was sent meanwhile.
    const wasLost = ({ acknowledgedAt }: Sending) => acknowledgedAt <= this.#lostAt
    for (const one of acknowledged) {
      const mayBeLost = this.#lostAt > 0 && (wasLost(one) || one.persisted)
      if (!kept.includes(one) && !mayBeLost && !(this.#trims && stored.length > 0))
        this.#problem(`${one.id} was acknowledged and is not stored`)
      const overtaken = kept.some(
        (other) => !wasLost(other) && other.acknowledgedAt < one.sentAt && placeOf(other) > placeOf(one),
      )
      const mayBe = this.#trims || this.#repeated.has(one.id)
      if (overtaken && !mayBe && placeOf(one) >= 0) this.#problem(`out of order: ${one.id}`)
      if (placeOf(one) >= 0 && !this.#repeated.has(one.id) && stored[placeOf(one) + 1]?.id !== one.answerId)
        this.#problem(`an answer to ${one.id} is not stored after it`)
    }
  }

  /** [G6] Without doing anything for it, every follower holds what is stored. */
  #checkShown(follower: Follower, stored: readonly Message[]): void {
    if (follower.isOver) return
    const oldest = stored[0]?.seq ?? 0
    const shown = follower.messages.filter(({ seq }) => !this.#trims || seq >= oldest).map(lineOf)
    const held = stored.map(lineOf)
    if (shown.length === held.length && shown.every((line, i) => line === held[i])) return
    this.#problem(
      ['a follower at', follower.replica.address, 'was shown', ...shown, 'where there is', ...held].join('\n'),
    )
  }

  #checkAnswer(answer: Message, question: Message | undefined): void {
    const { status, content, metadata } = answer
    const lack = lackOf(answer)
    if (lack !== null) this.#problem(`the answer’s metadata lacks ${lack}: ${JSON.stringify(metadata)}`)
    const whole = this.#world.model.answerTo(question?.content ?? '')
    const text = content.toLowerCase() // see PacedModel.diverges
    if (status === 'complete' ? text !== whole : !whole.startsWith(text)) this.#problem(`the answer is ${content}`)
    if (status === 'error' && JSON.stringify(metadata).includes('llm_failed'))
      this.#problem(`an answer failed: ${JSON.stringify(metadata)}`)
  }

  #problem(what: string): void {
    this.#problems.push(what)
  }

  #note(what: string): void {
    this.log.push(`${this.#world.clock.now() % 10_000_000} ${what}`)
  }
}

function lineOf({ id, seq, role, status, attempt, content, metadata }: Message): string {
  return `${seq} ${role} ${status} ${attempt} ${JSON.stringify(content)} ${id} ${JSON.stringify(metadata)}`
}

import type { Log } from '../../ports/log.ts'
import { TRIMMED_AT_ONCE } from '../latest-first.ts'
import { plainReason } from './available.ts'
import type { RedisConnections } from './connect.ts'
import type { Keys } from './keys.ts'
import type { RedisClient } from './nodes.ts'
import type { Scripts } from './scripts.ts'

/** Entries looked at with each new session: more than one, so that the dead ones cannot outnumber the living for long. */
const SAMPLE = 3
/** Entries that may be dead which are read in one go. */
const STALE = 100

export interface IndexEntry {
  readonly sessionId: string
  /** Epoch milliseconds. */
  readonly lastActivity: number
}

/**
 * Which sessions a user has (S6). It lies in another slot than the sessions, so it is written beside them: before a
 * session is made, and after each of its refreshes. Entries of expired sessions are harmless; they are taken out when
 * a list is read, and a few when a session is added, so that it stays bounded.
 */
export class UserIndex {
  readonly #redis: RedisClient
  readonly #keys: Keys
  readonly #scripts: Scripts
  readonly #ttlSeconds: number
  readonly #log: Log

  constructor(
    { commands, keys }: Pick<RedisConnections, 'commands' | 'keys'>,
    scripts: Scripts,
    ttlSeconds: number,
    log: Log,
  ) {
    this.#redis = commands
    this.#keys = keys
    this.#scripts = scripts
    this.#ttlSeconds = ttlSeconds
    this.#log = log
  }

  /** Enters a session; to be sent before the session is made, so that none exists that its user cannot find. */
  async enter(userId: string, sessionId: string, lastActivity: string): Promise<void> {
    // Twice a session's time: a refresh of the index that was lost hides no session.
    await this.#scripts.run(
      'index',
      [this.#keys.user(userId)],
      [2 * this.#ttlSeconds, sessionId, Date.parse(lastActivity)],
    )
  }

  /** Enters a session that was just refreshed. Not waited for: the next refresh makes up for one that fails. */
  touch(userId: string | null, sessionId: string, lastActivity: string): void {
    if (userId !== null) this.#inBackground(this.enter(userId, sessionId, lastActivity))
  }

  /** Takes out a session that was cleared. */
  leave(userId: string | null, sessionId: string): void {
    if (userId !== null) this.#inBackground(this.#redis.zrem(this.#keys.user(userId), sessionId))
  }

  /**
   * The `limit` sessions of the latest activity before `before` (epoch ms; null: of all), expired ones among them, and those
   * whose activity is that of the last of these: the next page can begin below it. Costs no more than that.
   */
  async page(userId: string, before: number | null, limit: number): Promise<readonly IndexEntry[]> {
    const key = this.#keys.user(userId)
    const from = before === null ? '+inf' : `(${before}`
    const found = await this.#redis.zrange(key, from, '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, limit, 'WITHSCORES')
    const entries = entriesOf(found)
    const last = entries[limit - 1]?.lastActivity
    if (last === undefined) return entries
    const tied = await this.#redis.zrange(key, String(last), String(last), 'BYSCORE', 'REV', 'WITHSCORES')
    return [...entries.filter(({ lastActivity }) => lastActivity > last), ...entriesOf(tied)]
  }

  /** How many sessions the user has; expired ones are among them until the next sweep of them all. */
  async count(userId: string): Promise<number> {
    return Number(await this.#scripts.run('index-size', [this.#keys.user(userId)], []))
  }

  /**
   * Takes out all entries whose sessions have expired. Looks at those only that saw no activity for as long as a session
   * lives without: the expired ones, and those that were opened since.
   */
  async sweepExpired(userId: string): Promise<void> {
    for (let alive = 0; ; ) {
      const stale = await this.#stale(userId, alive)
      alive += stale.length - (await this.#dropDead(userId, stale))
      if (stale.length < STALE) return
    }
  }

  /** Takes out those of a few entries whose sessions have expired, anywhere among the first that may be dead. */
  sweep(userId: string): void {
    const sweeping = this.#stale(userId, 0).then((stale) => {
      const from = Math.floor(Math.random() * Math.max(1, stale.length - SAMPLE + 1))
      return this.#dropDead(userId, stale.slice(from, from + SAMPLE))
    })
    this.#inBackground(sweeping)
  }

  /**
   * Takes out entries whose sessions do not exist, and gives how many. Younger ones than a session lives without activity
   * are left: their session may be about to be made.
   */
  async drop(userId: string, dead: readonly IndexEntry[]): Promise<number> {
    const oldest = this.#oldest
    const expired = dead.filter((entry) => entry.lastActivity < oldest).map((entry) => entry.sessionId)
    if (expired.length > 0) await this.#redis.zrem(this.#keys.user(userId), ...expired)
    return expired.length
  }

  /** Takes out the oldest sessions beyond `most`, never `but`, a few at a time, and gives them (X6). */
  async trimSessionsOf(userId: string, most: number, but: string): Promise<readonly string[]> {
    const key = this.#keys.user(userId)
    if ((await this.#redis.zrange(key, String(most), String(most))).length === 0) return []
    await this.sweepExpired(userId) // else what has expired, and is none of the user's any more, would drive out what lives
    const beyond = (await this.#redis.zrange(key, 0, String(-(most + 1)))).filter((id) => id !== but)
    const trimmed = beyond.slice(0, TRIMMED_AT_ONCE)
    if (trimmed.length > 0) await this.#redis.zrem(key, ...trimmed)
    return trimmed
  }

  /** Sessions of a later activity than this have not expired. */
  get #oldest(): number {
    return Date.now() - this.#ttlSeconds * 1000
  }

  /** Those that saw no activity for as long as a session lives without, the oldest first. */
  async #stale(userId: string, from: number): Promise<readonly IndexEntry[]> {
    const [key, oldest] = [this.#keys.user(userId), String(this.#oldest)]
    return entriesOf(await this.#redis.zrange(key, '-inf', oldest, 'BYSCORE', 'LIMIT', from, STALE, 'WITHSCORES'))
  }

  async #dropDead(userId: string, entries: readonly IndexEntry[]): Promise<number> {
    const exists = await Promise.all(entries.map(({ sessionId }) => this.#redis.exists(this.#keys.session(sessionId))))
    return this.drop(
      userId,
      entries.filter((_, i) => exists[i] === 0),
    )
  }

  #inBackground(work: Promise<unknown>): void {
    work.catch((error: Error) => this.#log.debug({ reason: plainReason(error) }, "a user's index was not written"))
  }
}

/** Members and scores as Redis lists them, one after the other. */
function entriesOf(flat: readonly string[]): IndexEntry[] {
  const entries: IndexEntry[] = []
  for (let i = 0; i + 1 < flat.length; i += 2) {
    entries.push({ sessionId: String(flat[i]), lastActivity: Number(flat[i + 1]) })
  }
  return entries
}

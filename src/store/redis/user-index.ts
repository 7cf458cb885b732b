import type { Log } from '../../ports/log.ts'
import type { RedisConnections } from './connect.ts'
import type { Keys } from './keys.ts'
import type { RedisClient } from './nodes.ts'
import type { Scripts } from './scripts.ts'

/** Entries looked at with each new session: more than one, so that the dead ones cannot outnumber the living for long. */
const SAMPLE = 3

export interface IndexEntry {
  readonly sessionId: string
  /** Epoch milliseconds. */
  readonly lastActivity: number
}

/**
 * Which sessions a user has (S6). It lies in another slot than the sessions, so it is written beside them: before a
 * session is made, and after each of its refreshes. Entries of expired sessions are harmless; they are taken out when
 * the index is read, and a few when a session is added, so that it stays bounded.
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

  /** The user's sessions, expired ones among them. */
  async list(userId: string): Promise<readonly IndexEntry[]> {
    return entriesOf(await this.#redis.zrange(this.#keys.user(userId), 0, '-1', 'WITHSCORES'))
  }

  /** Takes out those of a few random entries whose sessions have expired. */
  sweep(userId: string): void {
    this.#inBackground(this.#sweep(userId))
  }

  /**
   * Takes out entries whose sessions do not exist. Younger ones than a session lives without activity are left: their
   * session may be about to be made.
   */
  drop(userId: string, dead: readonly IndexEntry[]): void {
    const oldest = Date.now() - this.#ttlSeconds * 1000
    const expired = dead.filter((entry) => entry.lastActivity < oldest).map((entry) => entry.sessionId)
    if (expired.length > 0) this.#inBackground(this.#redis.zrem(this.#keys.user(userId), ...expired))
  }

  async #sweep(userId: string): Promise<void> {
    const sample = entriesOf(await this.#redis.zrandmember(this.#keys.user(userId), SAMPLE, 'WITHSCORES'))
    const exists = await Promise.all(sample.map((entry) => this.#redis.exists(this.#keys.session(entry.sessionId))))
    this.drop(
      userId,
      sample.filter((_, i) => exists[i] === 0),
    )
  }

  #inBackground(work: Promise<unknown>): void {
    work.catch((error: Error) => this.#log.debug({ reason: error.message }, "a user's index was not written"))
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

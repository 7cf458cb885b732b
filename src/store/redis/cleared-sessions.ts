import { available } from './available.ts'
import type { RedisConnections } from './connect.ts'

/** Seconds for which it is remembered that a session was cleared. */
const REMEMBERED_S = 900

/**
 * Sessions that were cleared lately. A replica that was without Redis meanwhile finds such a session gone, as it does where Redis
 * has lost it, and must not bring it back. A list of its own: nothing of a session that was cleared stays under its name.
 */
export class ClearedSessions {
  readonly #commands: RedisConnections['commands']
  readonly #key: string

  constructor({ commands, keys }: Pick<RedisConnections, 'commands' | 'keys'>) {
    this.#commands = commands
    this.#key = keys.cleared
  }

  /** To be called before it is cleared. */
  async note(sessionId: string): Promise<void> {
    const now = Date.now()
    const added = this.#commands.zadd(this.#key, now, sessionId)
    const trimmed = this.#commands.zremrangebyscore(this.#key, '-inf', now - REMEMBERED_S * 1000)
    await available(Promise.all([added, trimmed, this.#commands.expire(this.#key, REMEMBERED_S)]))
  }

  async has(sessionId: string): Promise<boolean> {
    return (await available(this.#commands.zscore(this.#key, sessionId))) !== null
  }
}

import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { TokenBudget } from '../../ports/token-budget.ts'
import { dayOf, untilTomorrow } from '../day.ts'
import { plainReason } from './available.ts'
import type { RedisConnections } from './connect.ts'

/** Seconds that a day's count is kept: past its end, whatever the replicas' clocks say. */
const KEPT_S = 2 * 24 * 60 * 60

export interface RedisTokenBudgetOptions {
  /** Tokens a day, at least 1. */
  readonly limit: number
  readonly clock: Clock
  readonly log: Log
}

/**
 * Counts over all replicas in one key a day. While Redis is away nobody is refused, and what is spent is counted when it is
 * back: the budget bounds a bill, it is not the service.
 */
export class RedisTokenBudget implements TokenBudget {
  readonly #connections: Pick<RedisConnections, 'commands' | 'keys'>
  readonly #options: RedisTokenBudgetOptions
  /** Tokens that Redis has not taken yet, by their day. */
  readonly #uncounted = new Map<string, number>()
  /** The days of which some are on their way. */
  readonly #counting = new Set<string>()

  constructor(connections: Pick<RedisConnections, 'commands' | 'keys'>, options: RedisTokenBudgetOptions) {
    this.#connections = connections
    this.#options = options
  }

  async exhausted(): Promise<number | null> {
    const { limit, clock } = this.#options
    const now = clock.wallTime()
    const day = dayOf(now)
    const spent = await this.#connections.commands.get(this.#keyOf(day)).catch(() => undefined)
    // After the reply: what was sent to be counted before it is in it, or here again.
    const uncounted = this.#uncounted.get(day) ?? 0
    // Where all is refused nothing is spent, which would count it.
    if (spent !== undefined) this.#countAll()
    return Number(spent ?? 0) + uncounted < limit ? null : untilTomorrow(now)
  }

  spend(tokens: number): void {
    const day = dayOf(this.#options.clock.wallTime())
    this.#uncounted.set(day, (this.#uncounted.get(day) ?? 0) + tokens)
    this.#countAll()
  }

  #countAll(): void {
    for (const day of this.#uncounted.keys()) if (!this.#counting.has(day)) void this.#count(day)
  }

  /** What is on its way is uncounted until Redis has said that it took it. */
  async #count(day: string): Promise<void> {
    const key = this.#keyOf(day)
    this.#counting.add(day)
    try {
      for (let tokens = this.#uncounted.get(day); tokens !== undefined; tokens = this.#uncounted.get(day)) {
        await this.#connections.commands.incrby(key, tokens)
        const left = (this.#uncounted.get(day) ?? 0) - tokens
        if (left > 0) this.#uncounted.set(day, left)
        else this.#uncounted.delete(day)
      }
    } catch (error) {
      this.#options.log.debug({ reason: plainReason(error) }, 'spent tokens are not counted yet')
      return
    } finally {
      this.#counting.delete(day)
    }
    await this.#connections.commands.expire(key, KEPT_S).catch(() => {}) // the next count sets it
  }

  #keyOf(day: string): string {
    return `${this.#connections.keys.limit('tokens')}:${day}`
  }
}

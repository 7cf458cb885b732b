import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { TokenBudget } from '../../ports/token-budget.ts'
import { dayOf, untilTomorrow } from '../day.ts'
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
  #uncounted = 0

  constructor(connections: Pick<RedisConnections, 'commands' | 'keys'>, options: RedisTokenBudgetOptions) {
    this.#connections = connections
    this.#options = options
  }

  async exhausted(): Promise<number | null> {
    const { limit, clock } = this.#options
    const spent = await this.#connections.commands.get(this.#key).catch(() => null)
    return Number(spent ?? 0) + this.#uncounted < limit ? null : untilTomorrow(clock.wallTime())
  }

  spend(tokens: number): void {
    this.#uncounted += tokens
    void this.#count()
  }

  async #count(): Promise<void> {
    const tokens = this.#uncounted
    this.#uncounted = 0
    try {
      await this.#connections.commands.incrby(this.#key, tokens)
      await this.#connections.commands.expire(this.#key, KEPT_S)
    } catch (error) {
      this.#uncounted += tokens
      this.#options.log.debug({ reason: (error as Error).message }, 'spent tokens are not counted yet')
    }
  }

  get #key(): string {
    return `${this.#connections.keys.limit('tokens')}:${dayOf(this.#options.clock.wallTime())}`
  }
}

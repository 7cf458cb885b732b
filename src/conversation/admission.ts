import type { Load } from '../ports/load.ts'
import type { Meter } from '../ports/meter.ts'
import type { Begun, Quotas } from '../ports/quotas.ts'
import { type GiveBack, nothingTaken, type RateLimiter } from '../ports/rate-limiter.ts'
import type { TokenBudget } from '../ports/token-budget.ts'
import { BatonError } from '../protocol/errors.ts'
import type { AnswerRunner } from './answer/answer-runner.ts'
import type { Caller } from './api.ts'
import { exhausted, limited, saturated, usedUp } from './guards.ts'

export interface AdmissionOptions {
  readonly limiter: RateLimiter
  readonly budget: TokenBudget
  readonly quotas: Quotas
  readonly load: Load
  readonly runner: AnswerRunner
  readonly meter: Meter
}

/** Whether something new may be begun for a caller: each limit takes its part of it, or says why not (X5). */
export class Admission {
  readonly #options: AdmissionOptions

  constructor(options: AdmissionOptions) {
    this.#options = options
  }

  /** Takes this answer of the session from all that the caller is allowed. */
  async answer(caller: Caller, sessionId: string, answer: Begun): Promise<GiveBack | BatonError> {
    const { limiter, quotas } = this.#options
    const taken = await limiter.take(caller.user ?? caller.clientAddress)
    if (typeof taken === 'number') return limited(taken)
    const refusal = this.#isFull ? saturated() : await this.#overBudget()
    const used = refusal ?? (await this.#quota(caller, (account) => quotas.beginAnswer(account, sessionId, answer)))
    if (used instanceof BatonError) {
      await taken()
      return used
    }
    return async () => {
      await Promise.all([taken(), used()])
    }
  }

  /** Takes a session that is to be made. Rejects where the caller may make none now. */
  async session(caller: Caller): Promise<GiveBack> {
    const used = await this.#quota(caller, (account) => this.#options.quotas.makeSession(account))
    if (used instanceof BatonError) throw used
    return used
  }

  async #quota(
    { user, group }: Caller,
    take: (account: { user: string; group: string | undefined }) => ReturnType<Quotas['makeSession']>,
  ): Promise<GiveBack | BatonError> {
    if (user === null) return nothingTaken
    const taken = await take({ user, group })
    return typeof taken === 'function' ? taken : usedUp(taken)
  }

  /** Another answer would only make those that run later: they go on, new ones wait or go elsewhere. */
  get #isFull(): boolean {
    const { load, runner } = this.#options
    return load.saturated() && runner.count > 0
  }

  async #overBudget(): Promise<BatonError | null> {
    const { budget, meter } = this.#options
    const waitMs = await budget.exhausted()
    if (waitMs === null) return null
    meter.overBudget(1)
    return exhausted(waitMs)
  }
}

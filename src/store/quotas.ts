import type { Clock } from '../ports/clock.ts'
import type { Account, Quota, Quotas, UsedUp } from '../ports/quotas.ts'
import { type GiveBack, nothingTaken } from '../ports/rate-limiter.ts'
import { dayOf, untilTomorrow } from './day.ts'

/** What is counted for one user or group, on one day. */
export interface Subject {
  /** `user:<id>` or `group:<name>`. */
  readonly name: string
  /** By UTC: `2026-03-01`. */
  readonly day: string
}

/** What is taken at once. */
export interface Taking {
  readonly messages: number
  readonly sessions: number
  /** The session in which an answer begins, with the user's group; null where none does. */
  readonly answer: { readonly sessionId: string; readonly group: string } | null
}

/** What is counted back, or beyond what was taken. */
export interface Release {
  readonly messages: number
  readonly sessions: number
  readonly tokens: number
  /** The session whose answer is one at once no more; null for none. */
  readonly sessionId: string | null
}

/** `isNew`: no answer of the session was among those at once already. */
export type QuotaResult = { readonly isNew: boolean } | { readonly usedUp: keyof Quota }

/** The counts of users and groups. Both calls are atomic, cost the same however much is counted, and may reject. */
export interface Ledger {
  /** Takes all of it, or, where one of it is used up, nothing. */
  take(subject: Subject, taking: Taking, quota: Quota, now: number): Promise<QuotaResult>
  /** Gives the group that the answer began with; null where it is not among those at once. */
  release(subject: Subject, release: Release): Promise<string | null>
}

/** An answer that was not ended so long after its beginning has nobody who would end it: it is one at once no more. */
export const LAPSE_MS = 60 * 60 * 1000
/** What nobody may be told exactly: an answer may end at any moment. */
const ANSWER_WAIT_MS = 1000
/** Ends that could not be counted and are kept until they can be. */
const MAX_KEPT = 10_000

const NOTHING: Release = { messages: 0, sessions: 0, tokens: 0, sessionId: null }

interface End {
  readonly subject: string
  readonly sessionId: string
  readonly tokens: number
}

export interface Limits {
  readonly user: Quota
  /** Null where groups have none. */
  readonly group: Quota | null
}

/** What an account takes is taken of its user's quota and of its group's. */
export class AccountQuotas implements Quotas {
  readonly #ledger: Ledger
  readonly #limits: Limits
  readonly #clock: Clock
  /** Ends that wait until they can be counted. */
  #kept: End[] = []

  constructor(ledger: Ledger, limits: Limits, clock: Clock) {
    this.#ledger = ledger
    this.#limits = limits
    this.#clock = clock
  }

  beginAnswer(account: Account, sessionId: string): Promise<UsedUp | GiveBack> {
    const group = this.#limits.group === null ? '' : (account.group ?? '')
    return this.#take(account, { messages: 1, sessions: 0, answer: { sessionId, group } })
  }

  makeSession(account: Account): Promise<UsedUp | GiveBack> {
    return this.#take(account, { messages: 0, sessions: 1, answer: null })
  }

  endAnswer(user: string, sessionId: string, tokens: number): void {
    void this.#end({ subject: `user:${user}`, sessionId, tokens })
  }

  async #take(account: Account, taking: Taking): Promise<UsedUp | GiveBack> {
    for (const end of this.#kept.splice(0)) void this.#end(end) // it may make room
    const { user, group } = this.#limits
    const given = await Promise.all([
      this.#takeOf('user', account.user, taking, user),
      ...(account.group === undefined || group === null ? [] : [this.#takeOf('group', account.group, taking, group)]),
    ])
    const usedUp = given.find((one) => typeof one !== 'function')
    const giveBack = async () => {
      await Promise.all(given.map((one) => typeof one === 'function' && one()))
    }
    if (usedUp === undefined) return giveBack
    await giveBack()
    return usedUp
  }

  async #takeOf(whose: UsedUp['whose'], name: string, taking: Taking, quota: Quota): Promise<UsedUp | GiveBack> {
    const now = this.#clock.wallTime()
    const subject = { name: `${whose}:${name}`, day: dayOf(now) }
    try {
      const taken = await this.#ledger.take(subject, taking, quota, now)
      if ('usedUp' in taken) return { what: taken.usedUp, whose, retryAfterMs: waitFor(taken.usedUp, now) }
      const sessionId = taken.isNew ? (taking.answer?.sessionId ?? null) : null
      const back = { ...NOTHING, messages: taking.messages, sessions: taking.sessions, sessionId }
      return async () => void (await this.#ledger.release(subject, back).catch(() => {}))
    } catch {
      return nothingTaken
    }
  }

  async #end(end: End): Promise<void> {
    const { subject: name, sessionId, tokens } = end
    const subject = { name, day: dayOf(this.#clock.wallTime()) }
    try {
      const group = await this.#ledger.release(subject, { ...NOTHING, tokens, sessionId })
      if (group && !name.startsWith('group:')) void this.#end({ ...end, subject: `group:${group}` })
    } catch {
      if (this.#kept.length < MAX_KEPT) this.#kept.push(end)
    }
  }
}

function waitFor(what: keyof Quota, now: number): number {
  return what === 'answers' ? ANSWER_WAIT_MS : untilTomorrow(now)
}

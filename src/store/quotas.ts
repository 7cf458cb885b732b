import type { Clock, Timer } from '../ports/clock.ts'
import type { Account, Begun, Quota, Quotas, UsedUp } from '../ports/quotas.ts'
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
  /** The answer that begins, with the user's group; null where none does. */
  readonly answer: (AnswerKey & { readonly group: string }) | null
}

/** One of the answers at once. A session has one, or several while it is not told yet which of them begins. */
export interface AnswerKey {
  readonly sessionId: string
  /** Of one call that would begin an answer, and no other. */
  readonly key: string
}

/** What is counted back, or beyond what was taken. */
export interface Release {
  readonly messages: number
  readonly sessions: number
  readonly tokens: number
  /** The answer that is one at once no more; null for none. */
  readonly answer: AnswerKey | null
}

/** The counts of users and groups. Each call is atomic, costs the same however much is counted, and may reject. */
export interface Ledger {
  /** Takes all of it, or, where one of it is used up, nothing: gives which. */
  take(subject: Subject, taking: Taking, quota: Quota, now: number): Promise<keyof Quota | null>
  /** Where the answer that it names is not among those at once it was counted before, and nothing is. */
  release(subject: Subject, release: Release): Promise<void>
  /** The group that an answer began with; null where it is not among those at once. */
  groupOf(subject: Subject, answer: AnswerKey): Promise<string | null>
}

/** An answer that was not ended so long after its beginning has nobody who would end it: it is one at once no more. */
export const LAPSE_MS = 60 * 60 * 1000
/** What nobody may be told exactly: an answer may end at any moment. */
const ANSWER_WAIT_MS = 1000
/** Counts that could not be made and are kept until they can be. */
const MAX_KEPT = 10_000
const COUNTS_AT_ONCE = 100
/** Before what could not be counted is tried again, in milliseconds. */
const RETRY_MS = 1000

const NOTHING: Release = { messages: 0, sessions: 0, tokens: 0, answer: null }

/** Counts an end or a give-back. Rejects where it could not, or was not told: then it may be repeated. */
type Count = () => Promise<void>

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
  /** Counts that could not be made, and wait to be tried again. */
  readonly #due: Count[] = []
  /** Ends that are being counted for the first time. */
  readonly #ending = new Set<Promise<void>>()
  #counting: Promise<void> | null = null
  /** Set while they wait because they could not be. */
  #retry: Timer | null = null

  constructor(ledger: Ledger, limits: Limits, clock: Clock) {
    this.#ledger = ledger
    this.#limits = limits
    this.#clock = clock
  }

  beginAnswer(account: Account, sessionId: string, answer: Begun): Promise<UsedUp | GiveBack> {
    const group = this.#limits.group === null ? '' : (account.group ?? '')
    return this.#take(account, { messages: 1, sessions: 0, answer: { sessionId, key: keyOf(answer), group } })
  }

  makeSession(account: Account): Promise<UsedUp | GiveBack> {
    return this.#take(account, { messages: 0, sessions: 1, answer: null })
  }

  endAnswer(user: string, sessionId: string, answer: Begun, tokens: number): void {
    const count = () => this.#countEnd(`user:${user}`, { sessionId, key: keyOf(answer) }, tokens)
    const ending = count()
      .catch(() => this.#countLater(count))
      .finally(() => this.#ending.delete(ending))
    this.#ending.add(ending)
  }

  /** Counts what waits for it, as far as that can be now. */
  async close(): Promise<void> {
    await Promise.all(this.#ending)
    this.#retry?.cancel()
    this.#retry = null
    await this.#count()
  }

  async #take(account: Account, taking: Taking): Promise<UsedUp | GiveBack> {
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
    const back: Count = () => this.#ledger.release(subject, { ...taking, tokens: 0 })
    try {
      const usedUp = await this.#ledger.take(subject, taking, quota, now)
      if (usedUp !== null) return { what: usedUp, whose, retryAfterMs: waitFor(usedUp, now) }
      return () => back().catch(() => this.#countLater(back))
    } catch {
      // It may have been taken all the same, which the answer's entry tells. Of a session nothing would.
      return taking.answer === null ? nothingTaken : async () => this.#countLater(back)
    }
  }

  #keep(count: Count): void {
    if (this.#due.length < MAX_KEPT) this.#due.push(count)
  }

  #countLater(count: Count): void {
    this.#keep(count)
    this.#retry ??= this.#clock.after(RETRY_MS, () => this.#tryAgain())
  }

  /** Counts what is due. Never rejects. */
  #count(): Promise<void> {
    if (this.#due.length > 0) this.#counting ??= this.#countDue()
    return this.#counting ?? Promise.resolve()
  }

  /** Until nothing of what was tried together can be counted. What cannot goes behind the rest: only its shard may be away. */
  async #countDue(): Promise<void> {
    const uncounted: Count[] = []
    for (let isVain = false; this.#due.length > 0 && !isVain; ) {
      const counts = this.#due.splice(0, COUNTS_AT_ONCE)
      const made = await Promise.allSettled(counts.map((count) => count()))
      const failed = counts.filter((_, i) => made[i]?.status === 'rejected')
      uncounted.push(...failed)
      isVain = failed.length === counts.length
    }
    this.#due.push(...uncounted)
    this.#counting = null
    if (this.#due.length > 0) this.#retry ??= this.#clock.after(RETRY_MS, () => this.#tryAgain())
  }

  #tryAgain(): void {
    this.#retry = null
    void this.#count()
  }

  /** At a repeat it counts once all the same. */
  async #countEnd(user: string, answer: AnswerKey, tokens: number): Promise<void> {
    const day = dayOf(this.#clock.wallTime())
    const count = (name: string) => this.#ledger.release({ name, day }, { ...NOTHING, tokens, answer })
    // The user's last: it is there that the group is known.
    const group = this.#limits.group && (await this.#ledger.groupOf({ name: user, day }, answer))
    if (group) await count(`group:${group}`)
    await count(user)
  }
}

const keyOf = ({ id, createdAt }: Begun): string => `${id} ${createdAt}`

function waitFor(what: keyof Quota, now: number): number {
  return what === 'answers' ? ANSWER_WAIT_MS : untilTomorrow(now)
}

import type { Quota } from '../../ports/quotas.ts'
import { LAPSE_MS, type Ledger, type QuotaResult, type Release, type Subject, type Taking } from '../quotas.ts'

interface Account {
  day: string
  counts: { messages: number; sessions: number; tokens: number }
  /** By session: its group, and when it counts no more, in epoch milliseconds. */
  readonly answers: Map<string, { readonly group: string; readonly until: number }>
}

/** Users and groups that are remembered; of more, those that were there first are forgotten. */
const MAX_ACCOUNTS = 10_000

/** Counts for one replica that is alone (STORE=memory). */
export class MemoryQuotaLedger implements Ledger {
  readonly #accounts = new Map<string, Account>()

  async take(
    subject: Subject,
    { messages, sessions, answer }: Taking,
    quota: Quota,
    now: number,
  ): Promise<QuotaResult> {
    const { counts, answers } = this.#of(subject)
    const exceeds = (used: number, most: number) => most > 0 && used > most
    if (messages > 0 && exceeds(counts.messages + messages, quota.messages)) return { usedUp: 'messages' }
    if (sessions > 0 && exceeds(counts.sessions + sessions, quota.sessions)) return { usedUp: 'sessions' }
    if (answer !== null && exceeds(counts.tokens + 1, quota.tokens)) return { usedUp: 'tokens' }
    const isNew = answer !== null && !answers.has(answer.sessionId)
    if (isNew) {
      for (const [id, { until }] of answers) if (until <= now) answers.delete(id)
      if (exceeds(answers.size + 1, quota.answers)) return { usedUp: 'answers' }
    }
    counts.messages += messages
    counts.sessions += sessions
    if (answer !== null) answers.set(answer.sessionId, { group: answer.group, until: now + LAPSE_MS })
    return { isNew }
  }

  async release(subject: Subject, { messages, sessions, tokens, sessionId }: Release): Promise<string | null> {
    const { counts, answers } = this.#of(subject)
    counts.messages -= messages
    counts.sessions -= sessions
    counts.tokens += tokens
    if (sessionId === null) return null
    const group = answers.get(sessionId)?.group ?? null
    answers.delete(sessionId)
    return group
  }

  #of({ name, day }: Subject): Account {
    const none = { messages: 0, sessions: 0, tokens: 0 }
    let account = this.#accounts.get(name)
    if (account === undefined) {
      account = { day, counts: none, answers: new Map() }
      this.#accounts.set(name, account)
      const [first] = this.#accounts.keys()
      if (this.#accounts.size > MAX_ACCOUNTS && first !== undefined) this.#accounts.delete(first)
    }
    if (account.day < day) {
      account.day = day
      account.counts = none
    }
    return account
  }
}

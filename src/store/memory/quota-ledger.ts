import type { Quota } from '../../ports/quotas.ts'
import { type AnswerKey, LAPSE_MS, type Ledger, type Release, type Subject, type Taking } from '../quotas.ts'

interface Account {
  day: string
  counts: { messages: number; sessions: number; tokens: number }
  /** By session and key. */
  readonly answers: Map<string, Map<string, AnswerAtOnce>>
}

interface AnswerAtOnce {
  readonly group: string
  /** When it counts no more, in epoch milliseconds. */
  readonly until: number
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
  ): Promise<keyof Quota | null> {
    const { counts, answers } = this.#of(subject)
    const exceeds = (used: number, most: number) => most > 0 && used > most
    if (messages > 0 && exceeds(counts.messages + messages, quota.messages)) return 'messages'
    if (sessions > 0 && exceeds(counts.sessions + sessions, quota.sessions)) return 'sessions'
    if (answer !== null && exceeds(counts.tokens + 1, quota.tokens)) return 'tokens'
    if (answer !== null) {
      const { sessionId, key, group } = answer
      forgetLapsed(answers, now)
      const ofSession = answers.get(sessionId) ?? new Map<string, AnswerAtOnce>()
      if (ofSession.size === 0 && exceeds(answers.size + 1, quota.answers)) return 'answers'
      if (ofSession.has(key)) return 'answers' // begun again twice in one millisecond: each call gives back its own
      answers.set(sessionId, ofSession.set(key, { group, until: now + LAPSE_MS }))
    }
    counts.messages += messages
    counts.sessions += sessions
    return null
  }

  async release(subject: Subject, { messages, sessions, tokens, answer }: Release): Promise<void> {
    const { counts, answers, day } = this.#of(subject)
    const ofSession = answer && answers.get(answer.sessionId)
    if (answer !== null && !ofSession?.delete(answer.key)) return
    if (answer !== null && ofSession?.size === 0) answers.delete(answer.sessionId)
    if (subject.day < day) return // nobody asks for the counts of a day that is over
    counts.messages -= messages
    counts.sessions -= sessions
    counts.tokens += tokens
  }

  async groupOf(subject: Subject, { sessionId, key }: AnswerKey): Promise<string | null> {
    return this.#of(subject).answers.get(sessionId)?.get(key)?.group ?? null
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

function forgetLapsed(answers: Account['answers'], now: number): void {
  for (const [sessionId, ofSession] of answers) {
    for (const [key, { until }] of ofSession) if (until <= now) ofSession.delete(key)
    if (ofSession.size === 0) answers.delete(sessionId)
  }
}

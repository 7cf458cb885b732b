import type { Bus } from '../../ports/bus.ts'
import type { Clock } from '../../ports/clock.ts'
import { ANSWER_ENDS, type AnswerEnd, type Meter } from '../../ports/meter.ts'
import type { Quotas } from '../../ports/quotas.ts'
import { ANYBODY, type Finished, type SessionStore, type StoredSession } from '../../ports/session-store.ts'
import type { TokenBudget } from '../../ports/token-budget.ts'
import type { ActivityKind } from '../../protocol/events.ts'
import type { Message } from '../../protocol/message.ts'
import type { SessionCache } from '../follow/session-cache.ts'
import { withEnd } from '../follow/session-copy.ts'
import type { Change } from '../follow/session-feed.ts'
import type { SessionFeeds } from '../follow/session-feeds.ts'
import type { AnswerEvents } from './answer-events.ts'
import type { OwnedAnswer } from './owned-answer.ts'
import { inputOf, outputOf, tokensOf } from './tokens.ts'

export interface AnswerPublisherOptions {
  readonly address: string
  readonly store: SessionStore
  readonly bus: Bus
  readonly feeds: SessionFeeds
  readonly cache: SessionCache
  readonly clock: Clock
  readonly meter: Meter
  readonly budget: TokenBudget
  readonly quotas: Quotas
  /** `LLM_MODEL`. */
  readonly modelName: string
  /** `SESSION_TTL`. */
  readonly ttlSeconds: number
}

/** Tells the subscribers of an answer, here and at the other replicas, what becomes of it. */
export class AnswerPublisher implements AnswerEvents {
  readonly #options: AnswerPublisherOptions

  constructor(options: AnswerPublisherOptions) {
    this.#options = options
  }

  text(answer: OwnedAnswer, offset: number, text: string): void {
    const { feeds, meter, clock } = this.#options
    const { sessionId, message } = answer
    if (offset === 0) {
      meter.firstToken(clock.now() - answer.startedAt)
      answer.trace.firstText()
    }
    if (answer.silentSince !== null) {
      answer.trace.firstText()
      meter.takeoverSilence(clock.now() - answer.silentSince)
      answer.silentSince = null
    }
    meter.deltas(1)
    feeds.delta({ sessionId, messageId: message.id, attempt: message.attempt, offset, text }, this.#audienceOf(answer))
  }

  activity(answer: OwnedAnswer, kind: ActivityKind, words: string): void {
    const event = { sessionId: answer.sessionId, messageId: answer.message.id, kind }
    this.#options.feeds.activity(words === '' ? event : { ...event, text: words }, this.#audienceOf(answer))
  }

  restarted({ sessionId, message, epoch }: OwnedAnswer, watchers: readonly string[]): void {
    this.#options.feeds.message(sessionId, { message, version: epoch }, watchers)
  }

  finished(answer: OwnedAnswer, message: Message, finished: Finished): void {
    const { feeds, cache, ttlSeconds } = this.#options
    const { sessionId, epoch } = answer
    this.#count(answer, message)
    cache.update(sessionId, (copy) => withEnd(copy, message, epoch, finished))
    feeds.refreshed(sessionId, ttlSeconds)
    feeds.message(sessionId, { message, version: epoch + 1 }, finished.watchers)
  }

  unstorable(answer: OwnedAnswer, message: Message): void {
    const { sessionId, watchers } = answer
    this.#count(answer, message)
    this.#options.feeds.message(sessionId, { message }, watchers)
  }

  /** An answer that nobody had any more has ended (F4), by which the session has that version. */
  interrupted(
    { id: sessionId, userId }: Pick<StoredSession, 'id' | 'userId'>,
    change: Required<Change>,
    watchers: readonly string[],
  ): void {
    const { meter, quotas, feeds } = this.#options
    meter.answers(1, { end: 'interrupted' })
    if (userId !== null) quotas.endAnswer(userId, sessionId, change.message, 0)
    feeds.message(sessionId, change, watchers)
  }

  orphaned(answer: OwnedAnswer): void {
    this.#countTokens(answer)
  }

  #count(answer: OwnedAnswer, message: Message): void {
    const { meter, clock } = this.#options
    meter.answers(1, { end: endOf(message) })
    meter.answerSeconds(clock.now() - answer.startedAt)
    this.#countTokens(answer)
  }

  #countTokens({ sessionId, userId, message, usage }: OwnedAnswer): void {
    const { meter, budget, quotas, modelName: model } = this.#options
    if (userId !== null) quotas.endAnswer(userId, sessionId, message, usage === null ? 0 : tokensOf(usage))
    if (usage === null) return
    budget.spend(tokensOf(usage))
    meter.modelTokens(inputOf(usage), { model, direction: 'input' })
    meter.modelTokens(outputOf(usage), { model, direction: 'output' })
  }

  /** Its TTL was set again, and these are the session's watchers now; `gone` were known, and watch no more. */
  kept(answer: OwnedAnswer, watchers: readonly string[], gone: readonly string[]): void {
    const { feeds, cache, ttlSeconds } = this.#options
    feeds.refreshed(answer.sessionId, ttlSeconds)
    cache.refreshed(answer.sessionId) // stays among the recently used: the answer can go on without the store (G1)
    for (const watcher of watchers) this.addWatcher(answer, watcher)
    for (const watcher of gone) answer.watchers.delete(watcher)
  }

  /** A new watcher may have missed what was stored since it read: it is given the text so far once, then the deltas. */
  addWatcher(answer: OwnedAnswer, watcher: string): void {
    const { address, store, bus } = this.#options
    if (watcher === ANYBODY) return bus.send(ANYBODY, { kind: 'look', sessionId: answer.sessionId })
    if (watcher === address || answer.watchers.has(watcher) || store.backend === 'memory') return
    answer.watchers.add(watcher)
    bus.send(watcher, {
      kind: 'message',
      sessionId: answer.sessionId,
      message: { ...answer.message, content: answer.stored },
      version: answer.epoch,
    })
  }

  /** The other replicas' clients were not told that what they are shown may not be stored (D1, G1). */
  #audienceOf(answer: OwnedAnswer): Iterable<string> {
    return this.#options.store.backend === 'memory' ? [] : answer.watchers
  }
}

const ENDS: ReadonlySet<unknown> = new Set(ANSWER_ENDS)
const isEnd = (end: unknown): end is AnswerEnd => ENDS.has(end)

function endOf({ status, metadata }: Message): AnswerEnd {
  if (status === 'stopped') return 'stopped'
  const said = status === 'error' ? (metadata.error as { code?: unknown } | undefined)?.code : metadata.finish_reason
  return isEnd(said) ? said : 'other'
}

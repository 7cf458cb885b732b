import type { BusMessage } from '../ports/bus.ts'
import type { Log } from '../ports/log.ts'
import type { AnswerPublisher } from './answer/answer-publisher.ts'
import type { AnswerRunner } from './answer/answer-runner.ts'
import type { FailureDetector } from './failover/failure-detector.ts'
import type { ReplicaRecall } from './failover/replica-recall.ts'
import type { Takeover } from './failover/takeover.ts'
import type { SessionCache } from './follow/session-cache.ts'
import { withHeard } from './follow/session-copy.ts'
import type { SessionFeeds } from './follow/session-feeds.ts'
import type { Reports } from './reports.ts'

export interface InboxOptions {
  readonly address: string
  readonly runner: AnswerRunner
  readonly publisher: AnswerPublisher
  readonly feeds: SessionFeeds
  readonly cache: SessionCache
  readonly takeover: Takeover
  readonly detector: FailureDetector
  readonly reports: Reports
  readonly recall: ReplicaRecall
  readonly log: Log
}

/** Gives what other replicas say to whom it concerns here. */
export class Inbox {
  readonly #options: InboxOptions

  constructor(options: InboxOptions) {
    this.#options = options
  }

  take(busMessage: BusMessage): void {
    const { address, runner, publisher, feeds, cache, takeover, detector, reports, recall } = this.#options
    const isNews = busMessage.kind === 'delta' || busMessage.kind === 'message'
    if (isNews && recall.holds(busMessage.sessionId)) return
    switch (busMessage.kind) {
      case 'delta': {
        const { kind: _, ...delta } = busMessage
        return feeds.delta(delta, [])
      }
      case 'message':
        cache.update(busMessage.sessionId, (copy) => withHeard(copy, busMessage.message))
        return feeds.message(busMessage.sessionId, { message: busMessage.message, version: busMessage.version }, [])
      case 'activity':
        return feeds.activity(busMessage.event, [])
      case 'look':
        return busMessage.sessionId === null ? void feeds.rereadAll() : this.#look(busMessage.sessionId)
      case 'watch': {
        const own = runner.of(busMessage.sessionId)
        return own === undefined
          ? takeover.meet(busMessage.sessionId, address)
          : publisher.addWatcher(own, busMessage.watcher)
      }
      case 'fenced':
        return this.#fenced(busMessage.sessionId, busMessage.epoch)
      case 'handover':
        detector.noteDraining(busMessage.owner)
        return void takeover.adopt(busMessage.sessionId, busMessage.owner).catch(() => {}) // its owner's end is noticed anyway
      case 'died':
        return detector.declareDead(busMessage.replica)
      case 'owning':
        return detector.watchOwner(busMessage.replica)
      case 'draining':
        return detector.noteDraining(busMessage.replica)
      case 'ask':
        return reports.asked(busMessage.from, busMessage.id, busMessage.order)
      case 'report':
        return reports.reported(busMessage.id, busMessage.report)
    }
  }

  /** It may have been cleared: what nobody follows or answers here is not to be served from memory later (G1). */
  #look(sessionId: string): void {
    const { runner, feeds, cache } = this.#options
    if (!feeds.isFollowed(sessionId) && runner.of(sessionId) === undefined) cache.drop(sessionId)
    feeds.look(sessionId)
  }

  #fenced(sessionId: string, epoch: number): void {
    const { runner, log } = this.#options
    const own = runner.of(sessionId)
    if (own?.epoch !== epoch) return
    // So it is after each stop or clear that another replica was asked for.
    log.info({ session: sessionId, message: own.message.id, epoch }, 'answer is owned elsewhere by now')
    runner.lose(own)
  }
}

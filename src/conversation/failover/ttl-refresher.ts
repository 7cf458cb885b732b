import { type Clock, exclusively, type Timer } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import { retryLevel, type SessionStore } from '../../ports/session-store.ts'
import type { AnswerPublisher } from '../answer/answer-publisher.ts'
import type { AnswerRunner } from '../answer/answer-runner.ts'
import type { OwnedAnswer } from '../answer/owned-answer.ts'
import type { Takeover } from './takeover.ts'

export interface TtlRefresherOptions {
  readonly store: SessionStore
  readonly clock: Clock
  readonly log: Log
  /** `SESSION_TTL`. */
  readonly ttlSeconds: number
  readonly runner: AnswerRunner
  readonly publisher: AnswerPublisher
  readonly takeover: Takeover
}

/** Refreshes the TTL of sessions with a running answer (S3), once a second instead of at each append. */
export class TtlRefresher {
  readonly #options: TtlRefresherOptions
  readonly #timer: Timer

  constructor(options: TtlRefresherOptions) {
    const { clock, ttlSeconds } = options
    this.#options = options
    this.#timer = clock.every(
      Math.min(1000, (ttlSeconds * 1000) / 3),
      exclusively(() => this.#keep()),
    )
  }

  close(): void {
    this.#timer.cancel()
  }

  async #keep(): Promise<void> {
    const { store, log, runner, publisher } = this.#options
    const answers = runner.running.filter((answer) => answer.state === 'streaming')
    if (answers.length === 0) return
    const known = answers.map((answer) => [...answer.watchers]) // who is added while the store is asked is not gone
    const asked = answers.map(({ sessionId, epoch }) => ({ sessionId, epoch }))
    try {
      const kept = await store.keep(asked)
      for (const [i, answer] of answers.entries()) {
        if (answer.state !== 'streaming' || answer.epoch !== asked[i]?.epoch) continue // it is not what was asked about
        const watchers = kept[i]
        if (watchers === undefined) continue // the next round asks again
        if (watchers === null) this.#fenced(answer)
        else publisher.kept(answer, watchers, known[i]?.filter((watcher) => !watchers.includes(watcher)) ?? [])
      }
    } catch (err) {
      log[retryLevel(err)]({ err, answers: answers.length }, 'keeping running answers alive failed')
    }
  }

  #fenced(answer: OwnedAnswer): void {
    answer.become('checking')
    void this.#options.takeover.afterRefusal(answer, answer.epoch)
  }
}

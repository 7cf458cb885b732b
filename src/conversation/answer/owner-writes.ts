import { type Clock, delay } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import {
  type Fenced,
  type Finished,
  type Restarted,
  type SessionStore,
  STORE_RETRY_MS,
  StoreUnavailable,
} from '../../ports/session-store.ts'
import type { Message } from '../../protocol/message.ts'
import { replicaOf } from '../../session/address.ts'
import type { AnswerEvents } from './answer-events.ts'
import type { OwnedAnswer } from './owned-answer.ts'

/** How an answer that was refused something stands: `broken` where it is this replica's, but one of its keys was lost (G6); `gone` with its session. */
export type Ownership = 'ours' | 'theirs' | 'broken' | 'gone'

/** An answer that waits for the store says so about once a second (F7). */
const TOLD_EVERY = 4

export interface OwnerWritesOptions {
  /** This replica and incarnation, as others reach it: `r1.4f2a9c`. */
  readonly address: string
  readonly store: SessionStore
  readonly clock: Clock
  readonly log: Log
  readonly events: Pick<AnswerEvents, 'activity'>
  /** It is the answer that this replica produces in its session. */
  isProduced(answer: OwnedAnswer): boolean
}

/** What the owner of an answer has to tell the store of it, for as long as that takes. Rejects with what is no outage. */
export class OwnerWrites {
  readonly #options: OwnerWritesOptions

  constructor(options: OwnerWritesOptions) {
    this.#options = options
  }

  /** Begins the answer's next attempt, `message`, from nothing. */
  restart(answer: OwnedAnswer, message: Message): Promise<Restarted | Fenced> {
    const { sessionId, epoch } = answer
    return this.#asOwner(answer, () => this.#options.store.restart({ sessionId, epoch, message }))
  }

  /** Writes the answer's end. `at` is `last_activity`. Null where the answer was lost meanwhile. */
  async finish(
    answer: OwnedAnswer,
    end: Message,
    at: string,
  ): Promise<{ readonly message: Message; readonly finished: Finished } | null> {
    const { store } = this.#options
    const { sessionId } = answer
    for (;;) {
      // Read at each try: meanwhile the answer may have been given another epoch or seq (G2).
      const current = (): Message => ({ ...end, seq: answer.message.seq, attempt: answer.message.attempt })
      let { epoch } = answer
      const finished = await this.#asOwner(answer, () => {
        epoch = answer.epoch
        return store.finish({ sessionId, epoch, message: current(), at })
      })
      // Another replica has it, as the bus told while memory took the end (G4).
      if (answer.state === 'lost' && store.backend === 'memory') return null
      if (finished.kind === 'finished') return { message: current(), finished }
      if ((await this.ownershipOf(answer, epoch)) !== 'ours') return null
    }
  }

  /**
   * Whether the running answer is still this replica's in the store. It may be so under another epoch than `refused`, which
   * the answer then takes together with the attempt (G4). It may be so with less text than was confirmed, which is then stored
   * again. It is `theirs` where another replica added text in between. That holds even if a later claim of this replica took
   * it back: that claim goes on with it (F1).
   */
  async ownershipOf(answer: OwnedAnswer, refused: number): Promise<Ownership> {
    if (answer.state === 'lost') return 'theirs'
    const { store, address } = this.#options
    const { id, seq, createdAt } = answer.message
    const snapshot = await this.#persistently(answer, () => store.read({ sessionId: answer.sessionId, after: seq - 1 }))
    if (snapshot === null) {
      answer.isOrphan = true
      return 'gone'
    }
    const asStored = snapshot.messages?.find((message) => message.id === id)
    if (asStored?.createdAt !== createdAt) return 'theirs' // it ended, and was asked for again: nobody had a reply to either
    if (!this.#options.isProduced(answer)) return 'theirs' // it is of a later claim of this replica
    const { running, session } = snapshot
    if (running === null)
      return asStored.status === 'streaming' && session.version === answer.epoch ? 'broken' : 'theirs'
    if (running.messageId !== id || running.owner !== address) return 'theirs'
    if (answer.state === 'restarting') return 'theirs' // it is of the next attempt, which the restart itself will take
    if (running.isTextLost) return 'broken'
    if (running.epoch === refused) return answer.rewind(running) ? 'ours' : 'theirs'
    const isKnown = running.epoch === answer.epoch
    if (!isKnown && !answer.isOnlyOf(running.contributors, replicaOf(address))) return 'theirs'
    answer.epoch = running.epoch
    answer.message = { ...answer.message, attempt: running.attempt }
    return 'ours'
  }

  /** Repeats an owner's write until the store answers it, or the bus has told that the answer is another's: the store, while away, would not know. */
  #asOwner<T>(answer: OwnedAnswer, write: () => Promise<T>): Promise<T | Fenced> {
    return this.#persistently(answer, async () => (answer.state === 'lost' ? { kind: 'fenced' } : write()))
  }

  /**
   * Repeats a call that can be repeated until the store answers it. Rejects with what is no outage. Of an outage others tell once;
   * here it would be told once for each answer.
   */
  async #persistently<T>(answer: OwnedAnswer, call: () => Promise<T>): Promise<T> {
    const { clock, log, events } = this.#options
    for (let failures = 1; ; failures++) {
      try {
        return await call()
      } catch (err) {
        if (!(err instanceof StoreUnavailable)) throw err
        if (failures === 1) log.debug({ err, session: answer.sessionId }, 'the store is away, trying again')
        if (failures % TOLD_EVERY === 0 && answer.state !== 'lost') events.activity(answer, 'retrying', '')
        await delay(clock, STORE_RETRY_MS, new AbortController().signal)
      }
    }
  }
}

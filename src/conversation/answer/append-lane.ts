import type { Clock, Timer } from '../../ports/clock.ts'
import type { Load } from '../../ports/load.ts'
import type { Log } from '../../ports/log.ts'
import type { Meter } from '../../ports/meter.ts'
import { type AppendItem, type AppendResult, type SessionStore, StoreUnavailable } from '../../ports/session-store.ts'
import type { AnswerEvents } from './answer-events.ts'
import { flushWindow } from './flush-window.ts'
import type { OwnedAnswer } from './owned-answer.ts'

/** Answers in one append call; keeps a single call in Redis short. */
const BATCH_LIMIT = 512
const BACKOFF_MS = { first: 50, last: 1000 }
/** Until an answer that alone was not taken is offered again. */
const LATER_MS = 250
/** Such an answer says so about once a second (F7). */
const TOLD_EVERY = 4

/** `broken`: the store cannot take the item, however often it is offered. */
type Outcome = AppendResult | 'broken'

export interface AppendLaneOptions {
  readonly store: SessionStore
  readonly clock: Clock
  readonly load: Load
  readonly meter: Meter
  readonly log: Log
  /** `DELTA_WINDOW_MS`. */
  readonly windowMs: number
  /** Told of text as soon as it is stored. */
  readonly events: AnswerEvents
  /** The store refused `epoch` of the answer: another replica owns it, or it has ended. */
  onFenced(answer: OwnedAnswer, epoch: number): void
  /** The answer's text can never be stored. */
  onBroken(answer: OwnedAnswer, error: unknown): void
}

/**
 * Text of the answers whose sessions one node of the store serves: one append call for all of them, one call in flight. While
 * the store is away a call is repeated unchanged until it is answered, because the store recognises a repeat only if it is the
 * same. What is wrong with one answer holds up no other.
 */
export class AppendLane {
  readonly #options: AppendLaneOptions
  #queue: OwnedAnswer[] = []
  #batch: OwnedAnswer[] = []
  #timer: Timer | null = null
  #soon = false
  #retryMs = BACKOFF_MS.first

  constructor(options: AppendLaneOptions) {
    this.#options = options
  }

  /** The answer has text for the next call. */
  enqueue(answer: OwnedAnswer): void {
    if (answer.queued || answer.isPutOff) return
    answer.queued = true
    this.#queue.push(answer)
    this.#schedule(answer.stored === '')
  }

  /** The first text of an answer does not wait for a window (D5). */
  #schedule(atOnce: boolean): void {
    if (this.#batch.length > 0) return
    const { load, windowMs, clock } = this.#options
    const wait = atOnce ? 0 : flushWindow(load.utilisation(), windowMs)
    if (wait > 0) {
      this.#timer ??= clock.after(wait, this.#flush)
    } else if (!this.#soon) {
      this.#soon = true
      clock.soon(this.#flush)
    }
  }

  readonly #flush = (): void => {
    this.#soon = false
    this.#timer?.cancel()
    this.#timer = null
    if (this.#batch.length > 0) return
    const taken = this.#queue.splice(0, BATCH_LIMIT)
    for (const answer of taken) answer.queued = false
    // The text of others waits for `retry`, or for its time.
    this.#batch = taken.filter((answer) => answer.state === 'streaming' && !answer.isPutOff)
    for (const answer of this.#batch) {
      if (answer.inFlight !== '') continue // no reply came, and it was given up: first that again, unchanged
      answer.inFlight = answer.pending
      answer.inFlightBookmark = answer.bookmark
      answer.pending = ''
      answer.drained?.resolve()
      answer.drained = null
    }
    void this.#append()
  }

  readonly #append = async (): Promise<void> => {
    const { store, clock, meter } = this.#options
    this.#batch = this.#batch.filter((answer) => answer.state === 'streaming')
    if (this.#batch.length > 0) {
      const startedAt = clock.now()
      const items = this.#batch.map(itemOf)
      const results = await store.append(items).catch((error: unknown) => this.#failed(error, items))
      if (results === null) return
      meter.appendSeconds(clock.now() - startedAt)
      meter.appendAnswers(results.length)
      this.#retryMs = BACKOFF_MS.first
      this.#batch.forEach((answer, i) => {
        this.#applyAlone(answer, results[i] ?? 'fenced', items[i]?.epoch ?? answer.epoch)
      })
      this.#batch = []
    }
    if (this.#queue.length > 0) this.#schedule(this.#queue.length >= BATCH_LIMIT)
  }

  /** The results where there are any; null where the call was put off. */
  async #failed(error: unknown, items: readonly AppendItem[]): Promise<readonly Outcome[] | null> {
    if (error instanceof StoreUnavailable) return this.#retry(error)
    this.#options.log.error({ err: error, answers: items.length }, 'an append is impossible')
    if (items.length === 1) return ['broken']
    // One of them, or a few: the others are not to suffer for it.
    const results: Outcome[] = []
    for (const item of items) results.push(await this.#appendAlone(item))
    return results
  }

  async #appendAlone(item: AppendItem): Promise<Outcome> {
    try {
      const [result] = await this.#options.store.append([item])
      return result ?? 'fenced'
    } catch (error) {
      return error instanceof StoreUnavailable ? 'later' : 'broken'
    }
  }

  #retry(error: StoreUnavailable): null {
    const { clock, log } = this.#options
    const waitMs = this.#retryMs
    clock.after(waitMs, this.#append)
    this.#retryMs = Math.min(2 * waitMs, BACKOFF_MS.last)
    if (waitMs === BACKOFF_MS.first) {
      log.warn({ err: error, answers: this.#batch.length }, 'append failed, trying again')
    } else if (waitMs === BACKOFF_MS.last) {
      for (const answer of new Set([...this.#batch, ...this.#queue])) this.#tellRetrying(answer)
    }
    return null
  }

  /** Else it were silent, for as long as it takes (F7). One that is ending says it by itself. */
  #tellRetrying(answer: OwnedAnswer): void {
    if (answer.state === 'streaming') this.#options.events.activity(answer, 'retrying', '')
  }

  /** A bug where one answer's text is shown costs that answer: the others of the lane go on (X6). */
  #applyAlone(answer: OwnedAnswer, result: Outcome, epoch: number): void {
    try {
      this.#apply(answer, result, epoch)
    } catch (error) {
      const { log, meter, onBroken } = this.#options
      meter.caught(1, { door: 'answer' })
      log.error({ err: error, session: answer.sessionId }, "caught at an answer's text")
      onBroken(answer, error)
    }
  }

  #apply(answer: OwnedAnswer, result: Outcome, epoch: number): void {
    const { inFlight: text } = answer
    if (result === 'later' && answer.isOpen) return this.#offerAgain(answer)
    answer.offersInVain = 0
    answer.inFlight = ''
    if (answer.state === 'ended' || answer.state === 'lost') return
    if (result === 'stored') {
      const offset = answer.stored.length
      answer.stored += text
      answer.storedBytes += Buffer.byteLength(text)
      answer.storedBookmark = answer.inFlightBookmark ?? answer.storedBookmark
      if (answer.pending === '') {
        answer.flushed?.resolve()
        answer.flushed = null // who waits from here on waits for what is added from here on
      } else if (answer.state === 'streaming') this.enqueue(answer)
      if (text !== '') this.#options.events.text(answer, offset, text)
    } else {
      answer.pending = text + answer.pending
      if (answer.state !== 'streaming') return // it is being checked already, or its end will tell
      answer.become('checking')
      if (result === 'broken') this.#options.onBroken(answer, new Error('its text cannot be stored'))
      else this.#options.onFenced(answer, epoch)
    }
  }

  #offerAgain(answer: OwnedAnswer): void {
    if (++answer.offersInVain % TOLD_EVERY === 0) this.#tellRetrying(answer)
    answer.isPutOff = true // what its model adds meanwhile begins no offer of its own
    this.#options.clock.after(LATER_MS, () => {
      answer.isPutOff = false
      if (answer.state === 'streaming') this.enqueue(answer)
    })
  }
}

function itemOf(answer: OwnedAnswer): AppendItem {
  const { sessionId, message, epoch, storedBytes, inFlight: text, inFlightBookmark: bookmark } = answer
  return { sessionId, epoch, messageId: storedBytes === 0 ? message.id : null, storedBytes, text, bookmark }
}

import { delay, isoNow } from '../ports/clock.ts'
import { noRetriever, type Retriever } from '../ports/retriever.ts'
import type { Fenced, Finished, SessionStore } from '../ports/session-store.ts'
import { Detached, type ModelEnd, ModelError, type Turn } from '../ports/token-source.ts'
import type { ActivityKind } from '../protocol/events.ts'
import type { Message, Metadata } from '../protocol/message.ts'
import { ActivityLine } from './activity-line.ts'
import { Asking, type AskingOptions } from './asking.ts'
import { replicaOf } from './compose.ts'
import type { OwnedAnswer } from './owned-answer.ts'
import { Prompt, type PromptOptions } from './prompt.ts'

/** An answer that changed hands more often than this ends as `interrupted`: something about it kills its owners. */
const MAX_TAKEOVERS = 5
/** Between two tries of a write that has to be made, while the store is away, in milliseconds. */
const RETRY_MS = 250

export interface AnsweringOptions extends AskingOptions, PromptOptions {
  /** This replica and incarnation, as others reach it: `r1.4f2a9c`. */
  readonly address: string
  readonly store: SessionStore
  readonly retriever: Retriever
  /** What goes on while no text comes: everybody is to be told, also what the model thinks in `words` (F7). */
  onActivity(answer: OwnedAnswer, kind: ActivityKind, words: string): void
  /** The answer stands empty again, for another attempt: everybody is to be told. */
  onRestarted(answer: OwnedAnswer, watchers: readonly string[]): void
  /** This replica has no more to do with the answer; `detached`, it still owns it until another takes it. */
  onReleased(answer: OwnedAnswer, detached: boolean): void
  /** The answer's final state is stored: everybody may be told. */
  onFinished(answer: OwnedAnswer, message: Message, finished: Finished): void
}

/** How an answer ended, before it is stored. */
type Ending = { readonly status: 'complete' | 'stopped' | 'error'; readonly metadata: Metadata }

/** The reason to end the provider's work on an answer that somebody stopped. */
class Stopped extends Error {
  override readonly name = 'Stopped'
}

interface Run {
  readonly answer: OwnedAnswer
  readonly abort: AbortController
  /** The final message; null where the answer was lost to another replica. */
  readonly ended: Promise<Message | null>
}

/** Produces the answers that this replica owns: asks the model, feeds the writer, stores the end. */
export class Answering {
  readonly #options: AnsweringOptions
  readonly #asking: Asking
  /** By session: it has one answer at a time (M3). */
  readonly #runs = new Map<string, Run>()

  constructor(options: AnsweringOptions) {
    this.#options = options
    this.#asking = new Asking(options)
  }

  get running(): OwnedAnswer[] {
    return [...this.#runs.values()].map((run) => run.answer)
  }

  get count(): number {
    return this.#runs.size
  }

  /** The answer of the session that this replica produces. */
  of(sessionId: string): OwnedAnswer | undefined {
    return this.#runs.get(sessionId)?.answer
  }

  /** Produces the session's answer under this very epoch: of two equal claims made here the store answers both alike. */
  has(sessionId: string, epoch: number): boolean {
    const own = this.of(sessionId)
    return own?.epoch === epoch && own.state !== 'lost'
  }

  /**
   * Starts to produce the answer to `messages`: those before it, oldest first, the user's last. Whatever happens to it
   * happens to its message, so this never rejects.
   */
  start(answer: OwnedAnswer, messages: readonly Turn[]): void {
    this.#run(answer, (abort, activity) => {
      if (this.#options.retriever !== noRetriever) activity.tell('searching')
      return this.#produce(answer, messages, abort, activity)
    })
  }

  /** Goes on with an answer that was taken over (F3), or ends it as `interrupted` where that cannot be (F4). */
  resume(answer: OwnedAnswer, messages: readonly Turn[], takeovers: number): void {
    if (takeovers <= MAX_TAKEOVERS && this.#asking.canGoOn(answer)) {
      return this.#run(answer, (abort, activity) => {
        activity.tell('resuming')
        return this.#produce(answer, messages, abort, activity)
      })
    }
    this.#options.meter.error('interrupted')
    const message = 'the replica that wrote this answer is gone and it cannot be gone on with; regenerate it'
    this.#run(answer, async () => ({
      status: 'error',
      metadata: { error: { code: 'interrupted', message, retryable: true } },
    }))
  }

  #run(answer: OwnedAnswer, produce: (abort: AbortController, activity: ActivityLine) => Promise<Ending | null>): void {
    const { meter, writer, clock, onReleased, onActivity } = this.#options
    // This replica was fenced and has not heard of it, or claimed the answer again: what it had of it before is over.
    const before = this.of(answer.sessionId)
    if (before?.isOpen) this.lose(before)
    const abort = new AbortController()
    const activity = new ActivityLine({
      clock,
      isQuiet: () => answer.state === 'streaming' && answer.isSettled,
      tell: (kind, words) => onActivity(answer, kind, words),
    })
    abort.signal.addEventListener('abort', () => activity.end(), { once: true })
    meter.answersRunning(1)
    const ended = produce(abort, activity)
      .then((ending) => (ending === null ? null : this.#end(answer, ending)))
      .finally(() => {
        activity.end()
        if (this.#runs.get(answer.sessionId)?.answer === answer) this.#runs.delete(answer.sessionId)
        writer.release(answer)
        meter.answersRunning(-1)
        onReleased(answer, answer.state === 'streaming')
      })
    this.#runs.set(answer.sessionId, { answer, abort, ended })
  }

  /** Ends a running answer as `stopped` and gives it; null where it was lost meanwhile. */
  async stop(answer: OwnedAnswer): Promise<Message | null> {
    const run = this.#runs.get(answer.sessionId)
    if (run?.answer !== answer) return null
    run.abort.abort(new Stopped())
    return run.ended
  }

  /** Ends, as `stopped`, an answer that was taken from a replica that may be unable to end it. */
  endAsStopped(answer: OwnedAnswer): Promise<Message | null> {
    if (answer.bookmark !== null) this.#options.source.cancel(answer.bookmark)
    this.#run(answer, async () => ({ status: 'stopped', metadata: { finish_reason: 'stopped' } }))
    return this.#runs.get(answer.sessionId)?.ended ?? Promise.resolve(null)
  }

  /** The answer is another's by now: the model is let go and nothing more is written. */
  lose(answer: OwnedAnswer): void {
    answer.state = 'lost'
    this.#options.writer.release(answer)
    const run = this.#runs.get(answer.sessionId)
    if (run?.answer === answer) run.abort.abort(new Detached())
  }

  /** Lets the model go with all that it gave stored, so that another replica can go on at that place. */
  async detach(answer: OwnedAnswer): Promise<void> {
    const run = this.#runs.get(answer.sessionId)
    if (run?.answer !== answer) return
    run.abort.abort(new Detached())
    await run.ended
  }

  /** Resolves once no answer runs any more. */
  async idle(): Promise<void> {
    while (this.#runs.size > 0) await Promise.allSettled([...this.#runs.values()].map((run) => run.ended))
  }

  async #produce(
    answer: OwnedAnswer,
    messages: readonly Turn[],
    abort: AbortController,
    activity: ActivityLine,
  ): Promise<Ending | null> {
    const { signal } = abort
    const prompt = new Prompt(messages, this.#options)
    try {
      const { retriever } = this.#options
      prompt.add(await retriever.retrieve(answer.sessionId, prompt.query, prompt.conversation, signal))
      if (activity.kind === 'searching') activity.clear()
      const end = await this.#asking.ask({ answer, prompt, activity, abort, restart: () => this.#restart(answer) })
      return { status: 'complete', metadata: { ...sourcesOf(prompt), ...endMetadata(end) } }
    } catch (thrown) {
      if (signal.reason instanceof Detached) {
        await this.#options.writer.settled(answer)
        return null
      }
      if (signal.aborted) return { status: 'stopped', metadata: { ...sourcesOf(prompt), finish_reason: 'stopped' } }
      return { status: 'error', metadata: { ...sourcesOf(prompt), error: this.#failure(answer, thrown) } }
    }
  }

  /** Begins the answer's next attempt from nothing, for as long as it takes. */
  async #restart(answer: OwnedAnswer): Promise<void> {
    const { store, writer, onRestarted } = this.#options
    await writer.settled(answer)
    for (;;) {
      if (answer.isOpen) answer.state = 'restarting'
      const { sessionId, epoch } = answer
      const message = { ...answer.message, attempt: answer.message.attempt + 1 }
      const restarted = await this.#asOwner(answer, () => store.restart({ sessionId, epoch, message, keepText: false }))
      if (restarted.kind === 'restarted') {
        answer.restart(message, restarted.epoch)
        return onRestarted(answer, restarted.watchers)
      }
      if (answer.state === 'restarting') answer.state = 'checking'
      if (await this.#reclaim(answer, epoch)) continue // its attempt was raised meanwhile (G4)
      this.lose(answer)
      throw new Detached()
    }
  }

  #failure(answer: OwnedAnswer, thrown: unknown): Metadata {
    const { log, meter } = this.#options
    log.error({ err: thrown, session: answer.sessionId, message: answer.message.id }, 'answer failed')
    if (!(thrown instanceof ModelError)) {
      meter.error('internal')
      return { code: 'internal', message: 'the answer could not be produced', retryable: true }
    }
    meter.error('llm_failed')
    const { message, retryable, retryAfterMs } = thrown
    return { code: 'llm_failed', message, retryable, ...(retryable && retryAfterMs !== undefined && { retryAfterMs }) }
  }

  /** Stores the final message, for as long as it takes, and tells. Null where the answer was lost. */
  async #end(answer: OwnedAnswer, ending: Ending): Promise<Message | null> {
    const { store, clock, address, onFinished } = this.#options
    if (answer.state === 'lost') return null
    answer.pending += this.#asking.rest(answer)
    answer.state = 'closing'
    answer.usage = answer.spent.total()
    const reasoning = this.#asking.reasoningOf(answer)
    const message: Message = {
      ...answer.message,
      content: answer.text,
      status: ending.status,
      metadata: {
        ...answer.message.metadata,
        ...ending.metadata,
        ...(answer.usage === null ? {} : { usage: answer.usage }),
        ...(reasoning === '' ? {} : { reasoning }),
        replicas: answer.contributorsWith(replicaOf(address)),
        processing_time_ms: Math.max(0, clock.now() - answer.startedAt),
      },
    }
    const at = isoNow(clock)
    for (;;) {
      // Read at each try: meanwhile the answer may have been given another epoch, attempt or seq (G2, G4).
      const current = (): Message => ({ ...message, seq: answer.message.seq, attempt: answer.message.attempt })
      let { epoch } = answer
      const finished = await this.#asOwner(answer, () => {
        epoch = answer.epoch
        return store.finish({ sessionId: answer.sessionId, epoch, message: current(), at })
      })
      if (finished.kind === 'finished') {
        answer.state = 'ended'
        onFinished(answer, current(), finished)
        return current()
      }
      if (!(await this.#reclaim(answer, epoch))) {
        answer.state = 'lost'
        return null
      }
    }
  }

  /** `epoch` was refused: goes on under the answer's new one if it is still this replica's, else lets it go. */
  async check(answer: OwnedAnswer, epoch: number): Promise<void> {
    const reclaimed = await this.#reclaim(answer, epoch)
    if (answer.state !== 'checking') return
    if (reclaimed) this.#options.writer.retry(answer)
    else this.lose(answer)
  }

  /**
   * Whether the running answer is this replica's in the store: under another epoch than `refused`, which it takes together
   * with the attempt (G4), or with less text than was confirmed, which is then to be stored again. Not where another one has
   * added to it meanwhile and a claim of this replica, whose reply is still out, took it back: that claim's text goes on (F1).
   */
  async #reclaim(answer: OwnedAnswer, refused: number): Promise<boolean> {
    if (answer.state === 'lost') return false
    const { store, address } = this.#options
    const { id, seq, createdAt } = answer.message
    const snapshot = await this.#persistently(() => store.read(answer.sessionId, seq - 1))
    const running = snapshot?.running
    if (running?.messageId !== id || running.owner !== address) return false
    const asStored = snapshot?.messages?.find((message) => message.id === id)
    if (asStored?.createdAt !== createdAt) return false // it ended, and was asked for again: nobody had a reply to either
    if (this.of(answer.sessionId) !== answer) return false // it is of a later claim of this replica
    if (answer.state === 'restarting') return false // it is of the next attempt, which the restart itself will take
    if (running.epoch === refused) return answer.rewind(running.text)
    const isKnown = running.epoch === answer.epoch
    if (!isKnown && !answer.isOnlyOf(running.contributors, replicaOf(address))) return false
    answer.epoch = running.epoch
    answer.message = { ...answer.message, attempt: running.attempt }
    return true
  }

  /** Repeats an owner's write until the store answers it, or mail has told that the answer is another's: the store, while away, would not know. */
  #asOwner<T>(answer: OwnedAnswer, write: () => Promise<T>): Promise<T | Fenced> {
    return this.#persistently(async () => (answer.state === 'lost' ? { kind: 'fenced' } : write()))
  }

  /** Repeats a call that can be repeated until the store answers it. */
  async #persistently<T>(call: () => Promise<T>): Promise<T> {
    const { clock, log } = this.#options
    for (;;) {
      try {
        return await call()
      } catch (err) {
        log.warn({ err }, 'the store is away, trying again')
        await delay(clock, RETRY_MS, new AbortController().signal)
      }
    }
  }
}

function endMetadata({ finishReason, model }: ModelEnd): Metadata {
  return { finish_reason: finishReason, ...(model === undefined ? {} : { model }) }
}

function sourcesOf({ sources }: Prompt): Metadata {
  return sources.length === 0 ? {} : { sources }
}

import { isoNow } from '../../ports/clock.ts'
import { Detached, type ModelEnd, ModelError, type Turn } from '../../ports/model.ts'
import { noRetriever, type Retriever } from '../../ports/retriever.ts'
import type { RunningAnswer, SessionStore } from '../../ports/session-store.ts'
import { noTracer, type Tracer } from '../../ports/tracer.ts'
import type { Message, Metadata } from '../../protocol/message.ts'
import { replicaOf } from '../../session/address.ts'
import { type Interruption, interrupted } from '../../session/interruptions.ts'
import { ActivityLine } from './activity-line.ts'
import type { AnswerEvents } from './answer-events.ts'
import { ModelCall, type ModelCallOptions } from './model-call.ts'
import type { OwnedAnswer } from './owned-answer.ts'
import { OwnerWrites } from './owner-writes.ts'
import { Prompt, type PromptOptions } from './prompt.ts'

/** An answer that more owners added text to and did not finish ends as `interrupted`: something about it may kill them. */
const MAX_OWNERS = 5
/** So does one that was taken from so many, whether they came to add text or not. Those that handed it over do not count (F5). */
const MAX_TAKEOVERS = 25

export interface AnswerRunnerOptions extends ModelCallOptions, PromptOptions {
  /** This replica and incarnation, as others reach it: `r1.4f2a9c`. */
  readonly address: string
  readonly store: SessionStore
  readonly retriever: Retriever
  readonly events: AnswerEvents
  /** None where absent. */
  readonly tracer?: Tracer
  /** This replica has no more to do with the answer; `detached`, it still owns it until another takes it. */
  onReleased(answer: OwnedAnswer, detached: boolean): void
}

/** How an answer ended, before it is stored. */
type Ending = { readonly status: 'complete' | 'stopped' | 'error'; readonly metadata: Metadata }

/** How an answer that was taken over goes on. */
export type Resumed = ReturnType<ModelCall['wayOf']> | 'interrupted'

/** The reason to end the provider's work on an answer that somebody stopped. */
class Stopped extends Error {
  override readonly name = 'Stopped'
}

/** The answer cannot go on, for a reason that lies with neither the model nor the store: it ends with the text that there is. */
class Interrupted extends Error {
  override readonly name = 'Interrupted'
  readonly metadata: Metadata

  constructor(why: Interruption) {
    const metadata = interrupted(why)
    super(String(metadata.message))
    this.metadata = metadata
  }
}

interface Run {
  readonly answer: OwnedAnswer
  readonly abort: AbortController
  /** The final message; null where the answer was lost to another replica. */
  readonly ended: Promise<Message | null>
}

/** Produces the answers that this replica owns: asks the model, feeds the writer, stores the end. */
export class AnswerRunner {
  readonly #options: AnswerRunnerOptions
  readonly #modelCall: ModelCall
  readonly #writes: OwnerWrites
  /** By session: it has one answer at a time (M3). */
  readonly #runs = new Map<string, Run>()

  constructor(options: AnswerRunnerOptions) {
    this.#options = options
    this.#modelCall = new ModelCall(options)
    this.#writes = new OwnerWrites({ ...options, isProduced: (answer) => this.of(answer.sessionId) === answer })
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

  /** Whether this replica produces the session's answer under this very epoch. Two equal claims of one replica get the same reply, so the second has to ask. */
  has(sessionId: string, epoch: number): boolean {
    const own = this.of(sessionId)
    return own?.epoch === epoch && own.state !== 'lost'
  }

  /**
   * Starts to produce the answer to `messages`: those before it, oldest first, the user's last. Whatever happens to it
   * happens to its message, so this never rejects.
   */
  start(answer: OwnedAnswer, messages: readonly Turn[]): void {
    this.#run(answer, async (abort, activity) => {
      if (this.#options.retriever !== noRetriever) activity.tell('searching')
      return this.#produce(answer, messages, abort, activity)
    })
  }

  /** Goes on with an answer that was taken over (F3), or ends it as `interrupted` where that cannot be (F4). Gives which of them. */
  resume(answer: OwnedAnswer, messages: readonly Turn[], running: RunningAnswer): Resumed {
    if (!running.isTextLost && !isDeadly(running) && this.#modelCall.canResume(answer)) {
      this.#run(answer, async (abort, activity) => {
        activity.tell('resuming')
        return this.#produce(answer, messages, abort, activity)
      })
      return this.#modelCall.wayOf(answer)
    }
    // What was shown of it is lost: a higher attempt makes clients drop it (D3).
    if (running.isTextLost) answer.message = { ...answer.message, attempt: answer.message.attempt + 1 }
    this.#countAsked(answer, messages)
    const reason = new Interrupted(running.isTextLost ? 'lost' : 'gone')
    this.#run(answer, async () => ({ status: 'error', metadata: { error: this.#failure(answer, reason) } }))
    return 'interrupted'
  }

  #run(answer: OwnedAnswer, produce: (abort: AbortController, activity: ActivityLine) => Promise<Ending | null>): void {
    const { meter, writer, clock, events, onReleased, tracer = noTracer } = this.#options
    // This replica was fenced and has not heard of it, or claimed the answer again: what it had of it before is over.
    const before = this.of(answer.sessionId)
    if (before?.isOpen) this.lose(before)
    const abort = new AbortController()
    const activity = new ActivityLine({
      clock,
      isQuiet: () => answer.state === 'streaming' && answer.isFlushed,
      tell: (kind, words) => events.activity(answer, kind, words),
    })
    abort.signal.addEventListener('abort', () => activity.end(), { once: true })
    meter.answersRunning(1)
    const { id: messageId, createdAt } = answer.message
    answer.trace = tracer.own({ sessionId: answer.sessionId, messageId, createdAt })
    const ended = produce(abort, activity)
      // A bug beside the model's call: nobody is to wait for its answer (F4).
      .catch((thrown: unknown): Ending => ({ status: 'error', metadata: { error: this.#failure(answer, thrown) } }))
      .then((ending) => (ending === null ? null : this.#end(answer, ending)))
      .then((message) => {
        if (message === null && answer.isOrphan) this.#countOrphan(answer)
        answer.trace.ended(message, answer.usage ?? {})
        return message
      })
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

  /** Ends, as `stopped`, the answer to `messages`, taken from a replica that may be unable to end it. */
  endAsStopped(answer: OwnedAnswer, messages: readonly Turn[]): Promise<Message | null> {
    this.#countAsked(answer, messages)
    this.#cancelResponse(answer)
    this.#run(answer, async () => ({ status: 'stopped', metadata: { finish_reason: 'stopped' } }))
    return this.#runs.get(answer.sessionId)?.ended ?? Promise.resolve(null)
  }

  /** What an owner before this one asked of the model for an answer that nobody goes on with: that one took its count with it. */
  #countAsked({ spent }: OwnedAnswer, messages: readonly Turn[]): void {
    spent.begin(new Prompt(messages, this.#options).tokens, true)
    spent.cut()
  }

  /** The answer is another's by now, or nobody's: the model is let go and nothing more is written. */
  lose(answer: OwnedAnswer, reason: Error = new Detached()): void {
    answer.become('lost')
    this.#options.writer.release(answer)
    const run = this.#runs.get(answer.sessionId)
    if (run?.answer === answer) run.abort.abort(reason)
  }

  /** The session was cleared: nobody goes on with its answer, and the provider is told so (F8). */
  orphan(answer: OwnedAnswer): void {
    answer.isOrphan = true
    this.lose(answer, new Stopped())
  }

  /** The answer is this replica's and cannot go on: it ends as an error, with the text that there is. */
  fail(answer: OwnedAnswer, error: unknown): void {
    const run = this.#runs.get(answer.sessionId)
    if (run?.answer !== answer || !answer.isOpen) return
    run.abort.abort(error)
    this.#options.writer.giveUp(answer)
  }

  /** The answer ends as `interrupted`, because another one of its session runs in the store. */
  interrupt(answer: OwnedAnswer): void {
    this.fail(answer, new Interrupted('yielded'))
  }

  /** The answer is in the store as `running`: from there on it goes on under that epoch (G2). */
  adoptEpoch(answer: OwnedAnswer, running: RunningAnswer, watchers: readonly string[]): void {
    const { epoch, seq, attempt } = running
    answer.epoch = epoch
    answer.message = { ...answer.message, seq, attempt }
    for (const watcher of watchers) answer.watchers.add(watcher)
    answer.rewind(running)
    if (answer.state === 'streaming') this.#options.writer.retry(answer)
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
      const end = await this.#modelCall.ask({
        answer,
        prompt,
        activity,
        abort,
        restart: () => this.#restart(answer, signal),
      })
      return { status: 'complete', metadata: { ...sourcesOf(prompt), ...endMetadata(end) } }
    } catch (thrown) {
      const reason: unknown = signal.aborted ? signal.reason : thrown
      if (reason instanceof Detached) {
        await this.#options.writer.flushed(answer)
        return null
      }
      if (reason instanceof Stopped) {
        this.#cancelResponse(answer)
        return { status: 'stopped', metadata: { ...sourcesOf(prompt), finish_reason: 'stopped' } }
      }
      return { status: 'error', metadata: { ...sourcesOf(prompt), error: this.#failure(answer, reason) } }
    }
  }

  /** Nobody goes on with it: the provider is not to work on it for nothing (F8). */
  #cancelResponse({ bookmark }: OwnedAnswer): void {
    if (bookmark !== null) this.#options.model.cancel(bookmark)
  }

  /** Begins the answer's next attempt from nothing, for as long as it takes. */
  async #restart(answer: OwnedAnswer, signal: AbortSignal): Promise<void> {
    const { writer, events } = this.#options
    await writer.flushed(answer)
    for (;;) {
      signal.throwIfAborted()
      answer.become('restarting')
      const { epoch } = answer
      const message = { ...answer.message, attempt: answer.message.attempt + 1 }
      const restarted = await this.#writes.restart(answer, message)
      if (restarted.kind === 'restarted') {
        answer.restart(message, restarted.epoch)
        return events.restarted(answer, restarted.watchers)
      }
      if (answer.state === 'restarting') answer.become('checking')
      const ownership = await this.#writes.ownershipOf(answer, epoch)
      if (ownership === 'broken') throw new Interrupted('lost')
      if (ownership === 'ours') continue // it is under another epoch meanwhile (G2)
      this.lose(answer)
      throw new Detached()
    }
  }

  #failure(answer: OwnedAnswer, thrown: unknown): Metadata {
    const { log, meter } = this.#options
    log.error({ err: thrown, session: answer.sessionId, message: answer.message.id }, 'answer failed')
    if (thrown instanceof Interrupted) {
      meter.errors(1, { code: 'interrupted' })
      return thrown.metadata
    }
    if (!(thrown instanceof ModelError)) {
      meter.errors(1, { code: 'internal' })
      return { code: 'internal', message: 'the answer could not be produced', retryable: true }
    }
    meter.errors(1, { code: 'llm_failed' })
    const { message, retryable, retryAfterMs } = thrown
    return { code: 'llm_failed', message, retryable, ...(retryable && retryAfterMs !== undefined && { retryAfterMs }) }
  }

  /** Stores the final message, for as long as it takes, and tells. Null where the answer was lost. */
  async #end(answer: OwnedAnswer, ending: Ending): Promise<Message | null> {
    const { clock, address } = this.#options
    if (!answer.become('closing')) return null
    answer.pending += this.#modelCall.rest(answer)
    answer.usage = answer.spent.total()
    const reasoning = this.#modelCall.reasoningOf(answer)
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
    try {
      return await this.#storeEnd(answer, message)
    } catch (error) {
      this.#unstorable(answer, message, error)
      return null
    }
  }

  async #storeEnd(answer: OwnedAnswer, message: Message): Promise<Message | null> {
    const { clock, events } = this.#options
    const ended = await this.#writes.finish(answer, message, isoNow(clock))
    if (ended === null) {
      answer.become('lost')
      return null
    }
    answer.become('ended')
    // Not before: until then it may be another's, who reattaches to it.
    if (message.status === 'error') this.#cancelResponse(answer)
    events.finished(answer, ended.message, ended.finished)
    return ended.message
  }

  /** Nobody else finds an answer that went with its session: what it took is counted here. */
  #countOrphan(answer: OwnedAnswer): void {
    answer.usage = answer.spent.total()
    this.#options.events.orphaned(answer)
  }

  /** What is wrong will not pass by itself: nobody is to wait for it. */
  #unstorable(answer: OwnedAnswer, message: Message, error: unknown): void {
    const { log, meter, events } = this.#options
    log.error({ err: error, session: answer.sessionId, message: message.id }, 'the end of an answer cannot be stored')
    meter.errors(1, { code: 'internal' })
    answer.become('lost')
    const told = { code: 'internal', message: 'the answer could not be stored', retryable: true }
    const { finish_reason: _, ...metadata } = message.metadata
    events.unstorable(answer, { ...message, status: 'error', metadata: { ...metadata, error: told } })
  }

  /** `epoch` was refused: goes on under the answer's new one if it is still this replica's, else lets it go. */
  async afterRefusal(answer: OwnedAnswer, epoch: number): Promise<void> {
    const ownership = await this.#writes.ownershipOf(answer, epoch).catch((error: unknown) => {
      this.fail(answer, error)
      return null
    })
    if (answer.state !== 'checking') return
    if (ownership === 'ours') this.#options.writer.retry(answer)
    else if (ownership === 'theirs') this.lose(answer)
    else if (ownership === 'gone') this.lose(answer, new Stopped())
    else if (ownership === 'broken') this.fail(answer, new Interrupted('lost'))
  }
}

function isDeadly({ takeovers, contributors }: RunningAnswer): boolean {
  return takeovers > MAX_TAKEOVERS || (takeovers > MAX_OWNERS && contributors.length > MAX_OWNERS)
}

function endMetadata({ finishReason, model }: ModelEnd): Metadata {
  return { finish_reason: finishReason, ...(model === undefined ? {} : { model }) }
}

function sourcesOf({ sources }: Prompt): Metadata {
  return sources.length === 0 ? {} : { sources }
}

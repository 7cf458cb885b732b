import type {
  AppendItem,
  AppendResult,
  BeginRequest,
  Busy,
  Claimed,
  ClaimRequest,
  Conflict,
  Fenced,
  Finished,
  IdTaken,
  Missing,
  RegenerateRequest,
  Repeated,
  Restarted,
  RestartRequest,
  RunningAnswer,
  Started,
} from '../../src/ports/session-store.ts'
import type { Behind, Cleared, Reconciled, ReconcileRequest } from '../../src/ports/shared-store.ts'
import { BatonError } from '../../src/protocol/errors.ts'
import type { Delta, Sent } from '../../src/protocol/events.ts'
import type { Message } from '../../src/protocol/message.ts'
import { checkEnd } from './answer-end.ts'
import {
  type AnswerRecord,
  type Attempt,
  currentOf,
  isSame,
  newAttempt,
  replicaOf,
  type SessionRecord,
} from './records.ts'
import type { Scheduler } from './scheduler.ts'
import type { Trace } from './trace.ts'

export interface Violation {
  /** The contract's rule. */
  readonly rule: string
  readonly text: string
  readonly at: number
}

/**
 * What really happened, seen where it happens: at the store, and where a follower is told. It believes nobody: what the
 * store and the replicas say of themselves is compared with what they were told before.
 */
export class History {
  readonly violations: Violation[] = []
  readonly sessions = new Map<string, SessionRecord>()
  /** Ids of the answers that somebody wanted to stop. */
  readonly stopAsked = new Set<string>()
  /** Questions on which the model has failed at least once. */
  readonly modelFailed = new Set<string>()
  /** A replica has gone on without the store (G1): much of what was shown since may have been provisional. */
  wasAlone = false
  readonly #scheduler: Scheduler
  readonly #trace: Trace | null

  constructor(scheduler: Scheduler, trace: Trace | null) {
    this.#scheduler = scheduler
    this.#trace = trace
  }

  violated(rule: string, text: string, about?: unknown): void {
    this.#trace?.note('!', `[${rule}] ${text}`, about)
    this.violations.push({ rule, text, at: this.#scheduler.now })
  }

  /** What is no violation once a replica has gone on alone: D1 and what follows from it is suspended then. */
  violatedUnlessAlone(rule: string, text: string, about?: unknown): void {
    if (!this.wasAlone) this.violated(rule, text, about)
  }

  /** A request was refused; gives the error where it is one that the gateway means. */
  refused(who: string, error: unknown): BatonError | null {
    if (!(error instanceof BatonError)) {
      this.violated('X1', 'the gateway has failed', error)
      return null
    }
    this.#trace?.note(who, `is refused: ${error.code}`)
    // Of what is refused for good, only what another client, or a loss that was announced, can have caused is right.
    const isRight = error.retryable || error.code === 'invalid'
    if (!isRight && !(this.wasAlone && error.code === 'message_not_found'))
      this.violated('X1', `a right request was refused: ${error.message}`)
    return error
  }

  session(id: string): SessionRecord {
    const known = this.sessions.get(id)
    if (known !== undefined) return known
    const session = { id, lastSeq: 0, exchanges: new Map(), answers: new Map(), running: null }
    this.sessions.set(id, session)
    return session
  }

  answer(sessionId: string, messageId: string): AnswerRecord | undefined {
    return this.sessions.get(sessionId)?.answers.get(messageId)
  }

  /** The session's answer to a question. */
  answerOn(sessionId: string, question: string | undefined): AnswerRecord | undefined {
    const answers = this.sessions.get(sessionId)?.answers.values() ?? []
    return [...answers].find((answer) => answer.question === question)
  }

  begun<T extends Started | Repeated | Busy | IdTaken | Missing>(request: BeginRequest, result: T): T {
    const session = this.session(request.sessionId)
    if (result.kind === 'missing') this.violated('M1', 'the session is gone', request)
    if (result.kind !== 'started') return result
    const known = session.exchanges.get(request.message.id)
    if (known !== undefined && known.answer.id === request.answer.id) return result
    if (known !== undefined) this.violated('M2', 'a message was stored twice', request.message)
    const { seq, epoch } = result
    if (seq !== session.lastSeq + 2) this.violated('M', `seq ${seq} after ${session.lastSeq}`, request.message)
    if (session.running !== null) this.violated('M3', 'an answer began while one was running', request.message)
    const { answer, message, owner } = request
    // One that was alone may have begun further attempts before the store is told of the first (G2).
    if (answer.attempt !== 1) this.violatedUnlessAlone('M', `a new answer in its attempt ${answer.attempt}`, answer)
    const record: AnswerRecord = {
      id: answer.id,
      seq,
      question: message.content,
      attempt: answer.attempt,
      attempts: new Map([[answer.attempt, newAttempt()]]),
      epoch,
      owner,
      takeovers: 0,
    }
    session.lastSeq = seq
    session.exchanges.set(message.id, { message: { ...message, seq: seq - 1 }, answer: record })
    session.answers.set(answer.id, record)
    session.running = record
    return result
  }

  regenerated<T extends Started | Busy | Conflict | Missing>(request: RegenerateRequest, result: T): T {
    const session = this.session(request.sessionId)
    const record = session.answers.get(request.answer.id)
    if (result.kind !== 'started' || record === undefined) return result
    if (record.attempt === request.answer.attempt) return result
    if (session.running !== null) this.violated('M3', 'an answer began again while one was running', request.answer)
    this.#nextAttempt(record, request.answer.attempt)
    record.epoch = result.epoch
    record.owner = request.owner
    record.takeovers = 0
    session.running = record
    return result
  }

  claimed(request: ClaimRequest, result: Claimed | Fenced): Claimed | Fenced {
    const record = this.session(request.sessionId).running
    if (result.kind === 'fenced') return result
    if (record === null || record.id !== result.message.id) {
      this.violated('F1', 'an answer was claimed that does not run', request)
      return result
    }
    if (record.epoch === result.running.epoch) return result
    if (record.epoch !== request.epoch) this.violated('F2', 'two claims of one epoch have won', request)
    if (result.running.text !== currentOf(record).text) this.violated('F3', 'a takeover found another text', result)
    record.epoch = result.running.epoch
    record.owner = request.owner
    record.takeovers++
    return result
  }

  restarted(request: RestartRequest, result: Restarted | Fenced): Restarted | Fenced {
    const record = this.answer(request.sessionId, request.message.id)
    if (result.kind === 'fenced' || record === undefined || record.epoch === result.epoch) return result
    this.#nextAttempt(record, request.message.attempt)
    record.epoch = result.epoch
    return result
  }

  /** What a replica held is in the store now, and what else is there stands: the records are taken from what came of it (G2, G4). */
  reconciled<T extends Reconciled | Busy | Behind | Cleared>(request: ReconcileRequest, result: T): T {
    if (result.kind !== 'reconciled') return result
    const { owner, exchanges } = request
    const session = this.session(request.session.id)
    const messages = result.snapshot.messages ?? []
    const wasRunning = session.running
    session.running = null
    for (let i = 0; i < messages.length; i += 2) {
      const [question, answer] = messages.slice(i, i + 2)
      if (question?.role !== 'user' || answer === undefined) {
        this.violated('M', 'a question without its answer', question)
        continue
      }
      const record = this.#reconciledRecord(session, request, question, answer)
      const running = result.snapshot.running?.messageId === answer.id ? result.snapshot.running : null
      const isOurs = exchanges.some((exchange) => exchange.answer.id === answer.id)
      const mayChange = isOurs && (wasRunning !== record || record.owner === owner)
      this.#settleAnswer(record, answer, running, mayChange)
      if (running !== null) session.running = record
    }
    return result
  }

  #reconciledRecord(
    session: SessionRecord,
    request: ReconcileRequest,
    question: Message,
    answer: Message,
  ): AnswerRecord {
    const known = session.exchanges.get(question.id)
    if (known !== undefined) {
      if (known.answer.id !== answer.id) this.violated('M2', 'a message was stored twice', question)
      return known.answer
    }
    if (!request.exchanges.some((exchange) => exchange.question?.id === question.id))
      this.violated('G2', 'a message came from nowhere', question)
    if (question.seq !== session.lastSeq + 1)
      this.violated('M', `seq ${question.seq} after ${session.lastSeq}`, question)
    const { id, seq, attempt } = answer
    const attempts = new Map([[attempt, newAttempt()]])
    const { owner } = request
    const record = { id, seq, question: question.content, attempt, attempts, epoch: 0, owner, takeovers: 0 }
    session.lastSeq = seq
    session.exchanges.set(question.id, { message: question, answer: record })
    session.answers.set(id, record)
    return record
  }

  #settleAnswer(record: AnswerRecord, answer: Message, running: RunningAnswer | null, mayChange: boolean): void {
    const final = running === null ? answer : null
    const text = running?.text ?? answer.content
    const known = record.attempts.get(answer.attempt)
    const isKnown = record.attempt === answer.attempt && known?.text === text && sameEnd(known.final, final)
    if (running !== null) {
      record.epoch = running.epoch
      record.owner = running.owner
    }
    if (isKnown) return
    if (!mayChange) this.violated('G4', 'what another replica has stored was undone', answer)
    const contributors =
      running === null ? [...((answer.metadata.replicas as string[]) ?? [])] : [...running.contributors]
    if (running !== null && contributors.at(-1) !== replicaOf(running.owner) && text !== '')
      contributors.push(replicaOf(running.owner))
    const bookmarked = running?.bookmark != null || (known?.bookmarked ?? false)
    record.attempt = answer.attempt
    record.attempts.set(answer.attempt, { text, final, contributors, bookmarked })
  }

  appended(address: string, items: readonly AppendItem[], results: readonly AppendResult[]): readonly AppendResult[] {
    for (const [i, item] of items.entries()) if (results[i] === 'stored') this.#stored(address, item)
    return results
  }

  #stored(address: string, { sessionId, epoch, storedBytes, text, bookmark }: AppendItem): void {
    const record = this.session(sessionId).running
    if (record === null || record.epoch !== epoch || record.owner !== address) {
      return this.violated('F1', 'text was stored for a replica that is not the owner', { address, epoch, text })
    }
    const attempt = currentOf(record)
    if (bookmark !== null) attempt.bookmarked = true
    const bytes = Buffer.byteLength(attempt.text)
    if (bytes === storedBytes) this.#add(attempt, attempt.text + text, address)
    else if (bytes !== storedBytes + Buffer.byteLength(text)) {
      this.violated('D2', `text for byte ${storedBytes} was stored at byte ${bytes}`, text)
    }
  }

  #add(attempt: Attempt, text: string, address: string): void {
    const replica = replicaOf(address)
    if (text.length > attempt.text.length && attempt.contributors.at(-1) !== replica) attempt.contributors.push(replica)
    attempt.text = text
  }

  finished(
    address: string,
    request: { sessionId: string; epoch: number; message: Message },
    result: Finished | Fenced,
  ): Finished | Fenced {
    const { sessionId, epoch, message } = request
    const session = this.session(sessionId)
    const record = session.answers.get(message.id)
    if (result.kind === 'fenced' || record === undefined) return result
    const isOwner = session.running === record && record.epoch === epoch && record.owner === address
    // One that was alone may have begun further attempts meanwhile, and the store is told of the last (G2).
    if (isOwner && this.wasAlone && message.attempt > record.attempt) this.#nextAttempt(record, message.attempt)
    const attempt = record.attempts.get(message.attempt)
    if (attempt?.final != null) {
      if (!isSame(attempt.final, message)) this.violated('D4', 'two final messages', message)
      return result
    }
    if (!isOwner || attempt === undefined) {
      this.violated('F1', 'a replica that is not the owner has ended an answer', message)
      return result
    }
    if (!message.content.startsWith(attempt.text)) this.violated('F3', 'the end has lost text that was shown', message)
    this.#add(attempt, message.content, address)
    attempt.final = message
    session.running = null
    checkEnd(this, record, attempt, message)
    return result
  }

  #nextAttempt(record: AnswerRecord, attempt: number): void {
    const isNext = attempt === record.attempt + 1 || (this.wasAlone && attempt > record.attempt)
    if (!isNext) this.violated('M', `attempt ${attempt} after ${record.attempt}`, record)
    record.attempt = attempt
    record.attempts.set(attempt, newAttempt())
  }

  /** A follower is being told `delta`: the store has to have it (D1). */
  shownDelta({ sessionId, messageId, attempt, offset, text }: Delta): void {
    const stored = this.answer(sessionId, messageId)?.attempts.get(attempt)?.text ?? ''
    if (stored.slice(offset, offset + text.length) !== text)
      this.violated('D1', 'text is shown that is not stored', { messageId, attempt, offset, text })
  }

  shownMessage(sessionId: string, message: Message): void {
    if (message.role === 'user') {
      const known = this.sessions.get(sessionId)?.exchanges.get(message.id)?.message
      if (known === undefined || !isSame(known, message))
        this.violated('D1', 'a message is shown that is not stored', message)
      return
    }
    const attempt = this.answer(sessionId, message.id)?.attempts.get(message.attempt)
    const stored = attempt?.final ?? null
    const isStored =
      message.status === 'streaming' ? attempt?.text.startsWith(message.content) : message.content === stored?.content
    if (!isStored || (message.status !== 'streaming' && message.status !== stored?.status))
      this.violated('D1', 'an answer is shown that is not stored', message)
  }

  /** A send was acknowledged: it is stored, and every acknowledgement of it says the same (M1, M2). */
  acknowledged(sessionId: string, { message, answer, persisted }: Sent): void {
    if (!persisted) return
    const exchange = this.sessions.get(sessionId)?.exchanges.get(message.id)
    if (exchange === undefined) this.violated('M1', 'a message was acknowledged that is not stored', message)
    else if (exchange.message.seq !== message.seq || exchange.answer.id !== answer.id)
      this.violated('M2', 'a message was acknowledged with another seq or answer', { message, answer })
  }
}

function sameEnd(a: Message | null, b: Message | null): boolean {
  return a === null || b === null ? a === b : isSame(a, b)
}

import type { Bookmark } from '../../ports/model.ts'
import type { RunningAnswer } from '../../ports/session-store.ts'
import { type AnswerTrace, noTrace } from '../../ports/tracer.ts'
import type { Message } from '../../protocol/message.ts'
import { TextGate } from '../../session/text-gate.ts'
import { Spent, type TotalUsage } from './tokens.ts'

/**
 * How an answer that this replica owns stands. `checking`: an append was refused, and the store is asked whether the answer
 * is still this replica's under another epoch (G4); `restarting`: its next attempt is being stored, and its reply alone tells
 * the new epoch; `closing`: its end is being stored; `lost`: it is another's now.
 */
export type OwnedState = 'streaming' | 'checking' | 'restarting' | 'closing' | 'ended' | 'lost'

/** The states that may follow each one. Nothing brings an answer back that is closing, has ended or was lost. */
export const TRANSITIONS: Readonly<Record<OwnedState, readonly OwnedState[]>> = {
  streaming: ['checking', 'restarting', 'closing', 'lost'],
  checking: ['streaming', 'restarting', 'closing', 'lost'],
  restarting: ['streaming', 'checking', 'closing', 'lost'],
  closing: ['ended', 'lost'],
  ended: ['lost'], // its end could not be told: its subscribers have to look
  lost: ['ended'], // a replica was heard to have taken it while its end was on the way, and the end came first
}

/** An answer that this replica produces: the text that is stored and shown, and what still waits to be. */
export class OwnedAnswer {
  readonly sessionId: string
  /** Whom the session belongs to; null where nobody said. */
  readonly userId: string | null
  /** The empty answer as it was acknowledged, or as its present attempt began. */
  message: Message
  epoch: number
  /** Epoch milliseconds. */
  readonly startedAt: number
  contributors: readonly string[]
  /** Other replicas with sockets of the session, by address. */
  readonly watchers: Set<string>
  /** Of the present stream: what it holds back is lost with the stream, and given again by the next. */
  gate = new TextGate()

  #state: OwnedState = 'streaming'
  /** Stored, therefore visible (D1). */
  stored: string
  /** UTF-8 bytes of `stored`. */
  storedBytes: number
  /** `stored.length` when this replica became the owner: what is beyond it is this replica's own contribution. */
  inheritedLength: number
  /** Handed to the store, not yet confirmed. */
  inFlight = ''
  /** The bookmark that belongs to the end of `inFlight`. */
  inFlightBookmark: Bookmark | null = null
  /** Gathered for the next append. */
  pending = ''
  /** Of the end of `text`. */
  bookmark: Bookmark | null
  /** Of the end of `stored`, or of a place before it: an owner that goes on from there misses nothing (F3). */
  storedBookmark: Bookmark | null
  /** UTF-8 bytes of `text`. */
  bytes: number
  /** What the model thought on its way, where that is kept (F7). */
  reasoning = ''
  /** What its requests have cost so far. */
  readonly spent: Spent
  /** What they have cost together, once it has ended. */
  usage: TotalUsage | null = null
  /** The store's node to which its text goes, by the name that this had when the first of it went there. */
  node: string | null = null
  /** Epoch milliseconds from which no text of it came because its owner was gone; null once text comes again. */
  silentSince: number | null = null
  /** This replica's part of its trace. */
  trace: AnswerTrace = noTrace
  /** Its session was found to be no more. */
  isOrphan = false
  /** Already among those that the next append will take. */
  queued = false
  /** Its text alone was not taken, and is offered again in a moment. */
  isPutOff = false
  /** How often in a row its text alone was not taken. */
  offersInVain = 0
  /** Resolved once `pending` was taken. */
  drained: PromiseWithResolvers<void> | null = null
  /** Resolved once everything given is stored. */
  flushed: PromiseWithResolvers<void> | null = null

  constructor(init: {
    sessionId: string
    userId?: string | null
    message: Message
    epoch: number
    startedAt: number
    watchers: readonly string[]
    contributors?: readonly string[]
    text?: string
    bookmark?: Bookmark | null
  }) {
    this.sessionId = init.sessionId
    this.userId = init.userId ?? null
    this.message = init.message
    this.epoch = init.epoch
    this.startedAt = init.startedAt
    this.watchers = new Set(init.watchers)
    this.contributors = init.contributors ?? []
    this.stored = init.text ?? ''
    this.storedBytes = Buffer.byteLength(this.stored)
    this.bytes = this.storedBytes
    this.spent = new Spent(this.storedBytes)
    this.inheritedLength = this.stored.length
    this.bookmark = init.bookmark ?? null
    this.storedBookmark = this.bookmark
  }

  get state(): OwnedState {
    return this.#state
  }

  /** Goes on to `state`, and gives whether it does: only where that may follow the present one (`TRANSITIONS`). */
  become(state: OwnedState): boolean {
    if (!TRANSITIONS[this.#state].includes(state)) return false
    this.#state = state
    return true
  }

  /** It is this replica's, and its end has not come. */
  get isOpen(): boolean {
    return this.state === 'streaming' || this.state === 'checking' || this.state === 'restarting'
  }

  /** All text that the model has given, stored or not. */
  get text(): string {
    return this.stored + this.inFlight + this.pending
  }

  /** All text that the model has given is stored. */
  get isFlushed(): boolean {
    return this.pending === '' && this.inFlight === ''
  }

  /** The text starts again from nothing, under another epoch: what waits is of the attempt before. Nothing may be in flight. */
  restart(message: Message, epoch: number): void {
    if (this.state === 'restarting') this.become('streaming')
    this.message = message
    this.epoch = epoch
    this.contributors = []
    this.stored = ''
    this.storedBytes = 0
    this.pending = ''
    this.bytes = 0
    this.inheritedLength = 0
    this.bookmark = null
    this.storedBookmark = null
  }

  /**
   * The store has this text and no more: after a failover to a node that lagged behind, or on its return (G2). Whatever else
   * the model has given is to be stored from there on. False where it is no beginning of that, or just what is known.
   */
  rewind({ text, bookmark }: Pick<RunningAnswer, 'text' | 'bookmark'>): boolean {
    const whole = this.text
    const isKnown = text === this.stored && this.inFlight === ''
    if (isKnown || !whole.startsWith(text)) return false
    this.stored = text
    this.storedBytes = Buffer.byteLength(text)
    this.storedBookmark = bookmark
    this.inheritedLength = Math.min(this.inheritedLength, text.length)
    this.inFlight = ''
    this.pending = whole.slice(text.length)
    return true
  }

  /** The slot as the store is known to hold it. */
  asRunning(owner: string): RunningAnswer {
    const { message, epoch, startedAt, contributors, storedBookmark: bookmark, stored: text } = this
    const { id: messageId, seq, attempt } = message
    return { messageId, seq, attempt, owner, epoch, startedAt, contributors, takeovers: 0, bookmark, text }
  }

  /** Replicas that added text, in order, this one last (M4). */
  contributorsWith(replica: string): readonly string[] {
    const added = this.text.length > this.inheritedLength
    return added && this.contributors.at(-1) !== replica ? [...this.contributors, replica] : this.contributors
  }

  /** Whether nobody but `replica`, which holds this, has added text since it has it: by the contributors in the store. */
  isOnlyOf(contributors: readonly string[], replica: string): boolean {
    const known = this.contributorsWith(replica)
    return contributors.every((contributor, i) => contributor === known[i])
  }
}

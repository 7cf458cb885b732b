import type { Recalled } from '../../ports/recall.ts'
import {
  type AppendItem,
  type AppendResult,
  isSameState,
  LEAST_MESSAGES,
  type MessageWindow,
  type RunningAnswer,
  type SessionState,
  type Snapshot,
  type StoredSession,
  type Watch,
} from '../../ports/session-store.ts'
import type { ReconcileRequest } from '../../ports/shared-store.ts'
import type { Message } from '../../protocol/message.ts'
import { replicaOf } from '../../session/address.ts'
import { weightOf, weightOfSession, weightOfValue } from '../../session/weight.ts'
import { decodeMessage, encodeMessage } from '../message-json.ts'

/** The slot of a running answer, with what only the store needs to know of it. */
export interface Slot {
  running: RunningAnswer
  /** UTF-8 length of the text now, and at the present owner's claim. */
  bytes: number
  bytesAtClaim: number
  /** Epoch under which the present owner found the answer; null for the first. */
  claimedFrom: number | null
}

/** As JSON, so that nobody shares objects with the store. */
interface StoredMessage {
  readonly json: string
  /** Bytes of memory that the message takes, roughly. */
  readonly weight: number
}

/** One session as the memory store holds it: what Redis would hold under `session:{id}*`. */
export class MemorySession {
  readonly id: string
  readonly userId: string | null
  readonly createdAt: string
  lastActivity: string
  lastSeq = 0
  firstSeq = 1
  /** Of the oldest message that is here. A session that was taken over by a copy may have older ones in the store. */
  oldestSeq = 1
  version = 0
  /** By seq. */
  readonly #messages = new Map<number, StoredMessage>()
  #messagesWeight = 0
  /** Seqs of the kept messages by their ids, ascending: of answers and of others apart. */
  readonly #answers = new Map<string, number>()
  readonly #others = new Map<string, number>()
  /** Ids of the present watches, by address. */
  readonly watchers = new Map<string, number>()
  slot: Slot | null = null
  expiresAt = 0

  constructor(id: string, userId: string | null, createdAt: string) {
    this.id = id
    this.userId = userId
    this.createdAt = createdAt
    this.lastActivity = createdAt
  }

  stored(now: number): StoredSession {
    const { id, userId, createdAt, lastActivity, lastSeq, firstSeq, version } = this
    const ttlSeconds = Math.ceil((this.expiresAt - now) / 1000)
    return { id, userId, createdAt, lastActivity, lastSeq, firstSeq, ttlSeconds, version }
  }

  snapshot(now: number, messages: readonly Message[] | null): Snapshot {
    return { session: this.stored(now), messages, running: this.slot?.running ?? null }
  }

  /** The kept messages from..to, oldest first. */
  between(from: number, to: number): readonly Message[] {
    const messages: Message[] = []
    for (let seq = Math.max(from, this.oldestSeq); seq <= Math.min(to, this.lastSeq); seq++) messages.push(this.at(seq))
    return messages
  }

  /** The newest of the kept messages from..to, as soon as these are more than `bytes` of JSON. */
  newest(from: number, to: number, bytes: number): readonly Message[] {
    const oldest = Math.max(from, this.oldestSeq)
    let first = Math.min(to, this.lastSeq) + 1
    for (let left = bytes; first > oldest && left >= 0; ) left -= Buffer.byteLength(this.jsonAt(--first))
    return this.between(first, to)
  }

  isIn(state: SessionState | null): boolean {
    return state !== null && isSameState(state, this)
  }

  within(window: MessageWindow | undefined): readonly Message[] {
    const { lastSeq } = this
    if (window === undefined) return this.between(1, lastSeq)
    const from = window.after > lastSeq ? 1 : Math.min(window.after + 1, lastSeq - LEAST_MESSAGES + 1)
    return this.newest(from, lastSeq, window.bytes)
  }

  at(seq: number): Message {
    const message = decodeMessage(this.jsonAt(seq))
    if (message === null) throw new Error(`there is no message ${seq}`)
    return message
  }

  /** Empty where there is none. */
  jsonAt(seq: number): string {
    return this.#messages.get(seq)?.json ?? ''
  }

  /** In place of the one with its `seq`, where there is one. */
  put(message: Message): void {
    this.#drop(message.seq)
    const weight = weightOf(message)
    this.#messages.set(message.seq, { json: encodeMessage(message), weight })
    this.#messagesWeight += weight
  }

  /** Its id stands for it from now on. */
  enter({ id, role, seq }: Pick<Message, 'id' | 'role' | 'seq'>): void {
    const ids = role === 'assistant' ? this.#answers : this.#others
    ids.set(id, seq)
  }

  /** Of a message that is no answer. */
  seqOf(id: string): number | undefined {
    return this.#others.get(id)
  }

  answerSeqOf(id: string): number | undefined {
    return this.#answers.get(id)
  }

  #drop(seq: number): void {
    this.#messagesWeight -= this.#messages.get(seq)?.weight ?? 0
    this.#messages.delete(seq)
  }

  /** Bytes of memory that it takes, roughly: known without a look at its messages. */
  get weight(): number {
    return weightOfSession(this, []) + this.#messagesWeight + weightOfValue(this.slot?.running)
  }

  /** Drops what is older than the newest `count` messages (S4), but for an answer that still runs and its question. */
  trim(count: number): void {
    const newest = Math.min(this.lastSeq - count, (this.slot?.running.seq ?? Number.POSITIVE_INFINITY) - 2)
    for (; this.oldestSeq <= newest; this.oldestSeq++) this.#drop(this.oldestSeq)
    this.firstSeq = Math.max(this.firstSeq, newest + 1)
    for (const ids of [this.#answers, this.#others]) {
      for (const [id, seq] of ids) {
        if (seq >= this.oldestSeq) break
        ids.delete(id)
      }
    }
  }

  occupy(answer: Message, owner: string): RunningAnswer {
    const running: RunningAnswer = {
      messageId: answer.id,
      seq: answer.seq,
      attempt: answer.attempt,
      owner,
      epoch: this.version,
      startedAt: Date.parse(answer.createdAt),
      contributors: [],
      takeovers: 0,
      bookmark: null,
      text: '',
    }
    this.slot = { running, bytes: 0, bytesAtClaim: 0, claimedFrom: null }
    return running
  }

  append({ epoch, messageId, storedBytes, text, bookmark }: AppendItem): AppendResult {
    const { slot } = this
    if (slot === null || slot.running.epoch !== epoch) return 'fenced'
    if (messageId !== null && slot.running.messageId !== messageId) return 'fenced'
    const bytes = Buffer.byteLength(text)
    const isRepeat = slot.bytes === storedBytes + bytes
    if (slot.bytes !== storedBytes && !isRepeat) return 'fenced'
    if (slot.bytes === storedBytes) {
      slot.running = { ...slot.running, text: slot.running.text + text }
      slot.bytes += bytes
    }
    if (bookmark !== null) slot.running = { ...slot.running, bookmark }
    return 'stored'
  }

  /** Gives the slot to `owner` under the session's next version. */
  claim(slot: Slot, owner: string, isHandedOver: boolean): void {
    const { epoch, contributors, takeovers, owner: before } = slot.running
    const previous = replicaOf(before)
    const added = slot.bytes > slot.bytesAtClaim && contributors.at(-1) !== previous
    this.version++
    slot.running = {
      ...slot.running,
      owner,
      epoch: this.version,
      contributors: added ? [...contributors, previous] : contributors,
      takeovers: isHandedOver ? takeovers : takeovers + 1,
    }
    slot.claimedFrom = epoch
    slot.bytesAtClaim = slot.bytes
  }

  /** Gives the slot to its owner's next attempt, from nothing, under the session's next version. */
  restart(slot: Slot, attempt: number): void {
    this.version++
    slot.claimedFrom = slot.running.epoch
    slot.running = { ...slot.running, epoch: this.version, attempt, contributors: [], bookmark: null, text: '' }
    slot.bytes = 0
    slot.bytesAtClaim = 0
  }

  /** Takes what its owner held elsewhere (`SharedStore.reconcile`); gives the slot that is in the way, if one is. */
  reconcile({ owner, base, sent = null, exchanges, running, session }: ReconcileRequest): RunningAnswer | null {
    const now = this.slot?.running ?? null
    const isUntouched = this.isIn(base) || this.isIn(sent)
    const taken: Message[] = []
    const added: Message[] = []
    let last = this.lastSeq
    let claim: Message | null = null
    let isOurs = false
    for (const { question, answer } of exchanges) {
      const place = question === null ? base.seq : this.seqOf(question.id)
      const known = place === undefined || question === null ? place : place + 1
      // Where its claim of a later attempt got no reply, the caller has that unawares, and brings an earlier one.
      const owns = now?.messageId === answer.id && now.owner === owner && answer.attempt >= now.attempt
      if (known === undefined && question !== null)
        added.push({ ...question, seq: last + 1 }, { ...answer, seq: last + 2 })
      else if (!owns && !(isUntouched && this.answerSeqOf(answer.id) === known && now?.messageId !== answer.id))
        continue
      if (known === undefined) last += 2
      const stored = { ...answer, seq: known ?? last }
      taken.push(stored)
      isOurs ||= owns
      if (running !== null && answer === exchanges.at(-1)?.answer) claim = stored
    }
    if (claim !== null && now !== null && !isOurs) return now
    if (taken.length === 0) return null
    for (const message of [...added, ...taken]) this.put(message)
    for (const message of added) this.enter(message)
    this.lastSeq = last
    this.version++
    if (session.lastActivity > this.lastActivity) this.lastActivity = session.lastActivity
    if (isOurs) this.slot = null
    if (claim !== null && running !== null) this.#occupyWith(claim, owner, running)
    return null
  }

  #occupyWith(answer: Message, owner: string, { startedAt, contributors, text, bookmark }: RunningAnswer): void {
    const running = { ...this.occupy(answer, owner), startedAt, contributors, text, bookmark }
    this.slot = { running, bytes: Buffer.byteLength(text), bytesAtClaim: 0, claimedFrom: null }
  }

  restore({ session, messages, running }: Recalled): void {
    this.lastActivity = session.lastActivity
    this.lastSeq = session.lastSeq
    this.firstSeq = session.firstSeq
    this.oldestSeq = messages[0]?.seq ?? session.lastSeq + 1
    this.version = session.version
    for (const message of messages) {
      this.put(message)
      this.enter(message)
    }
    if (running === null) return
    const bytes = Buffer.byteLength(running.text)
    this.slot = { running, bytes, bytesAtClaim: bytes, claimedFrom: null }
  }

  watch({ watcher, id }: Watch): void {
    this.watchers.set(watcher, Math.max(id, this.watchers.get(watcher) ?? id))
  }

  watchersBut(own: string | null): readonly string[] {
    return [...this.watchers.keys()].filter((address) => address !== own)
  }

  /** Bytes, roughly. */
  get size(): number {
    let bytes = 200 + (this.slot?.bytes ?? 0)
    for (const { json } of this.#messages.values()) bytes += Buffer.byteLength(json)
    return bytes
  }
}

import type { Recall } from '../../ports/recall.ts'
import type { RunningAnswer, Snapshot, Watch } from '../../ports/session-store.ts'
import type { Exchange, ReconcileRequest, SharedStore } from '../../ports/shared-store.ts'
import type { Message } from '../../protocol/message.ts'
import type { MemorySessionStore } from '../memory/memory-store.ts'
import { encodeMessage } from '../message-json.ts'
import { asInterrupted } from './answers.ts'
import type { HeldSession } from './held-session.ts'

export interface ReturnOptions {
  readonly shared: SharedStore
  readonly memory: MemorySessionStore
  /** This replica's address. */
  readonly owner: string
  readonly recall: Recall
  /** Forgets the session here. */
  release(held: HeldSession): void
}

/** What stands in the shared store; `watchers` are the other replicas that have subscribers of it. */
interface Stored {
  readonly snapshot: Snapshot | null
  readonly watchers: readonly string[]
}

/**
 * Brings one held session back to the shared store and releases it (G2, G4). It goes on in memory until the store's reply
 * is there; where messages came meanwhile the call is made again.
 */
export class Returning {
  readonly #held: HeldSession
  readonly #options: ReturnOptions

  constructor(held: HeldSession, options: ReturnOptions) {
    this.#held = held
    this.#options = options
  }

  /** Whether it is back; else it has to be tried again. Rejects with what the store rejects with. */
  async run(): Promise<boolean> {
    const { recall } = this.#options
    const { id, dirty, version } = this.#held
    const here = this.#here()
    const isUnchanged = !dirty && here?.session.version === version
    return isUnchanged ? this.#rejoin() : recall.tracked(id, () => this.#reconcile())
  }

  #here(): Snapshot | null {
    return this.#options.memory.peek(this.#held.id)
  }

  /** Nothing was added here: the subscribers are shown what the store holds. */
  async #rejoin(): Promise<boolean> {
    const { shared, recall } = this.#options
    const { id } = this.#held
    const here = this.#here()
    const watch = recall.watchOf(id)
    const snapshot = await shared.open({ sessionId: id, userId: null, watch, knownVersion: null })
    if (this.#held.dirty || !this.#isStill(here, watch)) return false
    this.#release({ snapshot, watchers: [] })
    return true
  }

  async #reconcile(): Promise<boolean> {
    for (;;) {
      const here = this.#here()
      const watch = this.#options.recall.watchOf(this.#held.id)
      const timedOut = { snapshot: null, watchers: [] } // in memory
      const stored = here === null ? timedOut : await this.#bring(here, watch)
      if (stored === null) return false
      if (!this.#isStill(here, watch)) continue
      this.#release(stored)
      return true
    }
  }

  /** No message has come since, and nobody has begun or ceased to follow: text that came is stored later. */
  #isStill(here: Snapshot | null, watch: Watch | null): boolean {
    const isSame = this.#here()?.session.version === here?.session.version
    return isSame && this.#options.recall.watchOf(this.#held.id)?.id === watch?.id
  }

  /**
   * Null where another answer runs. It may end soon; else this replica's own ends as interrupted, for a session has one
   * running answer (M3) and all its followers have to hold the same in time (G6).
   */
  async #bring(here: Snapshot, watch: Watch | null): Promise<Stored | null> {
    const held = this.#held
    const request = this.#request(here, watch)
    const reply = await this.#options.shared.reconcile(request)
    switch (reply.kind) {
      case 'busy':
        if (held.patience-- <= 0) this.#options.recall.interrupt(held.id)
        return null
      case 'behind':
        held.base = { ...held.base, seq: reply.lastSeq }
        return this.#bring(here, watch)
      case 'reconciled':
        held.base = { ...held.base, version: reply.snapshot.session.version }
        for (const { answer } of request.exchanges) if (!stands(answer, reply.snapshot)) held.yielded.add(answer.id)
        return reply
    }
  }

  #request({ session, messages, running }: Snapshot, watch: Watch | null): ReconcileRequest {
    const { base, yielded } = this.#held
    const known = (messages ?? []).filter(({ seq }) => seq >= base.seq)
    const exchanges = exchangesOf(known, running).filter(({ answer }) => !yielded.has(answer.id))
    const last = exchanges.at(-1)?.answer
    const runs = running !== null && running.messageId === last?.id
    return { session, owner: this.#options.owner, base, exchanges, running: runs ? running : null, watch }
  }

  #release({ snapshot, watchers }: Stored): void {
    const { recall, release } = this.#options
    const { id, base } = this.#held
    release(this.#held)
    recall.released(id, snapshot, { after: Math.max(0, base.seq - 1), watchers })
  }
}

/** Questions with their answers; one that streams is only this replica's to bring where this replica produces it. */
function exchangesOf(messages: readonly Message[], running: RunningAnswer | null): readonly Exchange[] {
  return messages.flatMap((answer, i): Exchange[] => {
    if (answer.role !== 'assistant') return []
    const before = messages[i - 1]
    const question = before?.role === 'user' ? before : null
    if (answer.status !== 'streaming') return [{ question, answer }]
    if (running?.messageId === answer.id) return [{ question, answer: { ...answer, attempt: running.attempt } }]
    return question === null ? [] : [{ question, answer: asInterrupted(answer) }]
  })
}

/** Whether the answer is in the store as it was brought. */
function stands(answer: Message, { messages }: Snapshot): boolean {
  return (messages ?? []).some((stored) => encodeMessage({ ...stored, seq: answer.seq }) === encodeMessage(answer))
}

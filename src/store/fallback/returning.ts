import type { Recall } from '../../ports/recall.ts'
import type { Exchange, RunningAnswer, SettleRequest, SharedStore, Snapshot } from '../../ports/session-store.ts'
import type { Message } from '../../protocol/message.ts'
import type { MemorySessionStore } from '../memory/memory-store.ts'
import { encodeMessage } from '../message-json.ts'
import { interrupted } from './answers.ts'
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
interface Standing {
  readonly snapshot: Snapshot | null
  readonly watchers: readonly string[]
}

/**
 * Brings one held session back to the shared store and releases it (G2, G4). It goes on in memory until the store's reply
 * is there; where messages came meanwhile the call is made again, and whoever adds more has to wait for that one.
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
    return isUnchanged ? this.#rejoin() : recall.tracked(id, () => this.#settle())
  }

  #here(): Snapshot | null {
    return this.#options.memory.peek(this.#held.id)
  }

  /** Nothing was added here: the subscribers are shown what the store holds. */
  async #rejoin(): Promise<boolean> {
    const { shared, recall } = this.#options
    const { id } = this.#held
    const before = this.#here()?.session.version
    const watch = recall.watchOf(id)
    const snapshot = await shared.open({ sessionId: id, userId: null, watch, knownVersion: null })
    if (this.#here()?.session.version !== before || recall.watchOf(id)?.id !== watch?.id) return false
    this.#release({ snapshot, watchers: [] })
    return true
  }

  async #settle(): Promise<boolean> {
    let closed: PromiseWithResolvers<void> | null = null
    try {
      for (;;) {
        const here = this.#here()
        if (here === null) {
          this.#release({ snapshot: null, watchers: [] }) // its time ran out in memory
          return true
        }
        const watch = this.#options.recall.watchOf(this.#held.id)
        const standing = await this.#bring(here, watch)
        if (standing === null) return false
        const isStill =
          this.#here()?.session.version === here.session.version &&
          this.#options.recall.watchOf(this.#held.id)?.id === watch?.id
        if (isStill) {
          this.#release(standing)
          return true
        }
        closed ??= Promise.withResolvers<void>()
        this.#held.closing = closed.promise
      }
    } finally {
      this.#held.closing = null
      closed?.resolve()
    }
  }

  /** Null where another answer has to end first. */
  async #bring(here: Snapshot, watch: SettleRequest['watch']): Promise<Standing | null> {
    const held = this.#held
    const request = this.#request(here, watch)
    const settled = await this.#options.shared.settle(request)
    switch (settled.kind) {
      case 'busy':
        await this.#endOrphan(settled.running)
        return null
      case 'behind':
        held.base = { ...held.base, seq: settled.lastSeq }
        return this.#bring(here, watch)
      case 'settled':
        held.base = { ...held.base, version: settled.snapshot.session.version }
        for (const { answer } of request.exchanges) if (!stands(answer, settled.snapshot)) held.yielded.add(answer.id)
        return settled
    }
  }

  #request({ session, messages, running }: Snapshot, watch: SettleRequest['watch']): SettleRequest {
    const { base, yielded } = this.#held
    const known = (messages ?? []).filter(({ seq }) => seq >= base.seq)
    const exchanges = exchangesOf(known, running).filter(({ answer }) => !yielded.has(answer.id))
    const last = exchanges.at(-1)?.answer
    const runs = running !== null && running.messageId === last?.id
    return { session, owner: this.#options.owner, base, exchanges, running: runs ? running : null, watch }
  }

  #release({ snapshot, watchers }: Standing): void {
    const { recall, release } = this.#options
    const { id, base } = this.#held
    release(this.#held)
    recall.settled(id, snapshot, { after: Math.max(0, base.seq - 1), watchers })
  }

  /** An answer that nobody produces must not be waited for (F4): of a claim of this replica that it knows nothing of, or of a dead one. */
  async #endOrphan(running: RunningAnswer): Promise<void> {
    const { owner, recall, shared } = this.#options
    const sessionId = this.#held.id
    if (running.owner !== owner && !(await recall.isDead(running.owner))) return
    if (this.#held.patience-- > 0) return
    const orphan = running.owner === owner ? running : await this.#claimed(running)
    const there = orphan && (await shared.read(sessionId, orphan.seq - 1))
    const message = there?.messages?.find(({ id }) => id === orphan?.messageId)
    if (!orphan || !there || message === undefined) return
    const ended = interrupted({ ...message, content: orphan.text })
    await shared.finish({ sessionId, epoch: orphan.epoch, message: ended, at: there.session.lastActivity })
  }

  async #claimed({ epoch }: RunningAnswer): Promise<RunningAnswer | null> {
    const { owner, shared } = this.#options
    const claimed = await shared.claim({ sessionId: this.#held.id, epoch, owner })
    return claimed.kind === 'claimed' ? claimed.running : null
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
    return question === null ? [] : [{ question, answer: interrupted(answer) }]
  })
}

/** Whether the answer is in the store as it was brought. */
function stands(answer: Message, { messages }: Snapshot): boolean {
  return (messages ?? []).some((stored) => encodeMessage({ ...stored, seq: answer.seq }) === encodeMessage(answer))
}

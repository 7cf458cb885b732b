import type { RunningAnswer, SessionStore, Snapshot } from '../../ports/session-store.ts'
import type { Message } from '../../protocol/message.ts'
import { emptied, extendsText, interrupted, messagesOf } from './answers.ts'
import { NotNow } from './not-now.ts'

export interface ClaimOptions {
  readonly sessionId: string
  readonly shared: SessionStore
  /** The session as memory has it. */
  here(): Snapshot | null
  /** Other replicas have followers that are to hear of the message. */
  told(messageId: string, watchers: readonly string[]): void
}

/** An answer that this replica may write in the shared store, and how far it stands there. */
export class Claim {
  readonly messageId: string
  readonly seq: number
  readonly #options: ClaimOptions
  #epoch: number
  #attempt: number
  #text: string

  constructor({ messageId, seq, epoch, attempt, text }: RunningAnswer, options: ClaimOptions) {
    this.messageId = messageId
    this.seq = seq
    this.#epoch = epoch
    this.#attempt = attempt
    this.#text = text
    this.#options = options
  }

  get epoch(): number {
    return this.#epoch
  }

  get attempt(): number {
    return this.#attempt
  }

  /** Brings it up to what it is in memory; true once it has ended there too, else it lags by a round trip at most. */
  async complete(): Promise<boolean> {
    const { here, shared, sessionId, told } = this.#options
    const ours = this.#ours()
    if (ours.attempt > this.#attempt || !extendsText(ours, this.#text)) await this.#restart(ours)
    if (ours.status === 'streaming') {
      await this.append()
      return false
    }
    const message = { ...ours, seq: this.seq, attempt: this.#attempt }
    const at = here()?.session.lastActivity ?? ours.createdAt
    const finished = await shared.finish({ sessionId, epoch: this.#epoch, message, at })
    if (finished.kind === 'fenced') throw new NotNow('the answer was taken over')
    told(ours.id, finished.watchers)
    return true
  }

  /** Appends what the text has grown by. */
  async append(): Promise<void> {
    const { here, shared, sessionId } = this.#options
    const running = here()?.running
    if (running?.messageId !== this.messageId || running.attempt > this.#attempt) return // `complete` sees to it
    const tail = running.text.slice(this.#text.length)
    const { bookmark } = running
    const item = { sessionId, epoch: this.#epoch, storedBytes: Buffer.byteLength(this.#text), text: tail, bookmark }
    const [result] = await shared.append([item])
    if (result !== 'stored') throw new NotNow('the answer was taken over')
    this.#text += tail
  }

  /** Another attempt was begun in memory. */
  async #restart(ours: Message): Promise<void> {
    const { shared, sessionId, told } = this.#options
    const attempt = Math.max(ours.attempt, this.#attempt + 1)
    const message = { ...emptied(ours), seq: this.seq, attempt }
    const restarted = await shared.restart({ sessionId, epoch: this.#epoch, message, keepText: false })
    if (restarted.kind === 'fenced') throw new NotNow('the answer was taken over')
    this.#epoch = restarted.epoch
    this.#attempt = attempt
    this.#text = ''
    told(ours.id, restarted.watchers)
  }

  /** One that nobody produces here, though it has not ended, ends in the shared store. */
  #ours(): Message {
    const here = this.#options.here()
    const ours = messagesOf(here).find(({ id }) => id === this.messageId)
    if (ours === undefined) throw new NotNow('the session has expired')
    const isProduced = here?.running?.messageId === ours.id
    return ours.status === 'streaming' && !isProduced ? interrupted(ours) : ours
  }
}

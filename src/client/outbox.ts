import type { Sent } from '../protocol/events.ts'
import type { SessionInfo } from '../protocol/message.ts'
import { Backoff } from './backoff.ts'
import { ClientError } from './errors.ts'
import type { ClientStorage, Failure, OutgoingDraft } from './storage.ts'

/** `failed` ones wait for `retry` or `discard`. */
export type Outgoing = OutgoingDraft & {
  /** The session that was open when it was written, or refused; none where none was. */
  readonly sessionId?: string | null | undefined
} & ({ readonly status: 'pending'; readonly error: null } | { readonly status: 'failed'; readonly error: ClientError })

interface Entry {
  draft: OutgoingDraft
  error: ClientError | null
  /** Was open when it was written, or refused: in one of another user it is not shown, nor sent. Whose it was is not known after a reload. */
  session: { readonly id: string | null; readonly userId?: string | null } | null
  /** The gateway may have it, though it did not say so: it is sent again even while an answer streams, which may be its own. */
  sent: boolean
  /** How often it was acknowledged, and then not there. */
  losses: number
  resolve(sent: Sent): void
  reject(error: ClientError): void
}

/** Acknowledged, but not known to be in Redis. */
interface Provisional {
  readonly draft: OutgoingDraft
  readonly losses: number
  readonly sessionId: string
  /** Its answer has ended. */
  answered: boolean
}

export interface OutboxDeps {
  readonly storage: ClientStorage
  /** One try; rejects with `ClientError`. */
  readonly deliver: (draft: OutgoingDraft) => Promise<Sent>
  /** Whether a try makes sense now; when that may have changed, `flush` is called. */
  readonly ready: (alreadySent: boolean) => boolean
  /** The one that is open; null while none is. */
  readonly session: () => SessionInfo | null
  readonly changed: () => void
}

/** How often the gateway may refuse a message with a retryable error before it counts as failed. */
const MAX_REFUSALS = 10
/** How often the gateway may acknowledge a message with `persisted: false` and lose it before it counts as failed. */
const MAX_LOSSES = 10
/** Messages that are remembered because they may be lost: a gateway without Redis never says that they are safe. */
const MAX_PROVISIONAL = 100
/** A `retryAfterMs` beyond this is told to the user instead of being waited for. */
const MAX_WAIT_MS = 60_000

/** Sends messages one after the other, each until it is acknowledged, so that what was typed offline arrives exactly once. */
export class Outbox {
  readonly #deps: OutboxDeps
  readonly #backoff = new Backoff(200, 5000)
  #entries: Entry[] = []
  /** In the order in which they were sent. */
  #provisional: Provisional[] = []
  /** Whose session was opened last. */
  #userId: string | null = null
  #flushing = false
  #wake: (() => void) | null = null

  constructor(deps: OutboxDeps) {
    this.#deps = deps
    for (const { acknowledgedIn: sessionId, answered = false, failed, ...draft } of deps.storage.unsent) {
      if (failed !== undefined) this.#restoreFailed(draft, failed)
      else if (sessionId === undefined) this.#entries.push(unattended(draft, true))
      else this.#provisional.push({ draft, losses: 0, sessionId, answered })
    }
  }

  get list(): readonly Outgoing[] {
    return this.#entries.map(
      ({ draft, error, session }) =>
        ({
          ...draft,
          sessionId: session?.id,
          status: error === null ? 'pending' : 'failed',
          error,
        }) as Outgoing,
    )
  }

  get hasPending(): boolean {
    return this.#entries.some(({ error }) => error === null)
  }

  /** Something was acknowledged that could still be lost (G1). */
  get hasProvisional(): boolean {
    return this.#provisional.length > 0
  }

  add(draft: OutgoingDraft): Promise<Sent> {
    // One that waits already: its sender was told that the client is closed, and asks again.
    const at = this.#entries.findIndex(({ draft: { id } }) => id === draft.id)
    const before = (at < 0 ? undefined : this.#entries.splice(at, 1)[0]) ?? unattended(draft, false)
    const session = this.#deps.session()
    const settled = new Promise<Sent>((resolve, reject) =>
      this.#entries.push({ ...before, draft, error: null, session, losses: 0, resolve, reject }),
    )
    settled.then(before.resolve, before.reject) // a failure is in the list as well: not everybody has to wait for it here
    this.#deps.storage.keep(draft)
    this.#deps.changed()
    this.flush()
    return settled
  }

  retry(id: string): void {
    const entry = this.#entries.find(({ draft }) => draft.id === id)
    if (entry?.error == null) return
    entry.error = null
    entry.losses = 0
    this.#deps.storage.keep(entry.draft)
    this.#deps.changed()
    this.flush()
  }

  discard(id: string): void {
    const index = this.#entries.findIndex(({ draft, error }) => draft.id === id && error !== null)
    if (index === -1) return
    this.#entries.splice(index, 1)
    this.#deps.storage.drop(id)
    this.#deps.changed()
  }

  /**
   * It is known what Redis holds: a message that was acknowledged with `persisted: false` and is not there goes out again, under
   * its old id, before everything that was said later (M2, G4).
   */
  settle(isThere: (id: string) => boolean): void {
    this.#sendAgain(this.#provisional.splice(0), ({ draft }) => !isThere(draft.id))
  }

  /**
   * This session is open. One that was lost with all its messages is over: of what was acknowledged there goes out again what was
   * not answered. What an earlier page had refused in another one may be another user's, and is forgotten. So is what was written
   * in a session of another user: the page's token may be a function.
   */
  opened(session: SessionInfo): void {
    const { id: sessionId, userId } = session
    if ((this.#userId ?? userId) !== userId) this.forgetProvisional()
    this.#userId = userId
    const others = this.#entries.filter(
      (one) => one.session && one.session.id !== sessionId && one.session.userId !== userId,
    )
    if (others.length > 0) this.#giveUp(others)
    for (const one of this.#entries) if (!one.session || one.session.id === sessionId) one.session = session
    const elsewhere = this.#provisional.filter((one) => one.sessionId !== sessionId)
    if (elsewhere.length === 0) return
    this.#provisional = this.#provisional.filter((one) => one.sessionId === sessionId)
    this.#sendAgain(elsewhere, ({ answered }) => !answered)
  }

  /** No answer runs in the session. */
  answered(isThere: (id: string) => boolean): void {
    for (const one of this.#provisional) {
      if (one.answered || !isThere(one.draft.id)) continue
      one.answered = true
      this.#remember(one)
    }
  }

  /** Those that are lost are pending again, before all others. */
  #sendAgain(provisional: readonly Provisional[], isLost: (one: Provisional) => boolean): void {
    const lost = provisional.filter(isLost)
    this.#forget(provisional)
    for (const { draft } of lost) this.#deps.storage.keep(draft)
    this.#entries.unshift(...lost.map(({ draft, losses }) => ({ ...unattended(draft, false), losses: losses + 1 })))
    for (const entry of this.#entries)
      if (entry.losses > MAX_LOSSES && entry.error === null) this.#failed(entry, lostError())
  }

  #remember({ draft, sessionId, answered }: Provisional): void {
    this.#deps.storage.keep({ ...draft, acknowledgedIn: sessionId, answered })
  }

  /** The session of what was acknowledged is over: nothing of it is sent again. */
  forgetProvisional(): void {
    this.#forget(this.#provisional.splice(0))
  }

  #forget(provisional: readonly Provisional[]): void {
    for (const { draft } of provisional) this.#deps.storage.drop(draft.id)
  }

  /** Gives up everything that is on its way. */
  empty(): void {
    this.forgetProvisional()
    this.#giveUp(this.#entries)
  }

  /** Another tab has left the conversation. What it gave up with that, or sent before, is not in the storage any more. */
  left(): void {
    this.forgetProvisional()
    this.overtaken()
  }

  /** The next page knew all that is here. What it sent or gave up is not in the storage any more. */
  overtaken(): void {
    const kept = new Set(this.#deps.storage.unsent.map(({ id }) => id))
    this.#provisional = this.#provisional.filter(({ draft }) => kept.has(draft.id))
    this.#giveUp(this.#entries.filter(({ draft, error }) => error === null && !kept.has(draft.id)))
  }

  #giveUp(entries: readonly Entry[]): void {
    this.#wake?.()
    this.#entries = this.#entries.filter((entry) => !entries.includes(entry))
    for (const { draft, reject } of entries) {
      this.#deps.storage.drop(draft.id)
      reject(new ClientError('closed', 'a new conversation was begun'))
    }
    this.#deps.changed()
  }

  /** Sends what is pending as far as that is possible now. */
  flush(): void {
    if (this.#flushing || this.#next() === undefined) return
    void this.#run()
  }

  /** Ends every wait, with the reason. What is pending stays, and is sent when the client is opened again. */
  pause(error: ClientError): void {
    this.#wake?.()
    for (const entry of this.#entries) entry.reject(error)
  }

  /** Never rejects. What is added once it has found nothing more starts another. */
  async #run(): Promise<void> {
    this.#flushing = true
    this.#backoff.reset()
    for (let entry = this.#next(); entry !== undefined; entry = this.#next()) {
      if (!(await this.#try(entry))) break
    }
    this.#flushing = false
    this.flush() // the session may have been opened again before the try was known to have failed
  }

  /** One try; false where the next makes sense only once the session is open again: then `flush` is called. */
  async #try(entry: Entry): Promise<boolean> {
    entry.sent = true
    const session = this.#deps.session()
    try {
      const sent = await this.#deps.deliver(entry.draft)
      this.#delivered(entry, sent, session)
      entry.resolve(sent)
      this.#backoff.reset()
    } catch (thrown) {
      const error = thrown as ClientError
      if (error.isTransport || error.code === 'closed') return false
      entry.sent = false // refused, so it is not there
      const wait = error.retryAfterMs ?? this.#backoff.next()
      if (error.retryable && this.#backoff.count <= MAX_REFUSALS && wait <= MAX_WAIT_MS) await this.#sleep(wait)
      else {
        this.#failed(entry, error)
        entry.reject(error)
      }
    }
    return true
  }

  #next(): Entry | undefined {
    const entry = this.#entries.find(({ error }) => error === null)
    return entry !== undefined && this.#deps.ready(entry.sent) ? entry : undefined
  }

  #delivered(entry: Entry, { persisted }: Sent, session: SessionInfo | null): void {
    const index = this.#entries.indexOf(entry)
    if (index === -1) return // it was given up meanwhile
    this.#entries.splice(index, 1)
    if (persisted || session === null) this.#deps.storage.drop(entry.draft.id)
    else {
      const one = { draft: entry.draft, losses: entry.losses, sessionId: session.id, answered: false }
      this.#remember(one)
      if (this.#provisional.push(one) > MAX_PROVISIONAL) this.#forget(this.#provisional.splice(0, 1))
    }
    this.#deps.changed()
  }

  #failed(entry: Entry, error: ClientError): void {
    if (!this.#entries.includes(entry)) return // it was given up meanwhile
    entry.error = error
    entry.session = this.#deps.session()
    const { code, message, retryable } = error
    const failed = { sessionId: entry.session?.id ?? null, code, message, retryable }
    this.#deps.storage.keep({ ...entry.draft, failed })
    this.#deps.changed()
  }

  #restoreFailed(draft: OutgoingDraft, { sessionId, code, message, ...options }: Failure): void {
    const { storage } = this.#deps
    if (sessionId !== storage.sessionId) storage.drop(draft.id)
    else {
      const error = new ClientError(code, message, options)
      this.#entries.push({ ...unattended(draft, false), error, session: { id: sessionId } })
    }
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

/** One whose sender does not wait for it any more. */
function unattended(draft: OutgoingDraft, sent: boolean): Entry {
  const ignore = () => {}
  return { draft, error: null, session: null, sent, losses: 0, resolve: ignore, reject: ignore }
}

function lostError(): ClientError {
  const message = 'the gateway took the message and lost it, time after time'
  return new ClientError('interrupted', message, { retryable: true })
}

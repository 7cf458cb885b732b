import type { ManagerOptions, SocketOptions } from 'socket.io-client'
import type { Sent } from '../protocol/events.ts'
import { DEFAULT_HISTORY_LIMIT } from '../protocol/limits.ts'
import type { Message, Metadata } from '../protocol/message.ts'
import { type ClientState, Observed } from './client-state.ts'
import type { TokenSource } from './connection.ts'
import { ClientError } from './errors.ts'
import { follow } from './follow.ts'
import { Outbox } from './outbox.ts'
import type { StorageChoice } from './safe-storage.ts'
import { type Arrival, SessionLink, type Timings } from './session-link.ts'
import { ClientStorage, type OutgoingDraft, prefixOf } from './storage.ts'
import { uuid } from './uuid.ts'

export interface BatonClientOptions {
  /** Where the gateway is; default: where the page came from. */
  readonly url?: string | undefined
  readonly userId?: string | undefined
  readonly token?: TokenSource | undefined
  /** Where no session is stored, take up the user's latest one from any device (S6). */
  readonly resume?: 'latest' | undefined
  /** Where the session's id and unsent messages are kept; default: `local` in a browser, else `none`. */
  readonly storage?: StorageChoice | undefined
  /** What the storage's keys begin with, before the gateway's address, where that is not the page's own, and the user's id; default: `baton`. */
  readonly storageKey?: string | undefined
  readonly socketOptions?: Partial<ManagerOptions & SocketOptions> | undefined
  readonly timings?: Partial<Timings> | undefined
}

const TIMINGS: Timings = {
  connectMs: 3000,
  openMs: 3000,
  probeMs: 1500,
  rivalMs: 500,
  ackMs: 3000,
  silenceMs: 1500, // the default lease: sooner nobody could have taken the answer over
  callMs: 20_000,
}

/** Less than half of an acknowledgement's time. */
const QUICK_MS = 1000

/** One conversation with a gateway: connects, opens, sends, follows, and after any loss goes on where it was. */
export class BatonClient {
  readonly #storage: ClientStorage
  readonly #link: SessionLink
  readonly #outbox: Outbox
  /** What came so late came only because the network is known to be slow. */
  readonly #lateMs: number
  readonly #observed = new Observed(() => this.#buildState())
  #release: (() => void)[] = []
  #closed = false
  /** The session of another tab that this one goes over to, and the one that it left for it. */
  #followed: { readonly id: string; readonly left: string | null } | null = null
  /** The last session of another tab that was unknown here: that tab talks to another gateway, or as another user, or the session was over. */
  #stranger: string | null = null
  /** The own one, on the way back to it. */
  #home: string | null = null

  constructor(options: BatonClientOptions = {}) {
    const inBrowser = typeof document !== 'undefined'
    const { userId, token, resume, socketOptions } = options
    const timings = { ...TIMINGS, ...options.timings }
    this.#lateMs = timings.ackMs
    this.#storage = new ClientStorage(
      options.storage ?? (inBrowser ? 'local' : 'none'),
      prefixOf(options, options.storageKey),
    )
    this.#link = new SessionLink(
      {
        url: options.url ?? (inBrowser ? location.origin : 'http://127.0.0.1:8080'),
        token,
        socketOptions,
        timings,
        storage: this.#storage,
        opening: { userId, resume },
        hasUnsent: () => this.#outbox.hasPending,
      },
      () => this.#changed(),
    )
    this.#outbox = new Outbox({
      storage: this.#storage,
      deliver: (draft) => this.#deliver(draft),
      ready: (alreadySent) => this.#link.isOpen && (alreadySent || this.#link.answer === undefined),
      session: () => this.#link.session,
      changed: () => this.#changed(),
    })
  }

  get state(): ClientState {
    return this.#observed.state
  }

  /** Whether the storage holds a conversation, or messages that were not sent yet: something that `open` would go on with. */
  get hasStored(): boolean {
    return this.#storage.sessionId !== null || this.#outbox.hasPending
  }

  /** Calls back after every change; what changes in one turn is told together. Returns the function that ends it. */
  subscribe(listener: (state: ClientState) => void): () => void {
    return this.#observed.subscribe(listener)
  }

  /**
   * Calls back with everything that the gateway sends, as it comes and before it is merged into the state: for meters.
   * Returns the function that ends it.
   */
  observe(observer: (arrival: Arrival) => void): () => void {
    this.#link.observers.add(observer)
    return () => this.#link.observers.delete(observer)
  }

  /**
   * Connects and opens the stored session, or a new one. Tries until it is open, while the state's `error` says why it is not yet; rejects
   * only where the address can be no gateway's (`invalid`), where the gateway refuses for good, or where the client is closed.
   */
  async open(): Promise<void> {
    this.#closed = false
    if (this.#release.length === 0) this.#listen()
    this.#link.start()
    await this.#link.whenOpen()
  }

  /** Ends connection and timers. The session, and an answer that streams, go on at the gateway. */
  close(): void {
    this.#closed = true
    for (const release of this.#release.splice(0)) release()
    this.#link.close()
    this.#outbox.pause(closedError())
  }

  /**
   * Sends a message, now or as soon as that is possible, exactly once. Resolves with the acknowledgement. Rejects where
   * the gateway refuses it for good; then it stays in the state's `outbox` as `failed`. Rejects, too, where the client is refused for good or closed; then it is sent at the next `open`. `id`: a UUID, where
   * the caller has one; of the same id twice the gateway keeps one (M2).
   */
  send(content: string, metadata?: Metadata, id: string = uuid()): Promise<Sent> {
    if (this.#closed) return Promise.reject(closedError())
    const isText = typeof content === 'string' && content.trim() !== ''
    if (!isText) return Promise.reject(new ClientError('invalid', 'content: must be a text, and not blank'))
    if (!isJson(metadata)) return Promise.reject(new ClientError('invalid', 'metadata: must be JSON'))
    return this.#outbox.add({ id: id.toLowerCase(), content, ...(metadata && { metadata }) })
  }

  /**
   * Follows a message that the client holds, such as the `answer` that a `send` resolved with, over lost connections: calls
   * back with it as it is now and after every change, and resolves with it once it is final. Where it was lost (G1), goes on
   * with the answer, under another id, that its question got instead. Rejects where the rest will not come: the conversation is
   * over, the client was closed or refused for good; or with the reason of `signal`.
   */
  follow(messageId: string, onView: (message: Message) => void = () => {}, signal?: AbortSignal): Promise<Message> {
    return follow(this, messageId, onView, signal)
  }

  /** Sends a `failed` message of the outbox again. */
  retry(id: string): void {
    this.#outbox.retry(id)
  }

  /** Forgets a `failed` message of the outbox. */
  discard(id: string): void {
    this.#outbox.discard(id)
  }

  /** Ends the answer that streams, keeping its text so far; null where none does. */
  async stop(): Promise<Message | null> {
    this.#assertNotClosed()
    const answer = this.#link.answer
    if (answer === undefined) return null
    const { message } = await this.#link.call('message:stop', (sessionId) => ({ sessionId, messageId: answer.id }))
    return message
  }

  /** Has the last answer made again: the same message with the next `attempt`. */
  async regenerate(): Promise<Message> {
    this.#assertNotClosed()
    const last = this.#link.messages.findLast(({ role }) => role === 'assistant')
    if (last === undefined) throw new ClientError('invalid', 'there is no answer to regenerate')
    const { answer } = await this.#link.call(
      'message:regenerate',
      (sessionId) => ({ sessionId, messageId: last.id }),
      () => {
        const answer = this.#link.messages.find(({ id, attempt }) => id === last.id && attempt > last.attempt)
        return answer && { answer }
      },
    )
    return answer
  }

  /**
   * Brings `limit` messages older than the oldest that is held, or than `before`, into the state: fewer on a network too slow for
   * as many. Resolves with whether there are more still.
   */
  async history(before?: number, limit: number = DEFAULT_HISTORY_LIMIT): Promise<boolean> {
    const link = this.#link
    const { pageSize } = link
    const began = performance.now()
    let askedAt = began
    let asked = 0
    const isLate = () => performance.now() - askedAt > this.#lateMs
    const { hasMore, messages } = await link.call(
      'session:history',
      (sessionId) => {
        asked = pageSize.of(limit)
        askedAt = performance.now()
        // After a lost connection what is held may begin later.
        return { sessionId, before: before ?? link.messages[0]?.seq, limit: asked }
      },
      undefined,
      // The gateway may have ended the connection: the pong that it waited for stood behind the page.
      ({ code }) => (code === 'timeout' || isLate()) && pageSize.late(asked),
    )
    if (performance.now() - began < QUICK_MS) {
      pageSize.soon(asked, messages.map(({ content }) => content).join('').length)
    }
    if (isLate()) pageSize.late(asked)
    return hasMore
  }

  /** Removes the session for everyone who has it open. The next message begins a new one. */
  async clear(): Promise<void> {
    this.#assertNotClosed()
    try {
      await this.#link.call('session:clear', (sessionId) => ({ sessionId }))
    } catch (error) {
      if (!(error instanceof ClientError) || error.code !== 'session_not_found') throw error
    }
    this.#link.sessionEnded('cleared')
  }

  /** Leaves the session as it is and begins a new one; what was not sent yet is not sent. */
  newConversation(): void {
    this.switchTo(null)
  }

  /** The same, for the session of this id; where that is over, a new one begins. */
  switchTo(sessionId: string | null): void {
    this.#followed = null
    this.#home = null
    this.#outbox.empty()
    this.#storage.sessionId = null // so that other tabs can tell it from a session that was lost
    this.#storage.sessionId = sessionId
    this.#link.restart(sessionId)
  }

  #assertNotClosed(): void {
    if (this.#closed) throw closedError()
  }

  async #deliver(draft: OutgoingDraft): Promise<Sent> {
    try {
      const sent = await this.#link.request('message:send', (sessionId) => ({ ...draft, sessionId }))
      // Another client of this page may have stored another one: a reload is to find what was said.
      this.#storage.sessionId = this.#link.session?.id ?? this.#storage.sessionId
      return sent
    } catch (error) {
      if (!(error instanceof ClientError) || error.code !== 'session_not_found') throw error
      this.#link.sessionEnded('expired') // unseen until now; the message goes to the next session
      throw new ClientError('disconnected', 'the session had expired')
    }
  }

  #listen(): void {
    this.#release = [this.#storage.watch((now, before) => this.#followStored(now, before))]
    if (typeof addEventListener !== 'function') return // React Native has a window without it
    const hurry = () => this.#link.hurry()
    const back = () => {
      // What the next page has sent or given up meanwhile is not in the storage any more.
      const stored = this.#storage.sessionId
      if (stored !== (this.#link.session?.id ?? null)) this.#outbox.overtaken()
      if (stored !== null) this.#followStored() // what other tabs did meanwhile was not told
      hurry()
    }
    const listeners: Record<string, (event: Event) => unknown> = {
      online: hurry,
      offline: hurry,
      // A page with a connection is not kept for the way back.
      pagehide: () => this.#link.rest(),
      pageshow: (event) => (event as PageTransitionEvent).persisted && back(),
      resume: back, // the browser had frozen the page
    }
    for (const [name, listener] of Object.entries(listeners)) {
      addEventListener(name, listener, true) // `resume` is the document's, and does not bubble
      this.#release.push(() => removeEventListener(name, listener, true))
    }
  }

  /** Another tab has left the conversation `before`, or begun or gone on with another one. What it wrote may be older than what is stored by now. */
  #followStored(now = this.#storage.sessionId, before = this.#link.session?.id ?? null): void {
    const mine = this.#link.session?.id ?? null
    if (now === null) {
      if (mine === null || mine === before) this.#outbox.left()
      return
    }
    const stored = this.#storage.sessionId
    if (stored === null || stored === mine || stored === this.#stranger) return
    this.#followed = { id: stored, left: mine ?? this.#followed?.left ?? this.#home }
    this.#link.restart(stored, true)
  }

  /** What another tab has opened may be unknown here. Then this one goes back, and stores nothing: else the two would follow each other for ever. */
  #settleFollowed(): void {
    const { session, isOpen } = this.#link
    if (session === null || !isOpen) return
    this.#home = null
    if (this.#followed === null) return
    const { id, left } = this.#followed
    this.#followed = null
    if (session.id === id) return
    this.#stranger = id
    this.#home = left
    if (left !== null) this.#link.restart(left, true)
  }

  #changed(): void {
    this.#settleFollowed()
    const { refusal } = this.#link
    if (refusal !== null) this.#outbox.pause(refusal)
    this.#settleOutbox()
    if (this.#outbox.hasPending) this.#link.awaited()
    if (this.#link.ended !== null && this.#outbox.hasPending) this.#link.openSession()
    this.#outbox.flush()
    this.#observed.changed()
  }

  /** What was acknowledged but could still be lost: is it in Redis, or gone? */
  #settleOutbox(): void {
    const { session, ended, isOpen } = this.#link
    if (ended !== null) this.#outbox.forgetProvisional()
    if (!isOpen || session === null) return
    this.#outbox.opened(session)
    if (!this.#outbox.hasProvisional) return
    const { isSettled, answer, messages } = this.#link
    const isThere = (id: string) => messages.some((message) => message.id === id)
    if (answer === undefined) this.#outbox.answered(isThere)
    if (isSettled) this.#outbox.settle(isThere)
    else this.#link.settle()
  }

  #buildState(): ClientState {
    const { phase, session, messages, answer, activity, replica, backend, ended, error } = this.#link
    const outbox = this.#outbox.list
    const acknowledged = new Set(outbox.length === 0 ? [] : messages.map(({ id }) => id))
    return {
      connection: phase,
      session,
      messages,
      outbox: outbox.filter(({ id }) => !acknowledged.has(id)),
      answering: answer !== undefined && ended === null,
      activity,
      replica,
      backend,
      ended,
      error,
    }
  }
}

/** Whether it can be stored and sent at all. */
function isJson(value: unknown): boolean {
  try {
    JSON.stringify(value)
    return true
  } catch {
    return false
  }
}

function closedError(): ClientError {
  return new ClientError('closed', 'the client was closed')
}

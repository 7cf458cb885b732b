import type { EndReason } from '../protocol/events.ts'
import type { Backend, Message, SessionInfo } from '../protocol/message.ts'
import type { CurrentActivity } from './conversation-state.ts'
import type { ClientError } from './errors.ts'
import type { Outgoing } from './outbox.ts'

/** `idle`: not opened, or closed. `online`: the session is open. `offline`: no network, or refused for good (see `error`). */
export type ConnectionState = 'idle' | 'connecting' | 'online' | 'reconnecting' | 'offline'

/** Everything that a view needs: a new object after every change, its messages the same objects where they did not change. */
export interface ClientState {
  readonly connection: ConnectionState
  readonly session: SessionInfo | null
  /** By `seq`; the last one may be an answer that streams. */
  readonly messages: readonly Message[]
  /** Messages that were not acknowledged yet, oldest first. */
  readonly outbox: readonly Outgoing[]
  readonly answering: boolean
  /** What goes on while the running answer's next text does not come; null once it has, and where no answer runs. */
  readonly activity: CurrentActivity | null
  /** The replica that serves this socket. */
  readonly replica: string | null
  readonly backend: Backend
  /** Why the last session is over; the next message begins a new one. */
  readonly ended: EndReason | null
  /** Why there is no connection or no session, from the first try that failed until there is one again. */
  readonly error: ClientError | null
}

/** What there is to show before a client was made. */
export const IDLE: ClientState = {
  connection: 'idle',
  session: null,
  messages: [],
  outbox: [],
  answering: false,
  activity: null,
  replica: null,
  backend: 'redis',
  ended: null,
  error: null,
}

/** Tells listeners once per turn of the event loop's microtasks, however much changed in it, and builds the state only when asked. */
export class Observed {
  readonly #build: () => ClientState
  readonly #listeners = new Set<(state: ClientState) => void>()
  #state: ClientState | null = null
  #telling = false

  constructor(build: () => ClientState) {
    this.#build = build
  }

  get state(): ClientState {
    this.#state ??= this.#build()
    return this.#state
  }

  subscribe(listener: (state: ClientState) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  changed(): void {
    this.#state = null
    if (this.#telling || this.#listeners.size === 0) return
    this.#telling = true
    queueMicrotask(() => {
      this.#telling = false
      // Each on its own: what one of them throws keeps it from no other.
      for (const listener of this.#listeners)
        queueMicrotask(() => void (this.#listeners.has(listener) && listener(this.state)))
    })
  }
}

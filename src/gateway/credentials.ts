import type { Socket } from 'socket.io'
import type { Authenticator, Identity } from '../access/authenticate.ts'
import { at, type Clock, type Timer } from '../ports/clock.ts'
import { BatonError } from '../protocol/errors.ts'
import type { AuthExpiring, RenewRequest } from '../protocol/events.ts'

/** How long before its end a token is said to end; of a shorter one, when half of it is over. */
const NOTICE_MS = 30_000
const NO_TIMERS: readonly Timer[] = []

export interface CredentialsDeps {
  readonly clock: Clock
  readonly authenticator: Authenticator
  /** Called before the token of a connection's socket ends, and when it has. */
  readonly expiring: (socket: Socket, notice: AuthExpiring) => void
  readonly expired: (socket: Socket) => void
}

/** For whom a connection speaks, and until when (X3). A fresh token of the same user makes that longer. */
export class Credentials {
  readonly #socket: Socket
  #identity: Identity
  readonly #deps: CredentialsDeps
  /** None where the token has no end, as most connections have no token. */
  #timers: readonly Timer[] = NO_TIMERS

  constructor(socket: Socket, identity: Identity, deps: CredentialsDeps) {
    this.#socket = socket
    this.#identity = identity
    this.#deps = deps
    this.#lastUntil(identity.expiresAt)
  }

  /** Whom the last token names. */
  get identity(): Identity {
    return this.#identity
  }

  async renew({ token }: RenewRequest): Promise<{ expiresInMs: number | null }> {
    const identity = await this.#deps.authenticator.authenticate(token)
    const { user, expiresAt } = identity
    if (user !== this.#identity.user) throw new BatonError('forbidden', 'token: is of another user than the connection')
    this.#identity = identity
    if (this.#socket.connected) this.#lastUntil(expiresAt) // else nobody would cancel what that starts
    return { expiresInMs: expiresAt === null ? null : Math.max(0, expiresAt - this.#deps.clock.wallTime()) }
  }

  close(): void {
    for (const timer of this.#timers) timer.cancel()
    this.#timers = NO_TIMERS
  }

  #lastUntil(expiresAt: number | null): void {
    this.close()
    if (expiresAt === null) return
    const { clock, expiring, expired } = this.#deps
    const noticeMs = Math.min(NOTICE_MS, Math.max(0, expiresAt - clock.wallTime()) / 2)
    this.#timers = [
      at(clock, expiresAt - noticeMs, () => {
        expiring(this.#socket, { expiresInMs: Math.max(0, expiresAt - clock.wallTime()) })
      }),
      at(clock, expiresAt, () => expired(this.#socket)),
    ]
  }
}

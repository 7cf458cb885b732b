import type { IncomingMessage, ServerResponse } from 'node:http'
import { clientNetwork } from '../access/address.ts'
import { originAllowed } from '../access/origin.ts'
import type { Settings } from '../config/settings.ts'
import { objectionToHost } from '../network/host.ts'
import { endWith } from '../network/last-words.ts'
import type { Meter } from '../ports/meter.ts'
import type { RateLimiter } from '../ports/rate-limiter.ts'
import { BatonError, toBatonError } from '../protocol/errors.ts'
import { connectionIdIn, parameterIn } from './polls.ts'

interface Refusal {
  /** As it is counted; what is no request for a connection is not, as where Engine.IO itself refuses it. */
  readonly reason: 'draining' | 'origin' | 'rate_limited' | 'internal' | null
  readonly error: BatonError
}

/** As Engine.IO hands it on: `res` is missing where the request is to leave HTTP. */
type EngineRequest = IncomingMessage & { readonly res?: ServerResponse | null }

export interface EntranceDeps {
  readonly settings: Pick<Settings, 'TRUST_PROXY' | 'ALLOWED_ORIGINS' | 'POLLING'>
  readonly connectLimiter: RateLimiter
  readonly meter: Meter
  isDraining(): boolean
  onCaught(error: unknown): void
}

/** Who may connect, before anything is said (X4, X5, F5). */
export class Entrance {
  readonly #deps: EntranceDeps
  readonly #networkOf: (request: IncomingMessage) => string
  readonly #isAllowed: (origin: string | undefined) => boolean
  /** Of those that were let in, read once: a request forgets its connection's end when that is gone. */
  readonly #networks = new WeakMap<IncomingMessage, string>()

  constructor(deps: EntranceDeps) {
    this.#deps = deps
    this.#networkOf = clientNetwork(deps.settings.TRUST_PROXY)
    this.#isAllowed = originAllowed(deps.settings.ALLOWED_ORIGINS)
  }

  /**
   * Tells Engine.IO by `done` whether the connection may come in. Engine.IO would say 400 or 403 to all who may not: nginx
   * tries no other replica then (F5), and nobody is told how long to wait (X5).
   */
  async admit(request: EngineRequest, done: (error: null, isAdmitted: boolean) => void): Promise<void> {
    const refusal = await this.#refusalOf(request)
    if (refusal === null) return done(null, true)
    const { reason, error } = refusal
    if (reason !== null) this.#deps.meter.connectsRefused(1, { reason })
    if (request.res != null) return answerWith(request.res, error) // Engine.IO has nothing to add
    endWith(request.socket, error)
    done(null, false)
  }

  /**
   * Why a request that names a connection (`sid`) is refused; undefined where it is not. Engine.IO does not ask `admit` about it,
   * so it may come from another origin (X4).
   */
  objectionTo({ url, headers }: IncomingMessage): Error | undefined {
    if (connectionIdIn(url) === null) return undefined
    // Where WebSocket is the only transport, it means to take the connection over.
    if (!this.#deps.settings.POLLING) return new Error('one transport per connection')
    return this.#isAllowed(headers.origin) ? undefined : FOREIGN_ORIGIN
  }

  /** The network of the client whose connection was let in by `request`. */
  networkOf(request: IncomingMessage): string {
    return this.#networks.get(request) ?? 'unknown'
  }

  async #refusalOf(request: IncomingMessage): Promise<Refusal | null> {
    const { connectLimiter, isDraining, onCaught } = this.#deps
    if (isDraining()) return { reason: 'draining', error: new BatonError('overloaded', 'this replica is going') }
    if (!this.#isAllowed(request.headers.origin)) return { reason: 'origin', error: FOREIGN_ORIGIN }
    const objection = objectionToHost(request) ?? objectionToProtocol(request)
    if (objection !== null) return { reason: null, error: new BatonError('invalid', objection) }
    try {
      const network = this.#networkOf(request)
      this.#networks.set(request, network)
      const taken = await connectLimiter.take(network)
      if (typeof taken !== 'number') return null
      const error = new BatonError('rate_limited', 'too many connections from this address', { retryAfterMs: taken })
      return { reason: 'rate_limited', error }
    } catch (thrown) {
      onCaught(thrown)
      return { reason: 'internal', error: toBatonError(thrown) }
    }
  }
}

const FOREIGN_ORIGIN = new BatonError('forbidden', 'origin: is not allowed')

/** Engine.IO would refuse an older protocol over the WebSocket that it has just opened, in words of HTTP. */
function objectionToProtocol({ url }: IncomingMessage): string | null {
  return parameterIn(url, 'EIO') === '4' ? null : 'EIO: must be 4, as Socket.IO 3 and later have it'
}

function answerWith(response: ServerResponse, { status, body, retryAfter }: BatonError): void {
  if (retryAfter !== undefined) response.setHeader('Retry-After', retryAfter)
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify({ error: body }))
}

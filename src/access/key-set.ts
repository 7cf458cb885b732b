import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose'
import { withoutPassword } from '../config/basic-auth.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import { BatonError } from '../protocol/errors.ts'

type KeyArguments = Parameters<JWTVerifyGetKey>
type LocalKeys = ReturnType<typeof createLocalJWKSet>

/** Keys of this age are fetched again. */
const REFRESH_MS = 10 * 60_000
/** So are keys of this age, where a token names one that is not among them. */
const COOLDOWN_MS = 30_000
/** So old may keys be while newer ones cannot be had: a key that was withdrawn must not be good for ever. */
const MAX_AGE_MS = 24 * 60 * 60_000
/** After a failure nothing is asked for so long, however many tokens come. */
const PAUSE_MS = 5_000
/** Below what clients wait for a connection, and Socket.IO's `connectTimeout`: who connects is told why it cannot. */
const TIMEOUT_MS = 2_500
/** The set was there and has no key for the token; whatever else fails while a key is looked up is the set's fault. */
const ABOUT_THE_TOKEN = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported]

/** The public keys at a URL, with those that were had last while newer ones cannot be had. */
export class KeySet {
  readonly #url: URL
  readonly #headers: Readonly<Record<string, string>>
  readonly #log: Log
  readonly #clock: Clock
  #had: { readonly keys: LocalKeys; readonly at: number } | null = null
  /** The last try, where that failed. */
  #failure: { readonly cause: unknown; readonly at: number } | null = null
  #fetching: Promise<void> | null = null

  constructor(address: string, log: Log, clock: Clock) {
    const { url, headers } = withoutPassword(address)
    this.#url = url
    this.#headers = { accept: 'application/json, application/jwk-set+json', ...headers }
    this.#log = log
    this.#clock = clock
  }

  /** Rejects as jose does where the set has no key for the token, and with `overloaded` where the set cannot be had. */
  async keyFor(...token: KeyArguments): Promise<CryptoKey> {
    await this.#renew()
    try {
      return await this.#lookUp(token)
    } catch (thrown) {
      if (!(thrown instanceof errors.JWKSNoMatchingKey) || this.#age() < COOLDOWN_MS) throw thrown
      await this.#fetch()
      if (this.#failure !== null) throw unavailable(this.#failure.cause)
      return this.#lookUp(token)
    }
  }

  /** Nobody waits for a set that could not be had just before, where there are keys to go on with. */
  async #renew(): Promise<void> {
    if (this.#age() < REFRESH_MS) return
    const fetched = this.#fetch()
    if (this.#failure === null || this.#age() >= MAX_AGE_MS) await fetched
  }

  async #lookUp(token: KeyArguments): Promise<CryptoKey> {
    if (this.#had === null || this.#age() >= MAX_AGE_MS) throw unavailable(this.#failure?.cause)
    try {
      return await this.#had.keys(...token)
    } catch (thrown) {
      throw ABOUT_THE_TOKEN.some((kind) => thrown instanceof kind) ? thrown : unavailable(thrown)
    }
  }

  #age(): number {
    return this.#had === null ? Number.POSITIVE_INFINITY : this.#clock.now() - this.#had.at
  }

  /** Once for all who ask at the same time, and not soon after a failure. Never rejects. */
  async #fetch(): Promise<void> {
    if (this.#failure !== null && this.#clock.now() - this.#failure.at < PAUSE_MS) return
    this.#fetching ??= this.#ask()
      .then(
        (keys) => this.#succeeded(keys),
        (thrown: unknown) => this.#failed(thrown),
      )
      .finally(() => {
        this.#fetching = null
      })
    await this.#fetching
  }

  async #ask(): Promise<LocalKeys> {
    const signal = AbortSignal.timeout(TIMEOUT_MS) // of the body too
    const response = await fetch(this.#url, { headers: this.#headers, redirect: 'manual', signal })
    if (response.status !== 200) {
      await response.body?.cancel()
      throw new Error(`status ${response.status}`)
    }
    return createLocalJWKSet(await response.json())
  }

  #succeeded(keys: LocalKeys): void {
    if (this.#failure !== null) this.#log.info({}, 'the keys that tokens are checked with can be had again')
    this.#had = { keys, at: this.#clock.now() }
    this.#failure = null
  }

  /** Said once in an outage. */
  #failed(cause: unknown): void {
    if (this.#failure === null) {
      // Of what is behind "fetch failed" fetch's own error has no code.
      const err = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause
      this.#log.warn({ err, setting: 'JWT_JWKS_URL' }, 'the keys that tokens are checked with cannot be had')
    }
    this.#failure = { cause, at: this.#clock.now() }
  }
}

function unavailable(cause: unknown): BatonError {
  return new BatonError('overloaded', 'the keys that tokens are checked with cannot be had now', { cause })
}

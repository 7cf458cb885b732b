import type { ClientState } from './client-state.ts'
import type { TokenSource } from './connection.ts'

/** What another token may put right: also where it was still that of the user before. */
const REFUSALS: ReadonlySet<string | undefined> = new Set(['unauthorized', 'forbidden'])

/** The token of a page that may give another one at any time: a client asks for it when it needs one. */
export class LatestToken {
  readonly #now: () => TokenSource | null | undefined
  #given: unknown
  /** The client's error when that was given. */
  #errorBefore: ClientState['error'] = null

  constructor(now: () => TokenSource | null | undefined) {
    this.#now = now
  }

  /** Throws the refusal of a string that is still the latest: it would be refused again. A function may have another token by now. */
  give({ error }: ClientState): string | Promise<string> {
    const now = this.#now()
    const isGivenAgain = typeof now === 'string' && now === this.#given
    if (isGivenAgain && error !== this.#errorBefore && error?.retryable === false) throw error
    this.#given = kindOf(now)
    this.#errorBefore = error
    return (typeof now === 'function' ? now() : now) ?? '' // who has none any more has another client
  }

  /** Whether the client was refused, and there is another token than the refused one by now. */
  mayHelp({ connection, error }: ClientState): boolean {
    return connection !== 'idle' && REFUSALS.has(error?.code) && this.#given !== kindOf(this.#now())
  }
}

/** Functions are all alike: they may be another with each render. */
export function kindOf(token: TokenSource | null | undefined): unknown {
  return typeof token === 'function' ? 'function' : token
}

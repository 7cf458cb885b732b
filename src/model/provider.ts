import OpenAI from 'openai'
import { Agent } from 'undici'
import type { readSettings } from '../config/settings.ts'
import type { Log } from '../ports/log.ts'
import type { ModelError } from '../ports/token-source.ts'
import { requestFailed } from './errors.ts'
import { leanFetch } from './lean-fetch.ts'

export type ModelSettings = ReturnType<typeof readSettings>

/** How long work that ends a background response may keep `close` waiting. */
const FAREWELL_MS = 2000

/** The connections to the model's provider and the client that knows its requests, authentication and errors. */
export class Provider {
  readonly client: OpenAI
  readonly log: Log
  readonly #key: string
  /**
   * No timeouts of its own: silence is judged by events, not by bytes. No HTTP/2: an answer that is not read for a while
   * would take its share of a window that it has in common with others.
   */
  readonly #agent = new Agent({ headersTimeout: 0, bodyTimeout: 0, allowH2: false })
  readonly #farewells = new Set<Promise<unknown>>()

  constructor(settings: ModelSettings, log: Log) {
    // Servers of one's own mostly ask for no key; the client insists on one.
    this.#key = settings.OPENAI_API_KEY ?? 'none'
    this.log = log
    if (settings.OPENAI_API_KEY === undefined && settings.OPENAI_BASE_URL === undefined) {
      log.warn({}, 'neither OPENAI_API_KEY nor OPENAI_BASE_URL is set: the model will refuse to answer')
    }
    this.client = new OpenAI({
      apiKey: this.#key,
      adminAPIKey: null,
      baseURL: settings.OPENAI_BASE_URL ?? null,
      maxRetries: 0, // F6 is the caller's
      timeout: 2 ** 31 - 1,
      logLevel: 'off',
      fetch: leanFetch(this.#agent),
    })
  }

  /** What a failed request, or a body that broke off, is to the caller. */
  failure(thrown: unknown): ModelError {
    return requestFailed(thrown, this.log, this.#key)
  }

  /** Work that nobody waits for but `close`, a little. It must not reject. */
  farewell(work: Promise<unknown>): void {
    this.#farewells.add(work)
    void work.finally(() => this.#farewells.delete(work))
  }

  async close(): Promise<void> {
    const limit = Promise.withResolvers<void>()
    const timer = setTimeout(limit.resolve, FAREWELL_MS)
    await Promise.race([Promise.all(this.#farewells), limit.promise])
    clearTimeout(timer)
    await this.#agent.destroy()
  }
}

import { createHash } from 'node:crypto'
import {
  type Bookmark,
  Detached,
  type ModelEnd,
  type ModelRequest,
  type TokenSink,
  type TokenSource,
} from '../ports/token-source.ts'
import { continued } from './continuation.ts'
import { converse, unlessAborted } from './exchange.ts'
import type { Provider } from './provider.ts'
import { ResponseAnswer } from './response-answer.ts'

export interface ResponsesOptions {
  readonly model: string
  readonly timeoutMs: number
  readonly resumes: TokenSource['resumes']
}

/**
 * A model behind the Responses API in background mode: the provider goes on with the answer whoever is connected, so an
 * answer can be reattached to, and only a cancellation ends the work.
 */
export class ResponsesSource implements TokenSource {
  readonly resumes: TokenSource['resumes']
  readonly #provider: Provider
  readonly #options: ResponsesOptions

  constructor(provider: Provider, options: ResponsesOptions) {
    this.resumes = options.resumes
    this.#provider = provider
    this.#options = options
  }

  async generate(request: ModelRequest, sink: TokenSink, signal: AbortSignal): Promise<ModelEnd> {
    const left = request.resume?.bookmark ?? null
    const bookmark = this.resumes === 'reattach' ? left : null
    if (left !== null && (bookmark === null || (signal.aborted && !this.#detached(signal)))) this.cancel(left)
    signal.throwIfAborted()

    const connection = new AbortController()
    const answer = new ResponseAnswer(sink, bookmark, bookmark === null ? (request.resume?.text ?? '') : '')
    const conversation = converse({
      ask: (ending) => this.#ask(request, bookmark, ending),
      take: (data) => answer.take(data),
      failure: (thrown) => this.#provider.failure(thrown),
      connection,
      timeoutMs: this.#options.timeoutMs,
    })
    const leave = () => {
      if (answer.bookmarked && this.#detached(signal)) return connection.abort(signal.reason)
      const named = answer.leave((responseId) => {
        connection.abort(signal.reason)
        this.cancel({ responseId })
      })
      // The response may exist although its id has not come yet: the request stays open until then, or until it was silent for too long.
      if (!named) this.#provider.farewell(conversation.catch(() => {}))
    }
    return unlessAborted(conversation, () => answer.end(), signal, leave)
  }

  cancel({ responseId }: Pick<Bookmark, 'responseId'>): void {
    const { client, log } = this.#provider
    const work = client.responses.cancel(responseId, { timeout: 10_000, maxRetries: 2 }).catch((thrown) => {
      const { message, retryable } = this.#provider.failure(thrown)
      log[retryable ? 'warn' : 'debug']({ responseId, reason: message }, 'a response could not be cancelled')
    })
    this.#provider.farewell(work)
  }

  close(): Promise<void> {
    return this.#provider.close()
  }

  /** Whether whoever goes on with the answer needs the provider to go on as well. */
  #detached(signal: AbortSignal): boolean {
    return this.resumes === 'reattach' && signal.reason instanceof Detached
  }

  #ask({ turns, sessionId, resume }: ModelRequest, bookmark: Bookmark | null, signal: AbortSignal): Promise<Response> {
    const { responses } = this.#provider.client
    if (bookmark !== null) {
      const query = { stream: true, starting_after: bookmark.sequence } as const
      return responses.retrieve(bookmark.responseId, query, { signal }).asResponse()
    }
    const { messages } = resume?.text ? continued(turns, resume.text, 'instruct') : { messages: turns }
    const input = messages.map(({ role, content }) => ({ role, content }))
    const body = { model: this.#options.model, input, stream: true, background: true, store: true } as const
    return responses.create({ ...body, prompt_cache_key: cacheKey(sessionId) }, { signal }).asResponse()
  }
}

/** Names the session without telling its id, which may be all it takes to read it (X3). */
function cacheKey(sessionId: string): string {
  return createHash('sha256').update(sessionId).digest('base64url')
}

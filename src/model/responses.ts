import { createHash } from 'node:crypto'
import type { Bookmark, ModelEnd, ModelRequest, TokenSink, TokenSource } from '../ports/token-source.ts'
import { continued } from './continuation.ts'
import { converse, untilAborted } from './exchange.ts'
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
    if (left !== null && (bookmark === null || signal.aborted)) this.#cancel(left.responseId)
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
    return untilAborted(
      conversation.then(() => answer.end()),
      signal,
      () => {
        // The response may exist although its id has not come yet: the request is kept open until then, or until it is silent for too long.
        const named = answer.leave((responseId) => {
          connection.abort(signal.reason)
          this.#cancel(responseId)
        })
        if (!named) this.#provider.farewell(conversation.catch(() => {}))
      },
    )
  }

  close(): Promise<void> {
    return this.#provider.close()
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

  #cancel(responseId: string): void {
    const { client, log } = this.#provider
    const work = client.responses.cancel(responseId, { timeout: 10_000, maxRetries: 2 }).catch((thrown) => {
      log.warn({ responseId, reason: this.#provider.failure(thrown).message }, 'a response could not be cancelled')
    })
    this.#provider.farewell(work)
  }
}

/** Names the session without telling its id, which may be all it takes to read it (X3). */
function cacheKey(sessionId: string): string {
  return createHash('sha256').update(sessionId).digest('base64url')
}

import { createHash } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import {
  type Bookmark,
  Detached,
  FORSAKEN,
  type Model,
  type ModelEnd,
  ModelError,
  type ModelRequest,
  type TokenSink,
} from '../ports/model.ts'
import { continued } from './continuation.ts'
import { Garbage } from './errors.ts'
import { converse, unlessAborted } from './exchange.ts'
import type { SendOptions } from './http.ts'
import type { Provider } from './provider.ts'
import { judged, Refusal } from './refusal.ts'
import type { RequestBuilder } from './request-builder.ts'
import { isResponseId, LostResponse, ResponseAnswer } from './response-answer.ts'
import type { ResponseBody } from './response-body.ts'

export interface ResponsesOptions {
  readonly builder: RequestBuilder
  readonly resumes: Model['resumes']
}

/** How long a try to cancel may take, how many there are, and what is waited after the first. */
const CANCEL = { timeoutMs: 10_000, tries: 3, pauseMs: 500 }

/**
 * A model behind the Responses API. Where answers are to be reattached to it works in background mode: the provider goes on with
 * an answer even where nobody is connected, and only a cancellation ends the work. Otherwise, and where the provider refuses
 * that mode, dropping the request ends it (F8).
 */
export class ResponsesSource implements Model {
  readonly resumes: Model['resumes']
  readonly #provider: Provider
  readonly #options: ResponsesOptions
  readonly #cancelling = new Set<string>()
  #refusesBackground = false

  constructor(provider: Provider, options: ResponsesOptions) {
    this.resumes = options.resumes
    this.#provider = provider
    this.#options = options
  }

  async generate(request: ModelRequest, sink: TokenSink, signal: AbortSignal): Promise<ModelEnd> {
    const given = request.resume?.bookmark ?? null
    const left = given === null || given.sequence === FORSAKEN || !isResponseId(given.responseId) ? null : given
    const bookmark = this.resumes === 'reattach' ? left : null
    if (left !== null && (bookmark === null || (signal.aborted && !this.#detached(signal)))) this.cancel(left)
    signal.throwIfAborted()
    try {
      return await this.#stream(request, bookmark, sink, signal)
    } catch (error) {
      if (bookmark === null || !(error instanceof LostResponse)) throw error
      const { responseId } = bookmark
      this.#provider.warn(request, 'a response cannot be reattached to: continuing its text', { responseId })
      if (error.mayRun) this.cancel(bookmark)
      sink.bookmark({ responseId, sequence: FORSAKEN })
      return await this.#stream(request, null, sink, signal)
    }
  }

  cancel({ responseId }: Pick<Bookmark, 'responseId'>): void {
    if (this.#cancelling.has(responseId) || !isResponseId(responseId)) return
    this.#cancelling.add(responseId)
    this.#provider.farewell(this.#cancel(responseId).finally(() => this.#cancelling.delete(responseId)))
  }

  close(): Promise<void> {
    return this.#provider.close()
  }

  async #stream(
    request: ModelRequest,
    bookmark: Bookmark | null,
    sink: TokenSink,
    signal: AbortSignal,
  ): Promise<ModelEnd> {
    const connection = new AbortController()
    const stored = request.resume?.text ?? ''
    const answer = new ResponseAnswer(sink, bookmark, stored, this.resumes === 'reattach')
    const conversation = converse({
      ask: (sending) =>
        bookmark === null ? this.#create(request, answer, sending) : this.#reattach(bookmark, sending),
      taker: answer,
      failure: (thrown) => this.#provider.failure(thrown, request),
      connection,
      limits: this.#provider.limits,
    }).catch((error) => {
      if (!(error instanceof ModelError && answer.isFinished)) throw error
    })
    const leave = () => {
      if (!answer.isBackground || (answer.bookmarked && this.#detached(signal))) return connection.abort(signal.reason)
      const named = answer.leave((responseId) => {
        connection.abort(signal.reason)
        this.cancel({ responseId })
      })
      // The response may exist although its id has not come yet: the request stays open until then, or until it was silent for too long.
      if (!named) this.#provider.farewell(conversation.catch(() => {}))
    }
    try {
      return await unlessAborted(conversation, () => answer.end(), signal, leave)
    } catch (error) {
      if (answer.isUnheard && error instanceof Garbage) throw new LostResponse(true)
      if (answer.orphan !== null && !signal.aborted) this.cancel({ responseId: answer.orphan })
      throw error
    }
  }

  /** Whether the next owner needs the provider to go on as well. */
  #detached(signal: AbortSignal): boolean {
    return this.resumes === 'reattach' && signal.reason instanceof Detached
  }

  /** Asks for a new response, in background mode where that is of use and the provider does not refuse it. */
  async #create(request: ModelRequest, answer: ResponseAnswer, sending: SendOptions): Promise<ResponseBody> {
    const create = (isBackground: boolean) => {
      const body = this.#body(request, isBackground)
      answer.isBackground = body.background === true
      const headers = this.#options.builder.headers(request)
      return this.#provider.ask({ path: '/responses', body, headers }, sending)
    }
    try {
      return await create(this.resumes === 'reattach' && !this.#refusesBackground)
    } catch (refused) {
      // Where the response is unknown and so is the way to a new one, what answers now is not what answered then.
      if (request.resume?.bookmark && refused instanceof Refusal && refused.status === 404)
        throw new LostResponse(false)
      if (!answer.isBackground || !refusesBackground(refused)) throw refused
      const body = await create(false)
      this.#refusesBackground = true
      this.#provider.log.warn({}, 'the provider refuses background responses: answers are continued, not reattached to')
      return body
    }
  }

  async #reattach({ responseId, sequence }: Bookmark, sending: SendOptions): Promise<ResponseBody> {
    const query = { stream: 'true', starting_after: String(sequence) }
    try {
      return await this.#provider.ask({ path: pathOf(responseId), query }, sending)
    } catch (refused) {
      if (!(refused instanceof Refusal) || (judged(refused).retryable && !isMissingThere(refused))) throw refused
      throw new LostResponse(refused.status !== 404 && refused.status !== 410)
    }
  }

  #body(request: ModelRequest, isBackground: boolean): Readonly<Record<string, unknown>> {
    const { turns, sessionId, resume } = request
    const { messages } = resume?.text ? continued(turns, resume.text, 'instruct') : { messages: turns }
    // OpenAI takes an item without a type for a message; llama.cpp refuses an assistant's.
    const input = messages.map(({ role, content }) => ({ type: 'message', role, content }))
    const more = { ...(isBackground && { background: true, store: true }), prompt_cache_key: cacheKey(sessionId) }
    return this.#options.builder.body(request, { input }, more)
  }

  async #cancel(responseId: string): Promise<void> {
    const { log } = this.#provider
    for (let tries = 1; ; tries++) {
      try {
        const signal = AbortSignal.timeout(CANCEL.timeoutMs)
        const body = await this.#provider.ask({ method: 'POST', path: `${pathOf(responseId)}/cancel` }, { signal })
        return body.drain()
      } catch (thrown) {
        const mayPass = !(thrown instanceof Refusal) || judged(thrown).retryable
        const status = thrown instanceof Refusal ? thrown.status : null
        if (!mayPass) return log.debug({ responseId, status }, 'a response could not be cancelled')
        if (tries === CANCEL.tries) return log.warn({ responseId, status }, 'a response could not be cancelled')
        await setTimeout(CANCEL.pauseMs * tries, undefined, { ref: false })
      }
    }
  }
}

/** Whether a refusal is of background mode, or of the storing that it takes. */
function refusesBackground(thrown: unknown): boolean {
  if (!(thrown instanceof Refusal) || judged(thrown).retryable || thrown.status === 401) return false
  const { param, words } = thrown.complaint
  return /\b(background|store)\b/i.test(`${param} ${words}`)
}

/** Servers that keep no responses do not all say so by a 4xx: LiteLLM gives 500 with "GET responses is not supported for …". */
function isMissingThere({ status, complaint }: Refusal): boolean {
  if (status === 501) return true
  return status !== null && status >= 500 && /\b(?:not (?:supported|implemented)|unsupported)\b/i.test(complaint.words)
}

function pathOf(responseId: string): string {
  return `/responses/${encodeURIComponent(responseId)}`
}

/** Names the session without telling its id, which may be all it takes to read it (X3). */
function cacheKey(sessionId: string): string {
  return createHash('sha256').update(sessionId).digest('base64url')
}

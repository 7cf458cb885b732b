import { type Model, type ModelEnd, ModelError, type ModelRequest, type TokenSink } from '../ports/model.ts'
import { ChatAnswer } from './chat-answer.ts'
import { type ChatPrompt, type ContinueStyle, continued } from './continuation.ts'
import { converse, unlessAborted } from './exchange.ts'
import type { SendOptions } from './http.ts'
import type { Provider } from './provider.ts'
import { judged, Refusal } from './refusal.ts'
import type { RequestBuilder } from './request-builder.ts'
import type { ResponseBody } from './response-body.ts'
import { TextOutput } from './text-output.ts'
import { usingMore } from './usage.ts'

export interface ChatOptions {
  readonly builder: RequestBuilder
  readonly resumes: Model['resumes']
  readonly continues: ContinueStyle
}

/** A model behind the Chat Completions API. Dropping the request is what ends its work. */
export class ChatSource implements Model {
  readonly resumes: Model['resumes']
  readonly #provider: Provider
  readonly #options: ChatOptions

  constructor(provider: Provider, options: ChatOptions) {
    this.resumes = options.resumes
    this.#provider = provider
    this.#options = options
  }

  async generate(request: ModelRequest, sink: TokenSink, signal: AbortSignal): Promise<ModelEnd> {
    const { continues } = this.#options
    const { answer, end } = await this.#stream(request, continues, sink, signal)
    if (!request.resume?.text || continues === 'instruct' || !answer.onlyReasoned) return end
    this.#provider.warn(
      request,
      `the provider takes what LLM_CONTINUE=${continues} asks for as reasoning: asking it by instruct to go on`,
    )
    const rest = answer.usage === null ? sink : usingMore(sink, answer.usage)
    return (await this.#stream(request, 'instruct', rest, signal)).end
  }

  async #stream(
    request: ModelRequest,
    continues: ContinueStyle,
    sink: TokenSink,
    signal: AbortSignal,
  ): Promise<{ answer: ChatAnswer; end: ModelEnd }> {
    signal.throwIfAborted()
    const connection = new AbortController()
    const answer = new ChatAnswer(sink, new TextOutput(sink, request.resume?.text ?? ''))
    const conversation = converse({
      ask: (sending) => this.#ask(request, continues, sending),
      taker: answer,
      failure: (thrown) => this.#provider.failure(thrown, request),
      connection,
      limits: this.#provider.limits,
    }).catch((error) => {
      // Where text came, nothing that the connection does after the finish reason takes the answer back (F6).
      if (!(error instanceof ModelError && answer.isFinished && answer.textUnits > 0)) throw error
    })
    const end = await unlessAborted(
      conversation,
      () => answer.end(),
      signal,
      () => connection.abort(signal.reason),
    )
    return { answer, end }
  }

  /** Nothing to do: dropping the stream was the end of it. */
  cancel(): void {}

  close(): Promise<void> {
    return this.#provider.close()
  }

  /** By `instruct` where the provider refuses to go on in the way that is set: not all models behind one address know each. */
  async #ask(request: ModelRequest, continues: ContinueStyle, sending: SendOptions): Promise<ResponseBody> {
    const text = request.resume?.text
    if (!text) return this.#post(request, { messages: request.turns }, sending)
    try {
      return await this.#post(request, continued(request.turns, text, continues), sending)
    } catch (refused) {
      if (continues === 'instruct' || !refusesForm(refused)) throw refused
      this.#provider.logRefusal(refused, request)
      this.#provider.warn(request, `the provider refuses LLM_CONTINUE=${continues}: asking it by instruct to go on`)
      return this.#post(request, continued(request.turns, text, 'instruct'), sending)
    }
  }

  #post(request: ModelRequest, prompt: Partial<ChatPrompt>, sending: SendOptions): Promise<ResponseBody> {
    const { builder } = this.#options
    const body = builder.body(request, prompt)
    return this.#provider.ask({ path: '/chat/completions', body, headers: builder.headers(request) }, sending)
  }
}

/** How servers that fail at a conversation which ends with the assistant speak of it. */
const OF_ITS_END = /last (role|message)|\bprefill|continue_final_message/i

/** Whether the request itself is refused. Its like without the text was accepted, so the refusal is most probably about how this one ends. */
function refusesForm(thrown: unknown): thrown is Refusal {
  if (!(thrown instanceof Refusal)) return false
  if (thrown.status === 500) return OF_ITS_END.test(thrown.complaint.words)
  if (thrown.status !== 400 && thrown.status !== 422) return false
  const { contextTooLong, retryable } = judged(thrown)
  return !contextTooLong && !retryable
}

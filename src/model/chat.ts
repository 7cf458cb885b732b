import type OpenAI from 'openai'
import {
  type ModelEnd,
  ModelError,
  type ModelRequest,
  type TokenSink,
  type TokenSource,
} from '../ports/token-source.ts'
import { ChunkShape } from './chunk-shape.ts'
import { type ContinueStyle, continued } from './continuation.ts'
import { brokenOff, failed, garbage } from './errors.ts'
import { converse, unlessAborted } from './exchange.ts'
import { parseObject } from './json.ts'
import type { Provider } from './provider.ts'
import { TextOutput } from './text-output.ts'
import { usageOf } from './usage.ts'

type StreamingRequest = OpenAI.Chat.ChatCompletionCreateParamsStreaming

/** What the gateway reads of a `chat.completion.chunk`, unchecked. */
interface Chunk {
  readonly choices?: unknown
  readonly usage?: unknown
  readonly model?: unknown
  readonly error?: unknown
}
interface Choice {
  readonly delta?: { readonly content?: unknown; readonly refusal?: unknown } | null
  readonly finish_reason?: unknown
}

export interface ChatOptions {
  readonly model: string
  readonly timeoutMs: number
  readonly resumes: TokenSource['resumes']
  readonly continues: ContinueStyle
}

/** A model behind the Chat Completions API. Dropping the request is what ends its work. */
export class ChatSource implements TokenSource {
  readonly resumes: TokenSource['resumes']
  readonly #provider: Provider
  readonly #options: ChatOptions

  constructor(provider: Provider, options: ChatOptions) {
    this.resumes = options.resumes
    this.#provider = provider
    this.#options = options
  }

  async generate(request: ModelRequest, sink: TokenSink, signal: AbortSignal): Promise<ModelEnd> {
    signal.throwIfAborted()
    const connection = new AbortController()
    const answer = new ChatAnswer(sink, new TextOutput(sink, request.resume?.text ?? ''))
    const body = this.#body(request)
    const conversation = converse({
      ask: (ending) => this.#provider.client.chat.completions.create(body, { signal: ending }).asResponse(),
      take: (data) => answer.take(data),
      failure: (thrown) => this.#provider.failure(thrown),
      connection,
      timeoutMs: this.#options.timeoutMs,
    }).catch((error) => {
      // Once the finish reason is known nothing that the connection does afterwards takes the answer back.
      if (!(error instanceof ModelError && answer.finished)) throw error
    })
    return unlessAborted(
      conversation,
      () => answer.end(),
      signal,
      () => connection.abort(signal.reason),
    )
  }

  /** Nothing to do: dropping the stream was the end of it. */
  cancel(): void {}

  close(): Promise<void> {
    return this.#provider.close()
  }

  #body({ turns, resume }: ModelRequest): StreamingRequest {
    const prompt = resume?.text ? continued(turns, resume.text, this.#options.continues) : { messages: turns }
    const body = { ...prompt, model: this.#options.model, stream: true, stream_options: { include_usage: true } }
    return body as StreamingRequest // the ways of going on with a text are other providers' additions
  }
}

/** Gathers one answer from its chunks: text, then `finish_reason`, then perhaps a chunk with the usage, then `[DONE]`. */
class ChatAnswer {
  readonly #sink: TokenSink
  readonly #output: TextOutput
  readonly #shape = new ChunkShape()
  #finishReason: string | undefined
  #model: string | undefined

  constructor(sink: TokenSink, output: TextOutput) {
    this.#sink = sink
    this.#output = output
  }

  get finished(): boolean {
    return this.#finishReason !== undefined
  }

  take(data: string): 'whole' | Promise<void> | undefined {
    if (data === '[DONE]') return 'whole'
    const text = this.#shape.textOf(data)
    if (text !== null) return this.#output.text(text)
    const chunk = parseObject<Chunk>(data)
    if (chunk.error) throw failed(chunk.error)
    if (!Array.isArray(chunk.choices)) throw garbage('an event that is no chat completion chunk')
    if (this.#model === undefined && typeof chunk.model === 'string') this.#model = chunk.model
    if (typeof chunk.usage === 'object' && chunk.usage !== null) this.#sink.usage?.(usageOf(chunk.usage))
    const choice: Choice | null | undefined = chunk.choices[0]
    if (choice == null) return undefined // the chunk with the usage, or a provider's remarks on the prompt
    const plain = plainTextOf(chunk)
    if (plain !== null) this.#shape.learn(data, plain, (other) => plainTextOf(parseObject(other)))
    const taken = this.#text(choice.delta?.content || choice.delta?.refusal)
    // Some providers say "" where there is none yet.
    if (typeof choice.finish_reason === 'string' && choice.finish_reason !== '')
      this.#finishReason = choice.finish_reason
    return taken
  }

  async end(): Promise<ModelEnd> {
    if (this.#finishReason === undefined) throw brokenOff()
    await this.#output.end()
    return {
      finishReason: this.#finishReason,
      ...(this.#model && { model: this.#model }),
    }
  }

  #text(text: unknown): Promise<void> | undefined {
    if (text === undefined || text === null) return undefined
    if (typeof text !== 'string') throw garbage('a delta whose text is no string')
    return this.#output.text(text)
  }
}

/** The text of a chunk that says nothing else; null of any other. */
function plainTextOf({ choices, usage, error }: Chunk): string | null {
  const choice: Choice | null | undefined = Array.isArray(choices) ? choices[0] : null
  const { content, refusal } = choice?.delta ?? {}
  const isPlain = !error && !usage && !refusal && !choice?.finish_reason
  return isPlain && typeof content === 'string' && content !== '' ? content : null
}

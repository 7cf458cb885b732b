import type { ModelEnd, TokenSink, Usage } from '../ports/model.ts'
import { type Delta, reasons, saidIn } from './chat-delta.ts'
import { ChunkShape } from './chunk-shape.ts'
import { complaintOf } from './complaint.ts'
import { brokenOff, gaveUp } from './errors.ts'
import { bounded, finishReasonOf } from './finish-reason.ts'
import { parseObject } from './json.ts'
import type { EventTaker, TakeResult } from './reading.ts'
import { Refusal } from './refusal.ts'
import type { TextOutput } from './text-output.ts'
import { usageOf } from './usage.ts'

/** What the gateway reads of a `chat.completion.chunk`, or of a whole `chat.completion`, unchecked. */
interface Chunk {
  readonly object?: unknown
  readonly type?: unknown
  readonly choices?: unknown
  readonly usage?: unknown
  readonly model?: unknown
  readonly error?: unknown
  readonly x_groq?: { readonly usage?: unknown } | null
}
interface Choice {
  readonly index?: unknown
  readonly delta?: Delta | null
  /** Of a whole completion. */
  readonly message?: Delta | null
  readonly finish_reason?: unknown
  readonly error?: unknown
  readonly usage?: unknown
}

/** Said by some providers where there is no finish reason yet. */
const NO_REASON = new Set(['', 'null', 'none'])

/**
 * Gathers one answer from its chunks: text, then `finish_reason`, then perhaps a chunk with the usage, then `[DONE]`. Of several choices the
 * one with index 0 counts. What is no text (a keep-alive, remarks on the prompt, a kind that nobody knows) is passed over.
 */
export class ChatAnswer implements EventTaker {
  readonly #sink: TokenSink
  readonly #output: TextOutput
  readonly #shape = new ChunkShape()
  #finishReason: string | undefined
  #reasoned = false
  #model: string | undefined
  #usage: Usage | null = null

  constructor(sink: TokenSink, output: TextOutput) {
    this.#sink = sink
    this.#output = output
  }

  get textUnits(): number {
    return this.#output.textUnits
  }

  get isFinished(): boolean {
    return this.#finishReason !== undefined
  }

  /** The provider's last word on it; null where it said nothing. */
  get usage(): Usage | null {
    return this.#usage
  }

  /** It ended as whole, and all that the model said was reasoning. */
  get onlyReasoned(): boolean {
    return this.#reasoned && this.textUnits === 0 && this.#finishReason === 'stop'
  }

  take(data: string, isError: boolean): TakeResult {
    const text = isError ? null : this.#shape.textOf(data)
    if (text !== null) return this.#output.text(text)
    if (data.startsWith('[DONE]')) return 'done'
    const chunk = parseObject<Chunk>(data)
    if (isError || chunk.error || chunk.object === 'error' || chunk.type === 'error')
      throw new Refusal(null, complaintOf(chunk.error || chunk))
    const choice = firstOf(chunk)
    if (choice?.error) throw new Refusal(null, complaintOf(choice.error))
    if (this.#model === undefined && typeof chunk.model === 'string') this.#model = bounded(chunk.model)
    this.#count(chunk.usage ?? choice?.usage ?? chunk.x_groq?.usage)
    return choice === null ? undefined : this.#takeChoice(choice, chunk, data)
  }

  async end(): Promise<ModelEnd> {
    if (this.#finishReason === undefined) throw brokenOff()
    await this.#output.end()
    return {
      finishReason: this.#finishReason,
      ...(this.#model && { model: this.#model }),
    }
  }

  #takeChoice(choice: Choice, chunk: Chunk, data: string): TakeResult {
    const plain = plainTextOf(chunk)
    if (plain !== null) this.#shape.learn(data, plain, (other) => plainTextOf(parseObject(other)))
    // Some providers repeat the whole message beside the last delta.
    const said = choice.delta ?? (this.textUnits === 0 ? choice.message : null)
    const { text, reasoning } = saidIn(said ?? {})
    if (reasoning !== null) this.#output.reasoning(reasoning)
    this.#reasoned ||= Boolean(reasoning)
    const taken = text === '' ? undefined : this.#output.text(text)
    const reason = choice.finish_reason
    return typeof reason !== 'string' || NO_REASON.has(reason) ? taken : this.#finish(reason, taken)
  }

  #finish(said: string, taken: TakeResult): TakeResult {
    const reason = finishReasonOf(said)
    if (reason !== null) {
      this.#finishReason = reason
      return taken
    }
    if (taken instanceof Promise) return taken.then(() => Promise.reject(gaveUp(said)))
    throw gaveUp(said)
  }

  #count(usage: unknown): void {
    if (typeof usage !== 'object' || usage === null) return
    this.#usage = usageOf(usage)
    this.#sink.usage?.(this.#usage)
  }
}

/** The choice that is the answer; null where the chunk has none. */
function firstOf({ choices }: Chunk): Choice | null {
  if (!Array.isArray(choices)) return null
  const found: unknown = choices.find((choice: Choice | null) => (choice?.index ?? 0) === 0)
  return typeof found === 'object' && found !== null ? found : null
}

/** The text of a chunk that says nothing else; null of any other. */
function plainTextOf(chunk: Chunk): string | null {
  const choice = firstOf(chunk)
  const delta = choice?.delta
  if (choice === null || !delta || chunk.error || choice.error || choice.finish_reason) return null
  if (chunk.usage || choice.usage || chunk.x_groq?.usage || delta.refusal || reasons(delta)) return null
  return typeof delta.content === 'string' && delta.content !== '' ? delta.content : null
}

/** The objects and events of the Responses API, each made from what a run has kept: none of them is stored. */
import type {
  Response,
  ResponseOutputMessage,
  ResponseOutputText,
  ResponseStreamEvent,
  ResponseUsage,
} from 'openai/resources/responses/responses'
import type { ResponseRun } from '../generation/response-run.ts'
import { newId, secondsNow } from './identity.ts'
import type { ResponsesRequest } from './prompts.ts'

/**
 * The response as it is on the wire: the client's package computes `output_text` itself, its type lacks `store` and the
 * null `usage` of a response that runs, and `access_programs` has no meaning here.
 */
export type WireResponse = Omit<Response, 'output_text' | 'access_programs' | 'usage'> & {
  readonly store: boolean
  readonly usage: ResponseUsage | null
}
type WireEvent = ResponseStreamEvent extends infer E
  ? E extends { response: Response }
    ? Omit<E, 'response'> & { response: WireResponse }
    : E
  : never
type Unnumbered<E> = E extends unknown ? Omit<E, 'sequence_number'> : never

/** What of a response changes while it is made. */
type Moment = Required<Pick<WireResponse, 'status' | 'output' | 'incomplete_details' | 'usage' | 'completed_at'>>

export class ResponseRecord {
  readonly id = newId('resp_')
  readonly run: ResponseRun
  readonly background: boolean
  readonly streamed: boolean
  readonly #request: ResponsesRequest
  readonly #messageId = newId('msg_')
  readonly #createdAt = secondsNow()
  readonly #opening: readonly Unnumbered<WireEvent>[]

  constructor(request: ResponsesRequest, run: ResponseRun) {
    this.run = run
    this.background = request.background ?? false
    this.streamed = request.stream ?? false
    this.#request = request
    this.#opening = this.#openingEvents()
  }

  /** The response as it is now. */
  get response(): WireResponse {
    const { status, endedAt, outcome } = this.run
    const ended = status === 'completed' || status === 'incomplete'
    return this.#responseAt({
      status,
      output: ended || this.run.tokens.length > 0 ? [this.#message()] : [],
      incomplete_details: status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
      usage: ended ? usageOf(outcome) : null,
      completed_at: status === 'completed' && endedAt !== null ? Math.floor(endedAt / 1000) : null,
    })
  }

  /** The event with that `sequence_number`; undefined where it has not happened yet, or never will. */
  eventAt(sequence: number): WireEvent | undefined {
    const event = this.#eventAt(sequence)
    return event === undefined ? undefined : ({ ...event, sequence_number: sequence } as WireEvent)
  }

  #eventAt(sequence: number): Unnumbered<WireEvent> | undefined {
    if (sequence < this.#opening.length) return this.#opening[sequence]
    const index = sequence - this.#opening.length
    const delta = this.run.tokens[index]
    if (delta !== undefined) return { type: 'response.output_text.delta', ...this.#place(), delta, logprobs: [] }
    const { status } = this.run
    if (status === 'in_progress' || status === 'cancelled') return undefined
    return this.#closingEvent(index - this.run.tokens.length, status)
  }

  #openingEvents(): Unnumbered<WireEvent>[] {
    const moment = { output: [], incomplete_details: null, usage: null, completed_at: null }
    const begun = this.#responseAt({ ...moment, status: 'in_progress' })
    const queued = this.#responseAt({ ...moment, status: 'queued' })
    const item: ResponseOutputMessage = {
      id: this.#messageId,
      type: 'message',
      status: 'in_progress',
      content: [],
      role: 'assistant',
    }
    return [
      { type: 'response.created', response: this.background ? queued : begun },
      ...(this.background ? [{ type: 'response.queued', response: queued } as const] : []),
      { type: 'response.in_progress', response: begun },
      { type: 'response.output_item.added', output_index: 0, item },
      { type: 'response.content_part.added', ...this.#place(), part: textPart('') },
    ]
  }

  #closingEvent(index: number, status: 'completed' | 'incomplete'): Unnumbered<WireEvent> | undefined {
    const { text } = this.run
    switch (index) {
      case 0:
        return { type: 'response.output_text.done', ...this.#place(), text, logprobs: [] }
      case 1:
        return { type: 'response.content_part.done', ...this.#place(), part: textPart(text) }
      case 2:
        return { type: 'response.output_item.done', output_index: 0, item: this.#message() }
      case 3:
        return { type: `response.${status}`, response: this.response }
      default:
        return undefined
    }
  }

  #place(): { item_id: string; output_index: number; content_index: number } {
    return { item_id: this.#messageId, output_index: 0, content_index: 0 }
  }

  #message(): ResponseOutputMessage {
    const status = this.run.status === 'cancelled' ? 'incomplete' : this.run.status
    return { id: this.#messageId, type: 'message', status, content: [textPart(this.run.text)], role: 'assistant' }
  }

  #responseAt(moment: Moment): WireResponse {
    const { model, instructions, max_output_tokens, metadata, store } = this.#request
    return {
      id: this.id,
      object: 'response',
      created_at: this.#createdAt,
      background: this.background,
      error: null,
      instructions: instructions ?? null,
      max_output_tokens: max_output_tokens ?? null,
      metadata: metadata ?? {},
      model,
      previous_response_id: null,
      reasoning: { effort: null, summary: null },
      service_tier: 'default',
      text: { format: { type: 'text' }, verbosity: 'medium' },
      truncation: 'disabled',
      parallel_tool_calls: true,
      store: store ?? true,
      temperature: 1,
      tool_choice: 'auto',
      tools: [],
      top_p: 1,
      ...moment,
    }
  }
}

function textPart(text: string): ResponseOutputText {
  return { type: 'output_text', annotations: [], logprobs: [], text }
}

function usageOf({ promptTokens, completionTokens }: ResponseRun['outcome']): ResponseUsage {
  return {
    input_tokens: promptTokens,
    input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
    output_tokens: completionTokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: promptTokens + completionTokens,
  }
}

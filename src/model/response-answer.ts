import type { Bookmark, ModelEnd, TokenSink } from '../ports/token-source.ts'
import { brokenOff, failed, garbage } from './errors.ts'
import { parseObject } from './json.ts'
import { TextOutput } from './text-output.ts'
import { usageOf } from './usage.ts'

/** What the gateway reads of a Responses API event, unchecked. */
interface ResponseEvent {
  readonly type?: unknown
  readonly sequence_number?: unknown
  readonly delta?: unknown
  readonly error?: unknown
  readonly response?: {
    readonly id?: unknown
    readonly model?: unknown
    readonly usage?: unknown
    readonly error?: unknown
    readonly incomplete_details?: { readonly reason?: unknown } | null
  }
}

/** Gathers one answer from the events of a background response. */
export class ResponseAnswer {
  readonly #sink: TokenSink
  readonly #output: TextOutput
  #responseId: string | null
  /** Events up to this one are in the answer already. */
  #sequence: number
  #bookmarked: boolean
  #end: ModelEnd | undefined
  /** Set once nobody wants the answer any more: what to do with the response's id. */
  #onLeft: ((responseId: string) => void) | null = null

  /** `bookmark` is where an earlier stream of the same response stopped, `stored` the text that a new response continues. */
  constructor(sink: TokenSink, bookmark: Bookmark | null, stored: string) {
    this.#sink = sink
    this.#output = new TextOutput(sink, stored)
    this.#responseId = bookmark?.responseId ?? null
    this.#sequence = bookmark?.sequence ?? -1
    this.#bookmarked = bookmark !== null
  }

  /** Whether somebody else could reattach to the response. */
  get bookmarked(): boolean {
    return this.#bookmarked
  }

  take(data: string): 'whole' | Promise<void> | undefined {
    const event = parseObject<ResponseEvent>(data)
    if (event.type === 'error') throw failed(event.error ?? event)
    const sequence = event.sequence_number
    if (typeof event.type !== 'string' || typeof sequence !== 'number')
      throw garbage('an event that is no response event')
    if (sequence <= this.#sequence) return undefined // a provider that replays more than was asked for
    this.#learnId(event)
    if (this.#onLeft !== null) return undefined

    let taken: Promise<void> | undefined
    switch (event.type) {
      case 'response.output_text.delta':
      case 'response.refusal.delta':
        if (typeof event.delta !== 'string') throw garbage('a delta whose text is no string')
        taken = this.#output.text(event.delta)
        break
      case 'response.completed':
        return this.#whole('stop', event)
      case 'response.incomplete':
        return this.#whole(incompleteReason(event), event)
      case 'response.failed':
      case 'response.cancelled':
        throw failed(event.response?.error)
    }
    this.#advance(sequence)
    return taken
  }

  async end(): Promise<ModelEnd> {
    if (this.#end === undefined) throw brokenOff()
    await this.#output.end()
    return this.#end
  }

  /**
   * Nobody wants the answer any more: the sink gets nothing from now on, and `then` is called with the response's id, at once where
   * it is known, else when it comes. Tells whether it is known.
   */
  leave(then: (responseId: string) => void): boolean {
    this.#onLeft = then
    if (this.#responseId === null) return false
    then(this.#responseId)
    return true
  }

  #learnId(event: ResponseEvent): void {
    if (this.#responseId !== null) return
    if (typeof event.response?.id !== 'string') throw garbage('an event of a response that has no id')
    this.#responseId = event.response.id
    this.#onLeft?.(this.#responseId)
  }

  #advance(sequence: number): void {
    this.#sequence = sequence
    // A place in the record whose text is still held back would lose that text to whoever goes on from there.
    if (this.#responseId === null || !this.#output.settled) return
    this.#bookmarked = true
    this.#sink.bookmark({ responseId: this.#responseId, sequence })
  }

  #whole(finishReason: string, { response }: ResponseEvent): 'whole' {
    const { usage, model } = response ?? {}
    if (typeof usage === 'object' && usage !== null) this.#sink.usage?.(usageOf(usage))
    this.#end = { finishReason, ...(typeof model === 'string' && { model }) }
    return 'whole'
  }
}

/** The Responses API's reason in the words of chat completions, which clients know. */
function incompleteReason({ response }: ResponseEvent): string {
  const reason = response?.incomplete_details?.reason
  return typeof reason === 'string' && reason !== 'max_output_tokens' ? reason : 'length'
}

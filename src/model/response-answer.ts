import { type Bookmark, type ModelEnd, ModelError, type TokenSink } from '../ports/model.ts'
import { complaintOf } from './complaint.ts'
import { brokenOff, garbage, gaveUp } from './errors.ts'
import { bounded, finishReasonOf } from './finish-reason.ts'
import { asText, parseObject } from './json.ts'
import type { EventTaker, TakeResult } from './reading.ts'
import { isThrottled, judged, Refusal } from './refusal.ts'
import { placeOf, ResponseText, textOf } from './response-text.ts'
import { TextOutput } from './text-output.ts'
import { usageOf } from './usage.ts'

const RESPONSE_ID = /^(?!\.{1,2}$)[\x21-\x7e]{1,1024}$/

/** Whether it is a name that can stand in an address. A gateway before the provider may make a long one: LiteLLM's have up to 550 characters. */
export function isResponseId(id: unknown): id is string {
  return typeof id === 'string' && RESPONSE_ID.test(id)
}

/** What the gateway reads of a `response` object, unchecked. */
interface WireResponse {
  readonly object?: unknown
  readonly id?: unknown
  readonly model?: unknown
  readonly status?: unknown
  readonly output?: unknown
  readonly usage?: unknown
  readonly error?: unknown
  readonly incomplete_details?: { readonly reason?: unknown } | null
}
/** What the gateway reads of a Responses API event, unchecked. */
interface ResponseEvent {
  readonly type?: unknown
  readonly sequence_number?: unknown
  readonly output_index?: unknown
  readonly content_index?: unknown
  readonly summary_index?: unknown
  readonly delta?: unknown
  readonly text?: unknown
  readonly refusal?: unknown
  readonly part?: unknown
  readonly item?: { readonly type?: unknown; readonly id?: unknown } | null
  readonly error?: unknown
  readonly response?: WireResponse | null
}

/** A response that an earlier stream began cannot be reattached to: the provider no longer knows it, or it came to nothing. */
export class LostResponse extends ModelError {
  /** Whether the provider may still be at work on it. */
  readonly mayRun: boolean

  constructor(mayRun: boolean) {
    super('the response cannot be reattached to', { retryable: true })
    this.mayRun = mayRun
  }
}

/** Gathers one answer from the events of a response. */
export class ResponseAnswer implements EventTaker {
  readonly #sink: TokenSink
  readonly #output: TextOutput
  readonly #text: ResponseText
  readonly #isReattached: boolean
  /** Reattached, and no event of the response has come yet. What answers may not be able to give responses back. */
  #isUnheard: boolean
  /** Whether the provider works on it even where nobody is connected. */
  isBackground: boolean
  #responseId: string | null
  /** Events up to this one came from an earlier stream. */
  readonly #replayedTo: number
  /** Events up to this one are in the answer already. */
  #sequence: number
  #bookmarked: boolean
  #end: ModelEnd | undefined
  #isOver = false
  /** Set once nobody wants the answer any more: what to do with the response's id. */
  #onLeft: ((responseId: string) => void) | null = null

  /**
   * `bookmark` is where an earlier stream of the same response stopped; `stored` is the text that came from it, or that a new
   * response continues.
   */
  constructor(sink: TokenSink, bookmark: Bookmark | null, stored: string, isBackground: boolean) {
    this.#sink = sink
    this.#output = new TextOutput(sink, bookmark === null ? stored : '', bookmark !== null && stored !== '')
    this.#text = new ResponseText(bookmark === null ? null : stored)
    this.#isReattached = bookmark !== null
    this.#isUnheard = this.#isReattached
    this.isBackground = isBackground
    this.#responseId = bookmark?.responseId ?? null
    this.#replayedTo = bookmark?.sequence ?? Number.NEGATIVE_INFINITY
    this.#sequence = bookmark?.sequence ?? -1
    this.#bookmarked = bookmark !== null
  }

  get textUnits(): number {
    return this.#output.textUnits
  }

  get isFinished(): boolean {
    return this.#end !== undefined
  }

  /** Whether what came where the response was to be reattached to is none of its events. */
  get isUnheard(): boolean {
    return this.#isUnheard
  }

  /** Whether somebody else could reattach to the response. */
  get bookmarked(): boolean {
    return this.#bookmarked
  }

  /** The id of a background response that runs on although nobody can go on with it; null where there is none. */
  get orphan(): string | null {
    return this.isBackground && !this.#bookmarked && !this.#isOver ? this.#responseId : null
  }

  take(data: string, isError: boolean): TakeResult {
    if (data.startsWith('[DONE]')) return 'done'
    const event = parseObject<ResponseEvent>(data)
    if (isError || event.type === 'error' || (event.error && event.response == null && event.type === undefined))
      throw this.#refused(new Refusal(null, complaintOf(event.error || event)), event)
    const whole = wholeIn(event)
    if (whole !== null) {
      this.#learnId({ response: whole })
      return this.#conclude(whole)
    }
    if (typeof event.type !== 'string') return undefined // a keep-alive
    const sequence = this.#sequenceOf(event)
    if (sequence !== null && sequence <= this.#replayedTo) return undefined // a provider that replays more than was asked for
    this.#learnId(event)
    if (this.#onLeft !== null) return undefined

    if (isEnd(event.type)) return this.#conclude({ ...event.response, status: statusOf(event) })
    const text = this.#textIn(event)
    const taken = text === '' ? undefined : this.#output.text(text)
    // LiteLLM gives some events the same number: nobody could go on after that.
    if (sequence !== null && sequence > this.#sequence) this.#advance(sequence)
    return taken
  }

  async end(): Promise<ModelEnd> {
    if (this.#end === undefined) throw this.#isUnheard ? new LostResponse(true) : brokenOff()
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

  /** The number of an event; null where the provider does not number them, so that nobody can go on after one (F8). */
  #sequenceOf({ sequence_number }: ResponseEvent): number | null {
    if (Number.isSafeInteger(sequence_number)) {
      this.#isUnheard = false
      return Number(sequence_number)
    }
    if (this.#isReattached && this.textUnits === 0) throw new LostResponse(true) // from where would this go on?
    return null
  }

  /**
   * Servers that cannot give a response back say so under a status of success, too, or by a mere sentence. Trouble that may pass is told
   * by a name, a status, the words of a rate limit, or as an event that comes next in the response.
   */
  #refused(refusal: Refusal, { sequence_number }: ResponseEvent): Error {
    if (!this.#isUnheard) return refusal
    const { names, status } = refusal.complaint
    const isTold = names.some((name) => name !== 'error') || status !== null || isThrottled(refusal.complaint)
    const isNext = Number.isSafeInteger(sequence_number) && Number(sequence_number) > this.#replayedTo
    return (isTold || isNext) && judged(refusal).retryable ? refusal : new LostResponse(true)
  }

  #learnId({ response }: ResponseEvent): void {
    if (this.#responseId !== null) return
    const id = response?.id
    if (isResponseId(id)) {
      this.#responseId = id
      this.#onLeft?.(id)
    } else if (this.#onLeft !== null) throw garbage('a response that has no id')
  }

  #textIn(event: ResponseEvent): string {
    const place = placeOf(event.output_index, event.content_index)
    switch (event.type) {
      case 'response.output_text.delta':
      case 'response.refusal.delta':
        if (typeof event.delta !== 'string') throw garbage('a delta whose text is no string')
        return this.#text.came(place, event.delta)
      case 'response.output_text.done':
      case 'response.refusal.done':
        return this.#text.missingOf(place, textOf(event))
      case 'response.content_part.done':
        return isThought(event.part) ? '' : this.#text.missingOf(place, textOf(event.part))
      case 'response.output_item.done':
        return this.#text.missingOfItem(event.output_index, event.item)
      case 'response.output_item.added':
        if (event.item?.type === 'message') this.#text.begins(event.output_index, event.item.id)
        this.#reasoningIn(event)
        return ''
      default:
        this.#reasoningIn(event)
        return ''
    }
  }

  #reasoningIn({ type, delta, item, summary_index }: ResponseEvent): void {
    switch (type) {
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
      case 'response.reasoning_summary.delta':
      case 'response.reasoning.delta':
        return this.#output.reasoning(typeof delta === 'string' ? delta : textOf(delta))
      case 'response.reasoning_summary_part.added':
        return this.#output.reasoning(Number(asText(summary_index)) > 0 ? '\n\n' : '')
      case 'response.output_item.added':
        if (item?.type === 'reasoning') this.#output.reasoning('')
    }
  }

  #advance(sequence: number): void {
    this.#sequence = sequence
    // A place in the record whose text is still held back would lose that text where somebody goes on from there.
    if (this.#responseId === null || !this.isBackground || !this.#output.isFlushed || this.#text.isBetween) return
    this.#bookmarked = true
    this.#sink.bookmark({ responseId: this.#responseId, sequence })
  }

  /** The response has come to an end, or is told whole by a provider that does not stream it. */
  #conclude(response: WireResponse): TakeResult {
    if (this.#onLeft !== null) return 'done'
    const { usage, model, output } = response
    if (typeof usage === 'object' && usage !== null) this.#sink.usage?.(usageOf(usage))
    const reason = reasonOf(response)
    if (reason === null) return this.#giveUp(response)
    this.#isOver = true
    const missing = this.#text.missingOfOutput(output)
    const taken = missing === '' ? undefined : this.#output.text(missing)
    this.#end = { finishReason: reason, ...(typeof model === 'string' && { model: bounded(model) }) }
    return taken === undefined ? 'done' : taken
  }

  #giveUp({ status, error, incomplete_details }: WireResponse): never {
    const runs = status === 'in_progress' || status === 'queued'
    this.#isOver = !runs
    const failure = error ? judged(new Refusal(null, complaintOf(error))) : null
    // What has failed for good fails again where somebody reattaches to it; a new response may not.
    if (this.#isReattached && this.textUnits === 0 && failure?.retryable !== false) throw new LostResponse(runs)
    if (error) throw new Refusal(null, complaintOf(error))
    throw gaveUp(asText(incomplete_details?.reason ?? status))
  }
}

/** The response that an event is, instead of telling of it; null of any other. */
function wholeIn(event: ResponseEvent & WireResponse): WireResponse | null {
  return event.object === 'response' && event.type === undefined ? event : null
}

function isEnd(type: string): boolean {
  return /^response\.(completed|incomplete|failed|cancelled|canceled)$/.test(type)
}

/** Of an event that ends a response. Some providers say `completed` of all that did not fail, and the truth inside. */
function statusOf({ type, response }: ResponseEvent): string {
  const told = response?.status
  return told === 'incomplete' || told === 'failed' ? told : String(type).slice('response.'.length)
}

function isThought(part: unknown): boolean {
  return /reason|summary/.test(asText((part as { readonly type?: unknown } | null)?.type))
}

/** How a response ended, in the words of chat completions; null where it did not end well. */
function reasonOf({ status, error, incomplete_details }: WireResponse): string | null {
  if (error) return null
  if (status === 'completed') return 'stop'
  if (status !== 'incomplete') return null
  const reason = incomplete_details?.reason
  return typeof reason === 'string' ? finishReasonOf(reason) : 'length'
}

import type { Output } from './scripted-model-output.ts'
import { end, type Step } from './scripted-model-steps.ts'

/** What a background response has said, in order. `live` entries were for those who were connected then, and are not kept. */
type Entry =
  | { readonly sequence: number; readonly bytes: string }
  | { readonly live: 'raw'; readonly bytes: string | Uint8Array }
  | { readonly live: 'reset' }

/** One answer on the responses wire: produced once, whoever listens, and replayed to whoever comes back. */
export class BackgroundResponse {
  status: 'in_progress' | 'completed' | 'incomplete' | 'failed' | 'cancelled' = 'in_progress'
  readonly #id: string
  readonly #model: string
  readonly #entries: Entry[] = []
  readonly #item: { item_id: string; output_index: number; content_index: number }
  #sequence = 0
  #text = ''
  #pieces = 0
  #ended = false
  #changed = Promise.withResolvers<void>()
  readonly #cancelled = Promise.withResolvers<null>()

  constructor(id: string, model: string) {
    this.#id = id
    this.#model = model
    this.#item = { item_id: `msg_${id}`, output_index: 0, content_index: 0 }
  }

  /** The `response` object of the API as it stands. */
  describe(more: object = {}): object {
    return {
      id: this.#id,
      object: 'response',
      created_at: 1,
      model: this.#model,
      status: this.status,
      background: true,
      ...more,
    }
  }

  cancel(): void {
    if (this.#ended) return
    this.status = 'cancelled'
    this.#cancelled.resolve(null)
    this.#finish()
  }

  /** Runs the script to its end, or to a cancellation, from its first step on, which was asked for already. */
  async produce(first: IteratorResult<Step>, steps: AsyncIterator<Step>): Promise<void> {
    this.#emit('response.created', { response: this.describe() })
    this.#emit('response.in_progress', { response: this.describe() })
    for (
      let next: IteratorResult<Step> | null = first;
      ;
      next = await Promise.race([steps.next(), this.#cancelled.promise])
    ) {
      if (next === null || this.#ended) return void steps.return?.()
      await this.#perform(next.done ? end({}) : next.value)
    }
  }

  /** Sends what came after event `after`, then goes on live until the response ends or the client leaves. */
  async follow(out: Output, after: number): Promise<void> {
    const joined = this.#entries.length
    out.start()
    for (let at = 0; out.open; ) {
      const entry = this.#entries[at]
      if (entry === undefined) {
        if (this.#ended) return out.end()
        await Promise.race([this.#changed.promise, out.gone])
        continue
      }
      if ('sequence' in entry) {
        if (entry.sequence > after) await out.write(entry.bytes)
      } else if (at >= joined) {
        if (entry.live === 'reset') return out.reset()
        await out.write(entry.bytes)
      }
      at++
    }
  }

  async #perform(step: Step): Promise<void> {
    if (typeof step === 'string') {
      this.#text += step
      this.#pieces++
      this.#emit('response.output_text.delta', { ...this.#item, delta: step, logprobs: [] })
      return
    }
    switch (step.do) {
      case 'refuse':
        throw new Error('refuse is the first step or none')
      case 'refusal':
        return this.#emit('response.refusal.delta', { ...this.#item, delta: step.text })
      case 'event':
        return this.#emit('type' in step.fields ? String(step.fields.type) : 'unknown', step.fields)
      case 'raw':
        return this.#add({ live: 'raw', bytes: step.bytes })
      case 'reset':
        return this.#add({ live: 'reset' })
      case 'silence':
        await this.#cancelled.promise
        return
      case 'fail':
        this.status = 'failed'
        this.#emit('response.failed', { response: this.describe({ error: step.error }) })
        return this.#finish()
      case 'end':
        return this.#conclude(step.reason)
    }
  }

  #conclude(reason: string | null): void {
    if (reason !== null) this.#tellEnd(reason)
    this.#finish()
  }

  #tellEnd(reason: string): void {
    this.#emit('response.output_text.done', { ...this.#item, text: this.#text })
    const usage = { input_tokens: 1, output_tokens: this.#pieces, total_tokens: this.#pieces + 1 }
    if (reason === 'stop') {
      this.status = 'completed'
      this.#emit('response.completed', { response: this.describe({ usage }) })
    } else {
      this.status = 'incomplete'
      const incomplete_details = { reason: reason === 'length' ? 'max_output_tokens' : reason }
      this.#emit('response.incomplete', { response: this.describe({ usage, incomplete_details }) })
    }
  }

  #emit(type: string, fields: object): void {
    const sequence = this.#sequence++
    this.#add({
      sequence,
      bytes: `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence, ...fields })}\n\n`,
    })
  }

  #add(entry: Entry): void {
    this.#entries.push(entry)
    this.#wake()
  }

  #finish(): void {
    this.#ended = true
    this.#wake()
  }

  #wake(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }
}

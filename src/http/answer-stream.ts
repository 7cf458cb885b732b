import type { Subscriber } from '../ports/subscriber.ts'
import type { Delta, MessageEvent, SessionSync } from '../protocol/events.ts'
import type { Message } from '../protocol/message.ts'
import { type Position, stepOf } from '../session/merge.ts'
import { isHighSurrogate } from '../session/text-gate.ts'
import type { EventStream } from './event-stream.ts'

/** UTF-16 units of one delta of text that is already there. */
const PIECE = 16 * 1024
/** UTF-16 units of the end of what was sent, by which a text is known that does not begin with it. */
const TAIL = 64

/** What an answer is written to. */
export type EventSink = Pick<EventStream, 'full' | 'ended' | 'send' | 'onDrain' | 'end'>

export interface AnswerStreamOptions {
  readonly sessionId: string
  /** The answer as it is now; undefined where it is gone. */
  readonly stored: () => Promise<Message | undefined>
  readonly onSlow: () => void
}

/**
 * One answer as server-sent events: `delta`s without a gap or an overlap, last the final `message` (H).
 *
 * Modes: `waiting` for the snapshot, while what happens is held; `live`, each delta written as it comes; `behind`,
 * after the reader was too slow or text is missing: what comes is dropped and read from the stored text, once the
 * reader has caught up (D6). So a reader costs at most the stream's limit, one piece and its position.
 */
export class AnswerStream implements Subscriber {
  readonly #options: AnswerStreamOptions
  #held: (() => void)[] = []
  #out: EventSink | null = null
  #messageId = ''
  #seq = 0
  #position: Position = { attempt: 0, length: 0, final: false }
  /** The end of what was sent. */
  #tail = ''
  #behind = false
  /** Something was dropped since the stored text was last read. */
  #dropped = false

  constructor(options: AnswerStreamOptions) {
    this.#options = options
  }

  /** Writes the answer from `offset` on to `out` and goes on with what happens to it. */
  start(out: EventSink, answer: Message, offset: number): void {
    this.#out = out
    this.#messageId = answer.id
    this.#seq = answer.seq
    this.#position = { attempt: answer.attempt, length: offset, final: false }
    this.#tail = answer.content.slice(Math.max(0, offset - TAIL), offset)
    this.#show(answer)
    for (const replay of this.#held) replay()
    this.#held = []
  }

  delta(delta: Delta): void {
    if (this.#out === null) this.#held.push(() => this.delta(delta))
    else if (delta.messageId === this.#messageId) this.#take(() => this.#takeDelta(delta))
  }

  message({ message }: Pick<MessageEvent, 'message'>): void {
    if (this.#out === null) this.#held.push(() => this.message({ message }))
    else if (message.id === this.#messageId) this.#take(() => this.#show(message))
  }

  /** Server-sent events have no place for it (H). */
  activity(): void {}

  /**
   * What was sent may not be part of what is stored. Where it is, the answer goes on from there; else the reader is let go,
   * and given what there is when it asks again.
   */
  sync(event: SessionSync, rest: readonly Message[]): void {
    if (this.#out === null) return void this.#held.push(() => this.sync(event, rest))
    if (this.#out.ended || this.#seq <= event.after) return
    const stored = [...event.messages, ...rest].find(({ id }) => id === this.#messageId)
    this.#seq = stored?.seq ?? this.#seq // its place may be another (G5)
    const { attempt, length } = this.#position
    if (stored?.attempt === attempt && stored.content.length >= length) this.#take(() => this.#show(stored))
    else this.#out.end()
  }

  /** The session is gone: the reader is let go, and told so when it asks again. */
  ended(): void {
    if (this.#out === null) this.#held.push(() => this.ended())
    else this.#out.end()
  }

  #take(news: () => void): void {
    if (this.#out?.ended) return
    if (this.#behind) this.#dropped = true
    else news()
  }

  #takeDelta(delta: Delta): void {
    const step = stepOf(this.#position, delta)
    switch (step.kind) {
      case 'drop':
        return
      case 'gap':
        this.#behind = true
        void this.#catchUp()
        return
      case 'restart':
        this.#restart(delta.attempt)
        this.#write(step.text)
        return
      case 'append':
        this.#write(step.text)
    }
  }

  #restart(attempt: number): void {
    this.#position = { attempt, length: 0, final: false }
    this.#tail = ''
  }

  /**
   * Brings the reader up to `message`, as far as it can take it now, and ends the stream with a final one. Where other text was
   * sent, which no store holds any more, the stream ends without (D4).
   */
  #show(message: Message): void {
    if (message.attempt < this.#position.attempt) return
    if (message.attempt > this.#position.attempt) this.#restart(message.attempt)
    const { length } = this.#position
    if (message.status === 'streaming' && message.content.length < length) return // it is older
    if (message.content.slice(length - this.#tail.length, length) !== this.#tail) return this.#out?.end()
    while (this.#position.length < message.content.length && !this.#behind) {
      this.#write(pieceOf(message.content, this.#position.length))
    }
    if (this.#behind || message.status === 'streaming') return
    this.#out?.send('message', { sessionId: this.#options.sessionId, message })
    this.#out?.end()
  }

  #write(text: string): void {
    const out = this.#out
    if (out === null) return
    const { attempt, length: offset } = this.#position
    const end = offset + text.length
    const delta: Delta = { sessionId: this.#options.sessionId, messageId: this.#messageId, attempt, offset, text }
    out.send('delta', delta, `${this.#messageId}:${attempt}:${end}`)
    this.#position = { attempt, length: end, final: false }
    this.#tail = (this.#tail + text).slice(-TAIL)
    if (!out.full) return
    this.#behind = true
    this.#options.onSlow()
    out.onDrain(() => void this.#catchUp())
  }

  /** Reads the stored text until nothing was dropped meanwhile, or the reader is full again. */
  async #catchUp(): Promise<void> {
    const out = this.#out
    if (out === null) return
    try {
      do {
        this.#behind = true
        this.#dropped = false
        const message = await this.#options.stored()
        if (out.ended) return
        if (message === undefined) return out.end()
        this.#behind = false
        this.#show(message)
      } while (this.#dropped && !this.#behind && !out.ended)
    } catch {
      out.end() // the reader asks again after the last event it has
    }
  }
}

/** The text from `start` on, at most a piece, no surrogate pair split (D2). */
function pieceOf(content: string, start: number): string {
  const end = start + PIECE
  const splits = end < content.length && isHighSurrogate(content.charCodeAt(end - 1))
  return content.slice(start, splits ? end - 1 : end)
}

/**
 * Where a reader whose last event had `lastEventId` goes on in `answer`: behind that event where it is of the same
 * answer and attempt, else at the start.
 */
export function resumeOffset(lastEventId: string | undefined, answer: Message): number {
  const parts = /^([0-9a-f-]{36}):(\d{1,9}):(\d{1,10})$/i.exec(lastEventId ?? '')
  if (parts === null || parts[1]?.toLowerCase() !== answer.id || Number(parts[2]) !== answer.attempt) return 0
  const offset = Number(parts[3])
  const splits = isHighSurrogate(answer.content.charCodeAt(offset - 1)) && offset < answer.content.length
  return offset <= answer.content.length && !splits ? offset : 0
}

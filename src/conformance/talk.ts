import { randomUUID } from 'node:crypto'
import { type Connection, isObject } from './connection.ts'
import { type Delta, error, type Message, type ReplyOf, replies, shaped } from './shapes.ts'
import { ensure, excerpt, Failure, Skip } from './verdict.ts'

/** Milliseconds that an answer may take. */
export const ANSWER_MS = 120_000
/** The longest wait for an allowance of messages to be there again. */
const ALLOWANCE_MS = 61_000

export type Sent = ReplyOf<'message:send'>

/** A session, as one connection has it open. */
export class Talk {
  readonly connection: Connection
  readonly opened: ReplyOf<'session:open'>
  readonly sessionId: string

  static async begin(connection: Connection, payload: object): Promise<Talk> {
    return new Talk(connection, await connection.ask('session:open', payload))
  }

  private constructor(connection: Connection, opened: ReplyOf<'session:open'>) {
    this.connection = connection
    this.opened = opened
    this.sessionId = opened.session.id
  }

  /** Sends a message. Where the allowance is used up (X5), it waits until it is there again, once. */
  async say(content: string, id: string = randomUUID()): Promise<Sent> {
    const payload = { sessionId: this.sessionId, id, content }
    const first = await this.connection.emit('message:send', payload)
    if (!isObject(first) || first.ok !== false) return this.#sent(first)
    const { code, retryAfterMs = ALLOWANCE_MS } = shaped(error, first.error, 'the error of message:send')
    if (code !== 'rate_limited' || retryAfterMs > ALLOWANCE_MS) return this.#sent(first)
    await this.connection.pause(retryAfterMs)
    return this.#sent(await this.connection.emit('message:send', payload))
  }

  /** The final message of an answer's attempt. */
  end(messageId: string, attempt = 1): Promise<Message> {
    const isIt = (message: Message) =>
      message.id === messageId && message.attempt === attempt && message.status !== 'streaming'
    return this.connection.until(() => this.#messages().find(isIt), 'the end of the answer', ANSWER_MS)
  }

  /** Waits for the first text of an answer. Rejects with `Skip` where the answer ended with it. */
  async begun(messageId: string): Promise<void> {
    const look = () => this.deltas(messageId, 1).length > 0 || this.isOver(messageId) || undefined
    await this.connection.until(look, 'the first text of the answer', ANSWER_MS)
    if (this.isOver(messageId)) throw new Skip('the answer was over too soon: the check needs a longer one')
  }

  isOver(messageId: string, attempt = 1): boolean {
    return this.#messages().some(
      (message) => message.id === messageId && message.attempt === attempt && message.status !== 'streaming',
    )
  }

  /** What this connection was told of an answer's attempt, in order. */
  deltas(messageId: string, attempt = 1): Delta[] {
    return this.connection.news.flatMap((news) =>
      news.name === 'delta' && news.payload.messageId === messageId && news.payload.attempt === attempt
        ? [news.payload]
        : [],
    )
  }

  /** Has everything that was sent to this connection come. */
  async flush(): Promise<void> {
    await this.connection.ask('session:extend', { sessionId: this.sessionId })
  }

  #sent(reply: unknown): Sent {
    ensure(isObject(reply) && reply.ok === true, `message:send was acknowledged with ${excerpt(reply)}`)
    return shaped(replies['message:send'], reply, 'the acknowledgement of message:send')
  }

  #messages(): Message[] {
    return this.connection.news.flatMap((news) => (news.name === 'message' ? [news.payload.message] : []))
  }
}

/**
 * The deltas joined, held to D2: each begins where the text ends, from `start` on. Where several replicas wrote the answer, the
 * later one may repeat what the earlier one had shown.
 */
export function joined(deltas: readonly Delta[], start = '', mayRepeat = false): string {
  let text = start
  for (const { offset, text: piece } of deltas) {
    const isNext = offset === text.length || (mayRepeat && offset < text.length)
    if (!isNext) throw new Failure(`a delta begins at ${offset}, where ${text.length} units were there`)
    if (!piece.isWellFormed()) throw new Failure(`a delta at ${offset} splits a surrogate pair`)
    text += piece.slice(text.length - offset)
  }
  return text
}

/** The client's whole rule (D3), for one answer whose `content` is held: what is held when all deltas were taken. */
export function merged(held: Message, deltas: readonly Delta[]): string {
  let { content, attempt } = held
  for (const delta of deltas) {
    if (delta.attempt < attempt) continue
    if (delta.attempt > attempt) [content, attempt] = ['', delta.attempt]
    if (delta.offset > content.length) {
      throw new Failure(`text is missing: a delta begins at ${delta.offset}, where ${content.length} units were held`)
    }
    content += delta.text.slice(content.length - delta.offset)
  }
  return content
}

/** Whether more than one replica added to an answer. */
export function isHandedOver({ metadata }: Message): boolean {
  return Array.isArray(metadata.replicas) && metadata.replicas.length > 1
}

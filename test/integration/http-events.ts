import { expect } from 'vitest'
import type { Fixture } from './http-fixture.ts'

export interface ServerSentEvent {
  readonly event: string
  readonly id: string | undefined
  // biome-ignore lint/suspicious/noExplicitAny: tests look into events whose shape they check
  readonly data: any
}

/** An event stream as a client reads it: event by event, comments left out. */
export class EventReader {
  readonly response: Response
  readonly events: ServerSentEvent[] = []
  readonly #iterator: AsyncIterator<ServerSentEvent>

  constructor(response: Response) {
    this.response = response
    this.#iterator = eventsOf(response)
  }

  /** The next event; undefined at the end of the stream. */
  async next(): Promise<ServerSentEvent | undefined> {
    const { value, done } = await this.#iterator.next()
    if (done) return undefined
    this.events.push(value)
    return value
  }

  async rest(): Promise<ServerSentEvent[]> {
    const rest: ServerSentEvent[] = []
    for (let event = await this.next(); event !== undefined; event = await this.next()) rest.push(event)
    return rest
  }
}

async function* eventsOf(response: Response): AsyncGenerator<ServerSentEvent> {
  let buffered = ''
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    buffered += decoder.decode(chunk, { stream: true })
    const blocks = buffered.split('\n\n')
    buffered = blocks.pop() ?? ''
    for (const block of blocks) {
      const fields = new Map(
        block.split('\n').map((line) => [line.split(': ', 1)[0], line.slice(line.indexOf(': ') + 2)]),
      )
      const data = fields.get('data')
      if (data !== undefined) yield { event: fields.get('event') ?? '', id: fields.get('id'), data: JSON.parse(data) }
    }
  }
}

const SSE = { accept: 'text/event-stream' }

/** Sends a message and asks for its answer as events. */
export function ask({ url }: Fixture, id: string, body: object): Promise<Response> {
  return fetch(`${url}/api/chat/sessions/${id}/messages`, {
    method: 'POST',
    headers: { ...SSE, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

/** Asks for the running answer as events. */
export function follow({ url }: Fixture, id: string, lastEventId?: string): Promise<Response> {
  return fetch(`${url}/api/chat/sessions/${id}/stream`, {
    headers: lastEventId === undefined ? SSE : { ...SSE, 'last-event-id': lastEventId },
  })
}

/** The text that the deltas make by the client's rule (D3), without a gap and, from `start` on, without an overlap. */
export function textOf(events: readonly ServerSentEvent[], start = ''): string {
  let attempt = 0
  let text = start
  for (const { event, data, id } of events) {
    if (event !== 'delta') continue
    if (data.attempt > attempt && attempt > 0) text = ''
    attempt = data.attempt
    expect(data.offset).toBe(text.length)
    text += data.text
    expect(text.isWellFormed()).toBe(true)
    expect(id).toBe(`${data.messageId}:${data.attempt}:${text.length}`)
  }
  return text
}

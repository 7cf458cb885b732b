import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

/** A span as OTLP has it in JSON, its attributes as an object. */
export interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly start: bigint
  readonly end: bigint
  readonly status: { readonly code?: number; readonly message?: string }
  readonly attributes: Readonly<Record<string, unknown>>
  readonly events: readonly string[]
  /** Of the process that sent it. */
  readonly resource: Readonly<Record<string, unknown>>
}

// biome-ignore lint/suspicious/noExplicitAny: JSON as it comes; what a test looks at, it checks
type Json = any

/** Takes traces by OTLP over HTTP, in JSON. */
export class Receiver {
  readonly spans: Span[] = []
  readonly #server: Server

  static async start(): Promise<Receiver> {
    const receiver = new Receiver()
    receiver.#server.listen(0, '127.0.0.1')
    await once(receiver.#server, 'listening')
    return receiver
  }

  private constructor() {
    this.#server = createServer(async (request, response) => {
      if (request.method !== 'POST' || request.url !== '/v1/traces') return response.writeHead(404).end()
      for (const span of spansIn(await json(request))) this.spans.push(span)
      return response.setHeader('content-type', 'application/json').end('{}')
    })
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  stop(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }
}

function spansIn({ resourceSpans }: Json): Span[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }: Json) =>
    scopeSpans.flatMap(({ spans }: Json) =>
      spans.map(
        ({ attributes, events, startTimeUnixNano, endTimeUnixNano, ...span }: Json): Span => ({
          ...span,
          start: BigInt(startTimeUnixNano),
          end: BigInt(endTimeUnixNano),
          attributes: objectOf(attributes),
          events: (events ?? []).map(({ name }: Json) => name),
          resource: objectOf(resource.attributes),
        }),
      ),
    ),
  )
}

const objectOf = (attributes: Json) =>
  Object.fromEntries((attributes ?? []).map(({ key, value }: Json) => [key, plain(value)]))

function plain({ stringValue, intValue, doubleValue, boolValue, arrayValue }: Json): unknown {
  if (arrayValue !== undefined) return (arrayValue.values ?? []).map(plain)
  return stringValue ?? boolValue ?? Number(intValue ?? doubleValue)
}

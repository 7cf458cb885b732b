import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import { CompressedBody, decompressorFor } from './compressed-body.ts'
import { ResponseBody } from './response-body.ts'

export interface HttpRequest {
  readonly method: 'GET' | 'POST'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

export interface SendOptions {
  /** Ends it at any time. */
  readonly signal: AbortSignal
  /** Called for each head that comes: an informational 1xx, a redirect, the reply itself. */
  readonly onHead?: () => void
}

/** What came back, once its headers are there. The body is read by nobody yet. */
export interface HttpReply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: ResponseBody
}

const MAX_REDIRECTS = 3
/** All that is told to another origin than the one that was asked; the rest may be keys. */
const HARMLESS = new Set(['accept', 'accept-encoding', 'content-type', 'user-agent'])

/**
 * Sends a request and gives the reply, of whatever status. Its body is left as undici gives it: web streams would cost a quarter
 * of what the gateway spends on a token (docs/performance.md). 307 and 308 are followed with the same method and body, and no
 * credentials to another origin; other redirects are replies like any other.
 */
export async function send(dispatcher: Dispatcher, request: HttpRequest, options: SendOptions): Promise<HttpReply> {
  for (let asked = request, hops = 0; ; hops++) {
    options.signal.throwIfAborted()
    const reply = new Reply(options)
    dispatcher.dispatch(
      {
        origin: asked.url.origin,
        path: asked.url.pathname + asked.url.search,
        method: asked.method,
        headers: asked.headers,
        body: asked.body,
      },
      reply,
    )
    const { status, headers, body } = await reply.begun
    const target = status === 307 || status === 308 ? targetOf(headers, asked.url) : null
    if (target === null || hops === MAX_REDIRECTS) return { status, headers, body }
    body.drain()
    asked = { ...asked, url: target, headers: headersFor(target, asked) }
  }
}

/** Where a redirect leads to; null where it is not followed. */
function targetOf({ location }: IncomingHttpHeaders, from: URL): URL | null {
  const target = location === undefined ? null : URL.parse(location, from)
  const follows = target?.protocol === 'https:' || (target?.protocol === 'http:' && from.protocol === 'http:')
  return follows ? target : null
}

function headersFor(target: URL, { url, headers }: HttpRequest): HttpRequest['headers'] {
  if (target.origin === url.origin) return headers
  return Object.fromEntries(Object.entries(headers).filter(([name]) => HARMLESS.has(name)))
}

/** One request's reply as the dispatcher brings it. */
class Reply implements Dispatcher.DispatchHandler {
  readonly #begun = Promise.withResolvers<HttpReply>()
  readonly #signal: AbortSignal
  readonly #onHead: (() => void) | undefined
  readonly #abort = (): void => {
    this.#controller?.abort(this.#signal.reason)
    this.#begun.reject(this.#signal.reason) // there may be no connection yet, as while a proxy opens a tunnel
  }
  #controller: Dispatcher.DispatchController | null = null
  #body: ResponseBody | null = null

  constructor({ signal, onHead }: SendOptions) {
    this.#signal = signal
    this.#onHead = onHead
    signal.addEventListener('abort', this.#abort, { once: true })
  }

  get begun(): Promise<HttpReply> {
    return this.#begun.promise
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#signal.aborted) this.#abort()
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#onHead?.()
    if (status < 200) return
    const decompressor = decompressorFor(headers['content-encoding'])
    this.#body = decompressor === null ? new ResponseBody(controller) : new CompressedBody(controller, decompressor)
    this.#begun.resolve({ status, headers, body: this.#body })
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#body?.arrived(chunk)
  }

  onResponseEnd(): void {
    this.#signal.removeEventListener('abort', this.#abort)
    this.#body?.ended()
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#signal.removeEventListener('abort', this.#abort)
    this.#body?.failed(error)
    this.#begun.reject(error)
  }
}

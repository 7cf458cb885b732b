import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import { ResponseBody } from './response-body.ts'

/** The bodies of streamed responses, which a `Response` would give out only through a web stream. */
const bodies = new WeakMap<Response, ResponseBody>()

/** The bytes of a response of `leanFetch` that streams events; undefined for any other. */
export function streamOf(response: Response): ResponseBody | undefined {
  return bodies.get(response)
}

/**
 * A `fetch` for the openai package that leaves a streamed body as undici gives it. The web streams of the ordinary one cost
 * a quarter of what the gateway spends on a token (docs/performance.md). Everything but a stream of events is read here.
 */
export function leanFetch(dispatcher: Dispatcher): typeof fetch {
  return (input, init) => {
    const signal = init?.signal ?? null
    if (signal?.aborted) return Promise.reject(signal.reason)
    const { origin, pathname, search } = new URL(input instanceof Request ? input.url : input)
    const answer = new Answer(signal)
    dispatcher.dispatch(
      {
        origin,
        path: pathname + search,
        method: (init?.method ?? 'GET') as Dispatcher.HttpMethod,
        headers: Object.fromEntries(new Headers(init?.headers)),
        body: typeof init?.body === 'string' ? init.body : null,
      },
      answer,
    )
    return answer.response
  }
}

/** One request's answer as the dispatcher brings it. An abort of `signal` ends it at any time. */
class Answer implements Dispatcher.DispatchHandler {
  readonly #response = Promise.withResolvers<Response>()
  readonly #signal: AbortSignal | null
  readonly #abort = (): void => this.#controller?.abort(this.#signal?.reason)
  #controller: Dispatcher.DispatchController | null = null
  #body: ResponseBody | null = null
  /** Of a response that is no stream. */
  #whole: { readonly head: ResponseInit; readonly chunks: Buffer[] } | null = null

  constructor(signal: AbortSignal | null) {
    this.#signal = signal
    signal?.addEventListener('abort', this.#abort, { once: true })
  }

  get response(): Promise<Response> {
    return this.#response.promise
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#signal?.aborted) this.#abort()
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, fields: IncomingHttpHeaders): void {
    if (status < 200) return
    const headers = new Headers(Object.entries(fields).flatMap(([name, value]) => pairsOf(name, value)))
    if (status !== 200 || headers.get('content-type')?.startsWith('text/event-stream') !== true) {
      this.#whole = { head: { status, headers }, chunks: [] }
      return
    }
    const response = new Response(null, { status, headers })
    this.#body = new ResponseBody(controller)
    bodies.set(response, this.#body)
    this.#response.resolve(response)
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#body !== null) this.#body.arrived(chunk)
    else this.#whole?.chunks.push(chunk)
  }

  onResponseEnd(): void {
    this.#signal?.removeEventListener('abort', this.#abort)
    this.#body?.ended()
    if (this.#whole === null) return
    const { head, chunks } = this.#whole
    this.#response.resolve(new Response(head.status === 204 ? null : Buffer.concat(chunks), head))
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#signal?.removeEventListener('abort', this.#abort)
    this.#body?.failed(error)
    this.#response.reject(error)
  }
}

function pairsOf(name: string, value: string | string[] | undefined): [string, string][] {
  return [value ?? []].flat().map((one) => [name, one])
}

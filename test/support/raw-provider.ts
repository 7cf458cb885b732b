import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { readSettings } from '../../src/config/settings.ts'
import { createModel } from '../../src/model/create.ts'
import { type Log, silentLog } from '../../src/ports/log.ts'
import { type Model, type ModelEnd, ModelError, type ModelRequest } from '../../src/ports/model.ts'
import { RecordingSink } from './scripted-model-sink.ts'

/** One request as it came. */
export interface RawRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Record<string, unknown>
}

/** What is done with a request: mostly writing a reply. `nth` counts from 1. */
export type Handler = (socket: Socket, request: RawRequest, nth: number) => void

/** A provider of bytes: a TCP server whose replies the test writes itself, to the last of them. */
export class RawProvider {
  readonly requests: RawRequest[] = []
  handler: Handler = (socket) => socket.end()
  readonly #server = createServer((socket) => this.#serve(socket))
  readonly #sockets = new Set<Socket>()

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async listen(): Promise<this> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return this
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => this.#sockets.delete(socket))
    let bytes = Buffer.alloc(0)
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk])
      const end = bytes.indexOf('\r\n\r\n')
      if (end < 0) return
      const [first = '', ...lines] = bytes.subarray(0, end).toString().split('\r\n')
      const headers = Object.fromEntries(
        lines.map((line) => [line.split(':')[0]?.toLowerCase(), line.replace(/^[^:]*:\s*/, '')]),
      )
      const length = Number(headers['content-length'] ?? 0)
      if (bytes.length < end + 4 + length) return
      const body = bytes.subarray(end + 4, end + 4 + length).toString()
      bytes = bytes.subarray(end + 4 + length)
      const [method = '', path = ''] = first.split(' ')
      const request = { method, path, headers, body: body === '' ? {} : JSON.parse(body) }
      this.requests.push(request)
      this.handler(socket, request, this.requests.length)
    })
  }
}

/** The bytes of a reply's head, its body to follow in HTTP chunks. */
export function head(status = '200 OK', fields: readonly string[] = ['content-type: text/event-stream']): Buffer {
  return Buffer.from(`HTTP/1.1 ${status}\r\n${[...fields, 'transfer-encoding: chunked'].join('\r\n')}\r\n\r\n`)
}

/** One HTTP chunk: however TCP carries it, its bytes are read by themselves. */
export function chunk(part: string | Uint8Array): Buffer {
  const bytes = Buffer.from(part)
  return bytes.length === 0
    ? bytes
    : Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])
}

export const LAST_CHUNK = Buffer.from('0\r\n\r\n')

/** A stream of events that ends well, read in these parts. */
export function stream(...parts: readonly (string | Uint8Array)[]): Buffer {
  return Buffer.concat([head(), ...parts.map(chunk), LAST_CHUNK])
}

/** A whole reply of JSON. */
export function json(status: string, body: unknown, fields: readonly string[] = []): Buffer {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const length = `content-length: ${Buffer.byteLength(text)}`
  return Buffer.from(
    `HTTP/1.1 ${status}\r\n${['content-type: application/json', length, ...fields].join('\r\n')}\r\n\r\n${text}`,
  )
}

/** `bytes` in two parts, at every place. */
export function* everySplit(bytes: Buffer): Generator<[Buffer, Buffer]> {
  for (let at = 1; at < bytes.length; at++) yield [bytes.subarray(0, at), bytes.subarray(at)]
}

/** An event of the chat wire. */
export const event = (data: unknown) => `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`
/** A chunk of a chat completion. */
export const delta = (fields: object, finish_reason: string | null = null, more: object = {}) =>
  event({
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta: fields, finish_reason }],
    ...more,
  })
export const say = (content: string) => delta({ content })
export const STOP = delta({}, 'stop')
export const DONE = 'data: [DONE]\n\n'
/** An event of the responses wire. */
export const named = (fields: { readonly type: string; readonly [field: string]: unknown }) =>
  `event: ${fields.type}\ndata: ${JSON.stringify(fields)}\n\n`

export interface Outcome {
  readonly text: string
  readonly thoughts: string
  readonly sink: RecordingSink
  readonly end?: ModelEnd
  readonly error?: ModelError
}

/** A source in front of a raw provider, with a short way to ask. */
export class RawTalk {
  readonly provider: RawProvider
  source: Model
  /** What the operator was warned of. */
  readonly warnings: { readonly fields: object; readonly message: string }[] = []

  /** In front of a provider of its own. */
  static async start(env: Record<string, string> = {}): Promise<RawTalk> {
    return new RawTalk(await new RawProvider().listen(), env)
  }

  constructor(provider: RawProvider, env: Record<string, string> = {}) {
    this.provider = provider
    this.source = this.#sourceWith(env)
  }

  /** From here on by a source with these settings. */
  async use(env: Record<string, string>): Promise<void> {
    await this.source.close()
    this.source = this.#sourceWith(env)
  }

  async close(): Promise<void> {
    await this.source.close()
    await this.provider.close()
  }

  #sourceWith(env: Record<string, string>): Model {
    const log: Log = { ...silentLog, warn: (fields, message) => this.warnings.push({ fields, message }) }
    const base = { OPENAI_BASE_URL: `${this.provider.origin}/v1`, OPENAI_API_KEY: 'sk-secret-key' }
    return createModel(readSettings({ ...base, ...env }), log)
  }

  /** Asks once, the provider replying with these bytes or by that handler. */
  async ask(
    reply: Uint8Array | Handler,
    more: Partial<ModelRequest> = {},
    signal = new AbortController().signal,
  ): Promise<Outcome> {
    this.provider.handler = typeof reply === 'function' ? reply : (socket) => socket.write(reply)
    const sink = new RecordingSink()
    const request: ModelRequest = {
      turns: [{ role: 'user', content: 'hi' }],
      sessionId: 's-1',
      messageId: 'm-1',
      userId: null,
      ...more,
    }
    const ended = await this.source.generate(request, sink, signal).then(
      (end) => ({ end }),
      (error: unknown) => {
        if (error instanceof ModelError) return { error }
        throw error
      },
    )
    return { text: sink.joined, thoughts: sink.thoughts.join(''), sink, ...ended }
  }
}

import { randomUUID } from 'node:crypto'
import { WebSocket } from 'ws'
import type { Acknowledgement, Opened, Sent } from '../../../src/protocol/events.ts'
import type { Backend } from '../../../src/protocol/message.ts'
import { ACTIVITY, BACKEND, DELTA, MESSAGE, Refused, SYNC, type Wire, type WireListener } from './wire.ts'

const PING = '2'
const PONG = '3'

/** Socket.IO's protocol by hand (src/protocol/SPEC.md): an event costs a comparison and, where it is asked for, a parse. */
export class SocketIoWire implements Wire {
  readonly #url: string
  readonly #listener: WireListener
  readonly #localAddress: string | undefined
  #socket: WebSocket | undefined
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>()
  readonly #connected = Promise.withResolvers<void>()
  #requests = 0
  #closing = false

  /** From `localAddress`, where given: one address has some 28,000 ports for its connections to a server. */
  constructor(url: string, listener: WireListener, localAddress?: string) {
    this.#url = `${url.replace(/^http/, 'ws')}/socket.io/?EIO=4&transport=websocket`
    this.#listener = listener
    this.#localAddress = localAddress
    this.#connected.promise.catch(() => {})
  }

  get url(): string {
    return this.#url
  }

  /** Resolves once events can be sent. */
  connect(): Promise<void> {
    this.#socket ??= this.#connect()
    return this.#connected.promise
  }

  async open(sessionId?: string, after?: number): Promise<Opened> {
    await this.connect()
    return this.#request<Opened>('session:open', { sessionId, after })
  }

  async send(sessionId: string, content: string, id: string = randomUUID()): Promise<void> {
    await this.#request<Sent>('message:send', { sessionId, id, content })
  }

  pause(): void {
    this.#socket?.pause()
  }

  close(): void {
    this.#end('closed')
    this.#socket?.terminate()
  }

  #connect(): WebSocket {
    const socket = new WebSocket(this.#url, {
      perMessageDeflate: false,
      skipUTF8Validation: true,
      ...(this.#localAddress !== undefined && { localAddress: this.#localAddress }),
    })
    socket.on('message', (data: Buffer) => this.#take(data))
    socket.on('error', (error) => this.#break(error.message))
    socket.on('close', (code) => this.#break(`closed with ${code}`))
    return socket
  }

  async #request<Reply>(event: string, payload: object): Promise<Reply> {
    if (this.#closing) throw new Error('the connection is gone')
    const answer = Promise.withResolvers<unknown>()
    const id = this.#requests++
    this.#waiting.set(id, answer)
    this.#socket?.send(`42${id}${JSON.stringify([event, payload])}`)
    const reply = (await answer.promise) as Acknowledgement<Reply>
    if (!reply.ok) throw new Refused(event, reply.error)
    return reply
  }

  #take(frame: Buffer): void {
    if (frame.toString('latin1', 0, DELTA.length) === DELTA) return this.#listener.delta(frame)
    const packet = frame.toString()
    if (packet === PING) this.#socket?.send(PONG)
    else if (packet.startsWith('0')) this.#socket?.send('40')
    else if (packet.startsWith('40')) this.#connected.resolve()
    else if (packet.startsWith('43')) this.#acknowledge(packet)
    else if (packet.startsWith(MESSAGE)) this.#listener.message(payloadOf(packet, MESSAGE))
    else if (packet.startsWith(BACKEND) && this.#listener.backend)
      this.#listener.backend(payloadOf<{ backend: Backend }>(packet, BACKEND).backend)
    else if (packet.startsWith(SYNC) && this.#listener.sync) this.#listener.sync(payloadOf(packet, SYNC))
    else if (!packet.startsWith(ACTIVITY)) this.#break(`was sent ${packet.slice(0, 300)}`)
  }

  #acknowledge(packet: string): void {
    const start = packet.indexOf('[')
    const id = Number(packet.slice(2, start))
    this.#waiting.get(id)?.resolve(JSON.parse(packet.slice(start))[0])
    this.#waiting.delete(id)
  }

  #break(reason: string): void {
    if (this.#end(reason)) this.#listener.broken(reason)
  }

  /** Nothing more is waited for. False where that was so already. */
  #end(reason: string): boolean {
    if (this.#closing) return false
    this.#closing = true
    const error = new Error(reason)
    for (const waiting of [this.#connected, ...this.#waiting.values()]) waiting.reject(error)
    return true
  }
}

function payloadOf<T>(packet: string, head: string): T {
  return JSON.parse(packet.slice(head.length, -1))
}

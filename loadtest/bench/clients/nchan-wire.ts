import { once } from 'node:events'
import { WebSocket } from 'ws'
import { DELTA, MESSAGE, type Wire, type WireListener } from './wire.ts'

/** For a system behind Nchan: requests by HTTP, and a WebSocket on which nginx says what is published. */
export class NchanWire implements Wire {
  readonly #url: string
  readonly #listener: WireListener
  #socket: WebSocket | undefined
  #closing = false

  constructor(url: string, listener: WireListener) {
    this.#url = url
    this.#listener = listener
  }

  async open(): ReturnType<Wire['open']> {
    const opened = (await this.#post('/sessions')) as Awaited<ReturnType<Wire['open']>>
    const socket = new WebSocket(`${this.#url.replace(/^http/, 'ws')}/events/${opened.session.id}`, {
      perMessageDeflate: false,
      skipUTF8Validation: true,
    })
    this.#socket = socket
    socket.on('message', (data: Buffer) => this.#take(data))
    socket.on('error', (error) => this.#break(error.message))
    socket.on('close', (code) => this.#break(`closed with ${code}`))
    await once(socket, 'open')
    return opened
  }

  async send(sessionId: string, content: string): Promise<void> {
    await this.#post(`/sessions/${sessionId}/messages`, content)
  }

  pause(): void {
    this.#socket?.pause()
  }

  close(): void {
    this.#closing = true
    this.#socket?.terminate()
  }

  async #post(path: string, body = ''): Promise<unknown> {
    const response = await fetch(this.#url + path, { method: 'POST', body })
    if (!response.ok) throw new Error(`POST ${path}: ${response.status}`)
    return response.json()
  }

  #take(frame: Buffer): void {
    if (frame.toString('latin1', 0, DELTA.length) === DELTA) this.#listener.delta(frame)
    else this.#listener.message(JSON.parse(frame.toString('utf8', MESSAGE.length, frame.length - 1)))
  }

  #break(reason: string): void {
    if (this.#closing) return
    this.#closing = true
    this.#listener.broken(reason)
  }
}

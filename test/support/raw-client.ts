import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { json } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { within } from './conditions.ts'

/** A WebSocket that speaks Engine.IO and Socket.IO frame by frame, well or badly, as the test says. */
export class RawClient {
  readonly frames: string[] = []
  readonly #socket: WebSocket
  readonly #closed: Promise<number>
  readonly #waiters = new Set<() => void>()
  #nextId = 0

  /** Resolves once the namespace is joined; it is gone when the test has finished. */
  static async join(url: string): Promise<RawClient> {
    const client = await RawClient.open(url)
    client.send('40')
    await client.frame((frame) => frame.startsWith('40'))
    return client
  }

  /** Resolves once the handshake (`0{…}`) has come. */
  static async open(url: string): Promise<RawClient> {
    const client = new RawClient(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
    onTestFinished(() => client.#socket.terminate())
    await client.frame((frame) => frame.startsWith('0{'))
    return client
  }

  private constructor(url: string) {
    this.#socket = new WebSocket(url)
    this.#closed = new Promise((resolve) => this.#socket.once('close', resolve))
    this.#socket.on('error', () => {})
    this.#socket.on('message', (data, isBinary) => {
      this.frames.push(isBinary ? '<binary>' : String(data))
      if (String(data) === '2') this.send('3')
      for (const waiter of this.#waiters) waiter()
    })
  }

  get open(): boolean {
    return this.#socket.readyState === WebSocket.OPEN
  }

  /** Resolves with the close code once the gateway has closed the connection. */
  get closed(): Promise<number> {
    return this.#closed
  }

  send(frame: string | Uint8Array): void {
    if (this.open) this.#socket.send(frame)
  }

  /** All of them in one TCP write. */
  sendTogether(frames: readonly string[]): void {
    this.#tcp.cork()
    for (const frame of frames) this.send(frame)
    this.#tcp.uncork()
  }

  /** Bytes past the WebSocket layer. */
  sendBytes(bytes: Uint8Array): void {
    this.#tcp.write(bytes)
  }

  /** Sends an event whose arguments are given as JSON, and gives its acknowledgement; null where the connection is closed instead. */
  async emit(...args: readonly string[]): Promise<unknown> {
    const id = this.#nextId++
    this.send(`42${id}[${args.join()}]`)
    const head = `43${id}[`
    const acknowledged = this.frame((frame) => frame.startsWith(head)).then(
      (frame) => JSON.parse(frame.slice(head.length - 1))[0],
    )
    return within('an acknowledgement or the end', Promise.race([acknowledged, this.#closed.then(() => null)]))
  }

  /** Reads no more from TCP: the gateway's writes pile up, first in the kernel, then at the gateway. */
  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  /** Waits for a frame, past or to come. */
  async frame(matches: (frame: string) => boolean): Promise<string> {
    const found = Promise.withResolvers<string>()
    const check = () => {
      const frame = this.frames.find(matches)
      if (frame !== undefined) found.resolve(frame)
    }
    this.#waiters.add(check)
    try {
      check()
      return await within(
        'a frame',
        Promise.race([found.promise, this.#closed.then(() => Promise.reject(new Error('closed')))]),
      )
    } finally {
      this.#waiters.delete(check)
    }
  }

  get #tcp(): Socket {
    return (this.#socket as unknown as { _socket: Socket })._socket
  }
}

/** How a replica refuses a WebSocket. */
export async function refusalOf(url: string, headers: Readonly<Record<string, string>> = {}) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, { headers })
  socket.on('error', () => {})
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage]
  return { response, body: await json(response) }
}

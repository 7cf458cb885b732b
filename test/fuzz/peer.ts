import { WebSocket } from 'ws'
import { within } from '../support/conditions.ts'

/** A client that keeps the protocol, but sends payloads as text of its own; for attackers that need a session to be heard of. */
export class Peer {
  #frames: string[] = []
  readonly #socket: WebSocket
  readonly #waiters = new Set<() => void>()
  #nextId = 0
  #closed = false

  static async join(url: string, auth: string): Promise<Peer> {
    const peer = new Peer(url)
    await peer.#until('the namespace is joined', () => peer.#frames.some((frame) => frame.startsWith('0{')))
    peer.#socket.send(`40${auth}`)
    await peer.#until('the namespace is joined', () => peer.#frames.some((frame) => frame.startsWith('40')))
    return peer
  }

  private constructor(url: string) {
    this.#socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
    this.#socket.on('error', () => {})
    this.#socket.on('close', () => {
      this.#closed = true
      this.#wake()
    })
    this.#socket.on('message', (data) => {
      const frame = String(data)
      if (frame === '2') this.#socket.send('3')
      else this.#frames.push(frame)
      this.#wake()
    })
  }

  get closed(): boolean {
    return this.#closed
  }

  /** What has come since it was asked last. */
  heard(): string {
    return this.#frames.splice(0).join('\n')
  }

  /** Gives the acknowledgement; undefined where the connection has ended instead. Rejects where neither comes. */
  async ask(event: string, payload: string): Promise<Record<string, unknown> | undefined> {
    if (this.#closed) return undefined
    const id = this.#nextId++
    const head = `43${id}[`
    this.#socket.send(`42${id}["${event}",${payload}]`)
    const frame = await this.#until(`an acknowledgement of ${event}`, () =>
      this.#frames.find((one) => one.startsWith(head)),
    )
    if (frame === undefined) return undefined
    return JSON.parse(frame.slice(head.length - 1))[0] as Record<string, unknown>
  }

  /** Waits for the final `message` of an answer. */
  async ended(answerId: string): Promise<void> {
    const final = (frame: string) =>
      frame.startsWith('42["message"') && frame.includes(answerId) && !frame.includes('"status":"streaming"')
    await this.#until('the answer ends', () => this.#frames.find(final))
  }

  close(): void {
    this.#socket.terminate()
  }

  async #until<T>(what: string, look: () => T | undefined | false): Promise<T | undefined> {
    const found = Promise.withResolvers<T | undefined>()
    const check = () => {
      const seen = look()
      if (this.#closed) found.resolve(undefined)
      else if (seen !== undefined && seen !== false) found.resolve(seen)
    }
    this.#waiters.add(check)
    try {
      check()
      return await within(what, found.promise, 30_000)
    } finally {
      this.#waiters.delete(check)
    }
  }

  #wake(): void {
    for (const waiter of this.#waiters) waiter()
  }
}

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** Characters that are kept of what came; the oldest go first. */
const MAX_HEARD = 1024 * 1024

/** A TCP connection of an attacker's. It keeps what came as text, one character a byte. */
export class Wire {
  readonly #socket: Socket
  #heard = ''
  #mark = '\r\n\r\n'
  #marks = 0
  #wake: () => void = () => {}
  #closed = false

  static async open(port: number): Promise<Wire> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    const wire = new Wire(socket)
    await Promise.race([once(socket, 'connect'), once(socket, 'close')])
    return wire
  }

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('error', () => {})
    socket.on('data', (chunk) => this.#hear(chunk.toString('latin1')))
    socket.on('close', () => {
      this.#closed = true
      this.#wake()
    })
  }

  get heard(): string {
    return this.#heard
  }

  /** Reads no more: what the other end writes stays in the kernels, then with it. */
  pause(): void {
    this.#socket.pause()
  }

  write(bytes: string | Buffer): void {
    if (this.#closed || this.#socket.writableEnded) return
    this.#socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  }

  /** Waits until `mark` has come so often, or the connection has ended, but no longer than `withinMs`. */
  async until(mark: string, often: number, withinMs: number): Promise<void> {
    this.#mark = mark
    this.#marks = occurrences(this.#heard, mark)
    const over = Promise.withResolvers<void>()
    const timer = setTimeout(over.resolve, withinMs)
    this.#wake = () => {
      if (this.#closed || this.#marks >= often) over.resolve()
    }
    this.#wake()
    await over.promise
    clearTimeout(timer)
  }

  end(how: 'leave' | 'reset' | 'half'): void {
    if (how === 'reset') this.#socket.resetAndDestroy()
    else if (how === 'half') this.#socket.end()
    else this.#socket.destroy()
  }

  #hear(text: string): void {
    const before = this.#heard.slice(-(this.#mark.length - 1))
    this.#marks += occurrences(before + text, this.#mark)
    this.#heard += text
    if (this.#heard.length > 2 * MAX_HEARD) this.#heard = this.#heard.slice(-MAX_HEARD)
    this.#wake()
  }
}

const occurrences = (text: string, mark: string): number => text.split(mark).length - 1

const MASK = Buffer.alloc(4)

/** A WebSocket frame as a client sends it; the mask of zeros leaves the payload readable. */
export function webSocketFrame(payload: Buffer, opcode: 1 | 2): Buffer {
  const { length } = payload
  const size = length < 126 ? Buffer.from([length]) : length < 65_536 ? Buffer.alloc(3) : Buffer.alloc(9)
  if (size.length === 3) size.writeUInt16BE(length, 1)
  if (size.length === 9) size.writeBigUInt64BE(BigInt(length), 1)
  if (size.length > 1) size[0] = size.length === 3 ? 126 : 127
  size[0] = (size[0] ?? 0) | 0x80
  return Buffer.concat([Buffer.from([0x80 | opcode]), size, MASK, payload])
}

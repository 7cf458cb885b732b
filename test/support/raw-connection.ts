import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { eventually } from './conditions.ts'

/** A TCP connection that a test writes HTTP to, byte by byte. Gone when the test has finished. */
export class RawConnection {
  readonly socket: Socket
  #read = ''
  #ended = false

  static async open(url: string): Promise<RawConnection> {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    return new RawConnection(socket)
  }

  private constructor(socket: Socket) {
    this.socket = socket
    onTestFinished(() => void socket.destroy())
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      this.#read += chunk.toString('latin1')
    })
    socket.on('close', () => {
      this.#ended = true
    })
  }

  get read(): string {
    return this.#read
  }

  write(text: string): void {
    this.socket.write(text)
  }

  /** Waits until `text` has come; what was read is then forgotten. */
  async expect(text: string | RegExp): Promise<string> {
    const found = () => (typeof text === 'string' ? this.#read.includes(text) : text.test(this.#read))
    await eventually(`${text} comes, after ${JSON.stringify(this.#read.slice(0, 300))}`, () => found())
    const read = this.#read
    this.#read = ''
    return read
  }

  /** Waits until the other side has closed it. */
  async closed(withinMs?: number): Promise<void> {
    await eventually('the other side closes', () => this.#ended, withinMs)
  }
}

/** A request that asks for an upgrade of the connection. */
export function upgradeRequest(path: string, protocol: string): string {
  const websocket =
    protocol === 'websocket' ? 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n' : ''
  return `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n${websocket}\r\n`
}

import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'

export interface PlayedRequest {
  readonly method: string
  readonly path: string
  readonly body: string
}

/** What is sent to a request, byte for byte. */
export interface Play {
  readonly status?: number
  /** Lines, each with its line end. */
  readonly headers: string
  /** Each is written for itself, so that the reader gets them one by one. */
  readonly parts: readonly Buffer[]
  /** `whole` ends the body as HTTP has it and keeps the connection; the others cut it. */
  readonly ending: 'whole' | 'close' | 'reset'
}

/** A provider on 127.0.0.1 that knows nothing of events: it writes the bytes that it is told to a raw socket. */
export class Playback {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #answer: (request: PlayedRequest) => Play

  static async start(answer: (request: PlayedRequest) => Play): Promise<Playback> {
    const playback = new Playback(answer)
    playback.#server.listen(0, '127.0.0.1')
    await once(playback.#server, 'listening')
    return playback
  }

  private constructor(answer: (request: PlayedRequest) => Play) {
    this.#answer = answer
    this.#server = createServer({ noDelay: true }, (socket) => this.#serve(socket))
  }

  /** OPENAI_BASE_URL. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`
  }

  async stop(): Promise<void> {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await once(this.#server, 'close')
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('error', () => {}) // the reader may leave whenever it likes
    let received = Buffer.alloc(0)
    socket.on('data', (bytes: Buffer) => {
      received = Buffer.concat([received, bytes])
      const head = received.indexOf('\r\n\r\n')
      if (head < 0) return
      const lines = received.toString('latin1', 0, head)
      const length = Number(/^content-length: (\d+)/im.exec(lines)?.[1] ?? 0)
      if (received.length < head + 4 + length) return
      const body = received.toString('utf8', head + 4, head + 4 + length)
      received = received.subarray(head + 4 + length)
      const [method = '', path = ''] = lines.split(' ', 2)
      void write(socket, this.#answer({ method, path, body }))
    })
  }
}

async function write(socket: Socket, { status = 200, headers, parts, ending }: Play): Promise<void> {
  socket.write(`HTTP/1.1 ${status} Any\r\n${headers}Transfer-Encoding: chunked\r\n\r\n`)
  for (const part of parts) {
    socket.write(Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]))
    // The reader, in the same process, has it before the next one is written.
    await new Promise<void>((read) => setImmediate(() => setImmediate(read)))
  }
  if (ending === 'whole') socket.write('0\r\n\r\n')
  else if (ending === 'close') socket.end()
  else socket.resetAndDestroy()
}

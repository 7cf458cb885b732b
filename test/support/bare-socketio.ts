import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, Socket as NetSocket } from 'node:net'
import { Server, type ServerOptions, type Socket } from 'socket.io'
import { type Socket as Client, io } from 'socket.io-client'

/** Socket.IO as the gateway uses it, with nothing of the gateway's behind it. */
export class BareSocketIo {
  readonly server: Server
  readonly url: string
  readonly #network = new Set<NetSocket>()

  private constructor(server: Server, url: string) {
    this.server = server
    this.url = url
  }

  static async listen(options: Partial<ServerOptions> = {}): Promise<BareSocketIo> {
    const http = createServer().listen(0, '127.0.0.1')
    await once(http, 'listening')
    const { port } = http.address() as AddressInfo
    const bare = new BareSocketIo(new Server(http, { serveClient: false, ...options }), `http://127.0.0.1:${port}`)
    http.on('connection', (socket) => bare.#network.add(socket.once('close', () => bare.#network.delete(socket))))
    return bare
  }

  /** A client that comes once, and its socket at the server. */
  async join(transport: 'websocket' | 'polling' = 'websocket'): Promise<{ client: Client; socket: Socket }> {
    const connected = once(this.server, 'connection')
    const client = io(this.url, { transports: [transport], forceNew: true, reconnection: false })
    const [socket] = (await connected) as [Socket]
    return { client, socket }
  }

  /** Without waiting for clients that read nothing. */
  async close(): Promise<void> {
    const closed = this.server.close()
    for (const socket of this.#network) socket.destroy()
    await closed
  }
}

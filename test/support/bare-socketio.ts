import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server, type ServerOptions, type Socket } from 'socket.io'
import { type Socket as Client, io } from 'socket.io-client'

/** Socket.IO as the gateway uses it, with nothing of the gateway's behind it. */
export class BareSocketIo {
  readonly server: Server
  readonly url: string

  private constructor(server: Server, url: string) {
    this.server = server
    this.url = url
  }

  static async listen(options: Partial<ServerOptions> = {}): Promise<BareSocketIo> {
    const http = createServer().listen(0, '127.0.0.1')
    await once(http, 'listening')
    const { port } = http.address() as AddressInfo
    return new BareSocketIo(new Server(http, { serveClient: false, ...options }), `http://127.0.0.1:${port}`)
  }

  /** A client that comes once, and its socket at the server. */
  async join(transport: 'websocket' | 'polling' = 'websocket'): Promise<{ client: Client; socket: Socket }> {
    const connected = once(this.server, 'connection')
    const client = io(this.url, { transports: [transport], forceNew: true, reconnection: false })
    const [socket] = (await connected) as [Socket]
    return { client, socket }
  }

  close(): Promise<void> {
    return this.server.close()
  }
}

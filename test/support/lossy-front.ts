import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'

/** What becomes of a frame on its way from the gateway: the frames that the client gets instead. */
export type Spoil = (frame: string) => readonly string[]

/** A front of a gateway that spoils what it passes on. */
export interface LossyFront {
  readonly url: string
  stop(): Promise<void>
}

/** Each connection spoils by itself: `spoil` makes its state. `answer` answers what is plain HTTP. */
export async function startLossyFront(
  gateway: string,
  spoil: () => Spoil,
  answer: RequestListener,
): Promise<LossyFront> {
  const isSocket = ({ url = '' }: IncomingMessage) => url.includes('/socket.io/')
  const server = createServer({ shouldUpgradeCallback: isSocket }, answer)
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (client, { url }) => {
    const spoiled = spoil()
    const far = new WebSocket(gateway.replace('http', 'ws') + url)
    const early: string[] = []
    far.on('message', (frame) => {
      for (const each of spoiled(String(frame))) client.send(each)
    })
    client.on('message', (frame) => {
      if (far.readyState === WebSocket.OPEN) far.send(String(frame))
      else early.push(String(frame))
    })
    far.on('open', () => {
      for (const frame of early) far.send(frame)
    })
    for (const [from, to] of [
      [client, far],
      [far, client],
    ] as const) {
      from.on('close', () => to.terminate())
      from.on('error', () => to.terminate())
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      for (const client of sockets.clients) client.terminate()
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

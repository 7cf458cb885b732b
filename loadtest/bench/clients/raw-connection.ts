import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type Flood, handshake, JOIN } from './floods.ts'

const JOIN_MS = 5000

/** A bare connection, for who does not keep to a protocol. Null where it was not let in. */
export async function rawConnection(url: string, over: Flood['over']): Promise<Socket | null> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  const signal = AbortSignal.timeout(JOIN_MS)
  try {
    await once(socket, 'connect', { signal })
    if (over === 'websocket') {
      socket.write(handshake())
      await heard(socket, '"sid"', signal)
      socket.write(JOIN)
      await heard(socket, '40{', signal)
    }
    return socket
  } catch {
    socket.destroy()
    return null
  }
}

async function heard(socket: Socket, text: string, signal: AbortSignal): Promise<void> {
  let read = ''
  while (!read.includes(text)) read += (await once(socket, 'data', { signal })).toString()
}

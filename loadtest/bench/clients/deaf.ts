import type { Socket } from 'node:net'
import { FLOODS, type FloodName } from './floods.ts'
import { inGroups } from './groups.ts'
import { rawConnection } from './raw-connection.ts'

/** Connections that are made at a time. */
const GATHERING = 20
/** So that replies wait beyond what the kernel keeps for a connection. */
const REQUESTS = 12

let sockets: Socket[] = []

/** Clients that read nothing and ask for much. */
export const deaf = {
  /** Gives how many there are. */
  async gatherDeaf(url: string, name: FloodName, count: number): Promise<number> {
    await inGroups(count, GATHERING, async () => {
      const socket = await rawConnection(url, FLOODS[name].over)
      socket?.pause()
      if (socket !== null) sockets.push(socket)
    })
    return sockets.length
  },

  deafAsk(name: FloodName, sessionId: string): void {
    const { piece } = FLOODS[name]
    const requests = Buffer.concat(Array.from({ length: REQUESTS }, (_, i) => piece(i, sessionId)))
    for (const socket of sockets) socket.write(requests)
  },

  deafLeave(): void {
    for (const socket of sockets) socket.destroy()
    sockets = []
  },
}

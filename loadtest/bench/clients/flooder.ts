// Hostile clients, in a process of their own: what they cost themselves is not to be felt by those who are measured.
import type { Socket } from 'node:net'
import { constants, setPriority } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { serve } from '../lib/remote.ts'
import { deaf } from './deaf.ts'
import { FLOODS, type Flood, type FloodName } from './floods.ts'
import { rawConnection } from './raw-connection.ts'

/** A write of so many bytes at most, which the network has to have taken before the next. */
const BATCH_BYTES = 64 * 1024
/** As often as CONNECT_LIMIT lets an address come back. */
const RETURN_MS = 100

interface Flooded {
  readonly connections: number
  readonly bytes: number
}

const methods = {
  ...deaf,

  /** Floods a replica for so long over one connection; where it is hung up on and `returns`, over another. */
  async flood(url: string, name: FloodName, sessionId: string, ms: number, returns: boolean): Promise<Flooded> {
    const flood: Flood = FLOODS[name]
    const end = Date.now() + ms
    let [connections, bytes] = [0, 0]
    while (Date.now() < end && (returns || connections === 0)) {
      const socket = await rawConnection(url, flood.over)
      if (socket !== null) {
        connections++
        bytes += await pour(socket, flood, sessionId, end)
        socket.destroy()
      }
      await sleep(RETURN_MS)
    }
    return { connections, bytes }
  },
}
export type FlooderProcess = typeof methods

/** Gives the bytes that went out. */
async function pour(socket: Socket, flood: Flood, sessionId: string, end: number): Promise<number> {
  socket.resume() // what it is told is read, or nothing more would be made for it
  if (flood.head !== undefined) socket.write(flood.head(sessionId))
  for (let i = 0; !socket.destroyed && Date.now() < end; ) {
    const batch: Buffer[] = []
    let size = 0
    do {
      const piece = flood.piece(i++, sessionId)
      batch.push(piece)
      size += piece.length
    } while (flood.everyMs === undefined && size < BATCH_BYTES)
    if (!socket.write(Buffer.concat(batch))) await drained(socket, end - Date.now())
    await sleep(flood.everyMs ?? 1)
  }
  return socket.bytesWritten
}

/** Resolves after `ms` at the latest. */
function drained(socket: Socket, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(end, ms)
    function end() {
      clearTimeout(timer)
      socket.off('drain', end).off('close', end)
      resolve()
    }
    socket.on('drain', end).on('close', end)
  })
}

// Its own work would be done on another machine: here it is done while a core has nothing else to do.
setPriority(constants.priority.PRIORITY_LOW)
serve<FlooderProcess>(methods)

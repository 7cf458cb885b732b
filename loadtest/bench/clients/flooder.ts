import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { now } from '../lib/clock.ts'
import { serve } from '../lib/remote.ts'
import { deaf } from './deaf.ts'
import { FLOODS, type Flood, type FloodName } from './floods.ts'
import { rawConnection } from './raw-connection.ts'

/** A write of about so many bytes, which the network has to have taken before the next. */
const BATCH_BYTES = 64 * 1024
/** Written over and over: making them would keep a core from those who are measured. */
const BATCHES = 16
/** As often as CONNECT_LIMIT lets an address come back. */
const RETURN_MS = 100

/** One connection that floods: from when, until when. */
export interface Flooded {
  readonly from: number
  readonly to: number
  readonly bytes: number
}

const methods = {
  ...deaf,

  /** Floods a replica for so long over one connection; where that is hung up on, over another a little later. */
  async flood(url: string, name: FloodName, sessionId: string, ms: number): Promise<Flooded[]> {
    const flood: Flood = FLOODS[name]
    const batches = batchesOf(flood, sessionId)
    const end = Date.now() + ms
    const flooded: Flooded[] = []
    while (Date.now() < end) {
      const socket = await rawConnection(url, flood.over)
      if (socket !== null) {
        const from = now()
        const head = flood.head?.(sessionId)
        if (head !== undefined) socket.write(head)
        const bytes = await pour(socket, batches, flood.everyMs ?? 1, end)
        socket.destroy()
        flooded.push({ from, to: now(), bytes })
      }
      await sleep(RETURN_MS)
    }
    return flooded
  },
}
export type FlooderProcess = typeof methods

function batchesOf(flood: Flood, sessionId: string): Buffer[] {
  let made = 0
  const batch = () => {
    const pieces: Buffer[] = []
    let size = 0
    do {
      const piece = flood.piece(made++, sessionId)
      pieces.push(piece)
      size += piece.length
    } while (flood.everyMs === undefined && size < BATCH_BYTES)
    return Buffer.concat(pieces)
  }
  return Array.from({ length: BATCHES }, batch)
}

/** Gives the bytes that went out. */
async function pour(socket: Socket, batches: readonly Buffer[], everyMs: number, end: number): Promise<number> {
  socket.resume() // what it is told is read, or nothing more would be made for it
  for (let i = 0; !socket.destroyed && Date.now() < end; i++) {
    if (!socket.write(batches[i % BATCHES] ?? '')) await drained(socket, end - Date.now())
    await sleep(everyMs)
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

serve<FlooderProcess>(methods)

import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'

/** Turns of the event loop, each of which reads up to 64 KiB of what has come: a request has at most 1 MiB. */
const MOST_TURNS = 32

/** The latest request of each connection. */
const latest = new WeakMap<Socket, IncomingMessage>()
/** Those that are no HTTP any more. */
const upgraded = new WeakSet<Socket>()

/** Has `hasCome` know of the requests of `server`. To be called once everything else listens. */
export function noteRequests(server: Server): void {
  server.prependListener('request', (request: IncomingMessage) => void latest.set(request.socket, request))
  if (server.listenerCount('upgrade') === 0) return // with a listener, Node would upgrade
  server.prependListener('upgrade', (request: IncomingMessage) => void upgraded.add(request.socket))
}

/**
 * Whether a request that Node takes for late has come after all. Node looks for late ones before it reads what has come:
 * after a pause of this process, everything that reached the machine meanwhile seems late.
 */
export async function hasCome(socket: Socket): Promise<boolean> {
  const before = latest.get(socket)
  const isBegun = before?.complete === false
  let bytesRead = -1
  for (let turn = 0; turn < MOST_TURNS && socket.bytesRead > bytesRead; turn++) {
    bytesRead = socket.bytesRead
    await new Promise((resolve) => setImmediate(resolve))
    const request = latest.get(socket)
    if (upgraded.has(socket) || (request?.complete === true && (isBegun || request !== before))) return true
  }
  return false
}

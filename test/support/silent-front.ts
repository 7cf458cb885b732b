import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A front that passes some connections on, and accepts others and says nothing, as a frozen replica behind a balancer does. */
export interface SilentFront {
  readonly url: string
  /** Connections that were accepted so far. */
  readonly accepted: number
  /** Those that stand. */
  readonly open: number
  /** The most that ever stood at once. */
  readonly most: number
  /** Nothing passes any more on the connections that stand now, until `thaw`: what was sent meanwhile then arrives. */
  freeze(): void
  thaw(): void
  stop(): Promise<void>
}

/** `isSilent` is asked of each connection by its number, from 1. */
export async function startSilentFront(target: string, isSilent: (number: number) => boolean): Promise<SilentFront> {
  const near = new Map<Socket, Socket | null>()
  let frozen: [Socket, Socket][] = []
  let accepted = 0
  let most = 0
  const server = createServer((socket) => {
    accepted++
    near.set(socket, null)
    most = Math.max(most, near.size)
    socket.on('error', () => socket.destroy()).on('close', () => near.delete(socket))
    if (isSilent(accepted)) return void socket.resume()
    const { port, hostname } = new URL(target)
    const other = connect(Number(port), hostname)
    near.set(socket, other)
    other.on('error', () => other.destroy())
    socket.pipe(other).pipe(socket)
    socket.on('close', () => other.destroy())
    other.on('close', () => socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get accepted() {
      return accepted
    },
    get open() {
      return near.size
    },
    get most() {
      return most
    },
    freeze() {
      frozen = [...near].flatMap(([socket, other]) => (other === null ? [] : [[socket, other]]))
      for (const socket of frozen.flat()) socket.unpipe().pause()
    },
    thaw() {
      for (const [socket, other] of frozen) socket.pipe(other).pipe(socket)
    },
    async stop() {
      const closed = once(server, 'close')
      server.close()
      for (const [socket, other] of near) {
        socket.destroy()
        other?.destroy()
      }
      await closed
    },
  }
}

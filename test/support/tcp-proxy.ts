import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A wire to a port of 127.0.0.1 that can be cut. */
export interface TcpProxy {
  readonly port: number
  /**
   * As a pulled cable: connections stand and nothing passes, new ones are accepted and stay silent. What was sent
   * meanwhile arrives after `mend`, late, as TCP does it.
   */
  cut(): void
  mend(): void
  /** Resets every connection; new ones are served. */
  reset(): void
  /** New connections lead to that port; those that stand stay where they are. */
  lead(targetPort: number): void
  stop(): Promise<void>
}

/** Resolves once it listens on a port of its own. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>()
  let isCut = false
  let target = targetPort
  const adopt = (socket: Socket): Socket => {
    sockets.add(socket)
    if (isCut) socket.pause()
    return socket.setNoDelay().on('close', () => sockets.delete(socket))
  }
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1')
    for (const [from, to] of [
      [adopt(near), adopt(far)],
      [far, near],
    ] as const) {
      from.on('data', (bytes) => {
        if (!to.write(bytes) && !isCut) {
          from.pause()
          to.once('drain', () => isCut || from.resume())
        }
      })
      from.on('end', () => to.end())
      from.on('error', () => to.destroy())
      from.on('close', () => to.destroy())
      if (isCut) from.pause() // listening for data has set it flowing
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const reset = () => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      isCut = true
      for (const socket of sockets) socket.pause()
    },
    mend() {
      isCut = false
      for (const socket of sockets) socket.resume()
    },
    reset,
    lead(port) {
      target = port
    },
    async stop() {
      const closed = once(server, 'close')
      server.close()
      reset()
      await closed
    },
  }
}

import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Takes orders from k6, which cannot send signals: `POST /kill?replica=<number>`, any replica where none is named. */
export class Stagehand {
  readonly #server: Server

  /** `kill` gives the id of what it killed. */
  constructor(kill: (replica: number | null) => string, say: (line: string) => void) {
    this.#server = createServer((request, response) => {
      response.shouldKeepAlive = false // orders are rare: a connection kept for the next one would be closed under it
      const url = new URL(request.url ?? '/', 'http://stagehand')
      if (request.method !== 'POST' || url.pathname !== '/kill') return response.writeHead(404).end()
      const number = url.searchParams.get('replica')
      try {
        const killed = kill(number === null ? null : Number(number))
        say(`SIGKILL to ${killed}`)
        response.end(killed)
      } catch (error) {
        response.writeHead(409).end(String(error)) // it is dead already
      }
    })
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}

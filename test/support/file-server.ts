import { once } from 'node:events'
import { createReadStream, existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript' }

/** A web server for the files of one directory, on an origin of its own. */
export interface FileServer {
  readonly url: string
  close(): Promise<void>
}

export async function serveFiles(directory: string): Promise<FileServer> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://files')
    const path = join(directory, normalize(pathname === '/' ? '/index.html' : pathname))
    const type = TYPES[extname(path)]
    if (type === undefined || !existsSync(path)) response.writeHead(404).end()
    else createReadStream(path).pipe(response.setHeader('content-type', type))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

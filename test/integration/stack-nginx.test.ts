import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, request, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Child } from '../../src/stack/child.ts'
import { nginxProgram } from '../../src/stack/nginx.ts'
import { freePorts } from '../../src/stack/ports.ts'
import { eventually, statusAt, temporaryDirectory } from './stack-fixture.ts'

const ANSWERS_ENOUGH = 12

describe('nginx.conf', () => {
  test('passes a dead and an unready replica over, and tells the client nothing of it', async () => {
    const [dead = 0] = await freePorts(1)
    const unready = await serve((_, response) => response.writeHead(503).end())
    const well = await serve((_, response) => response.end('well'))
    const url = await startNginx([dead, unready.port, well.port])

    for (let count = 0; count < ANSWERS_ENOUGH; count++) expect(await statusAt(`${url}/x`)).toBe(200)
    expect(unready.requests.length).toBeGreaterThan(0)
    expect(well.requests).toHaveLength(ANSWERS_ENOUGH)
  })

  test('finds a file that only another version of the gateway has; a page that nobody has is looked for once', async () => {
    const other = await serve((_, response) => response.writeHead(404).end())
    const has = await serve((_, response) => response.end('it'))
    const url = await startNginx([other.port, has.port])
    for (let count = 0; count < ANSWERS_ENOUGH; count++) expect(await statusAt(`${url}/chat/assets/x-1A.js`)).toBe(200)
    const asked = other.requests.length
    expect(asked).toBeGreaterThan(0)
    for (const { url: path } of other.requests) expect(path).toBe('/chat/assets/x-1A.js?left=0')
    const pages = await Promise.all(Array.from({ length: ANSWERS_ENOUGH }, () => statusAt(`${url}/x`)))
    expect(pages).toContain(404)
  })

  test('does not send a POST twice', async () => {
    const breaking = await serve((incoming) => incoming.socket.destroy())
    const url = await startNginx([breaking.port, breaking.port])
    const response = await fetch(`${url}/api/chat/sessions/x/messages`, { method: 'POST', body: '{}' })
    expect(response.status).toBe(503)
    expect(breaking.requests).toHaveLength(1)
  })

  test('[X1] what it refuses itself, it refuses in the words of the gateway, for every origin to read', async () => {
    const url = await startNginx(await freePorts(2))
    const line = (text: string) => `${text}\r\nHost: x\r\nOrigin: https://shop.example\r\nConnection: close\r\n\r\n`
    const refusals = [
      [line('GET /api/chat/sessions HTTP/1.1'), 503, 'overloaded', true],
      [line('GET /chat/socket.io/ HTTP/1.1'), 503, 'overloaded', true],
      [line('POST /x HTTP/1.1\r\nContent-Length: 131073'), 413, 'too_large', false],
      [line(`GET /${'x'.repeat(40_000)} HTTP/1.1`), 413, 'too_large', false],
      [line(`GET / HTTP/1.1\r\nCookie: a=${'c'.repeat(40_000)}`), 413, 'too_large', false],
      [line('TRACE / HTTP/1.1'), 405, 'invalid', false],
      [line('GET / HTTP/1.1\r\nno header'), 400, 'invalid', false],
      [line('G?T / HTTP/1.1'), 400, 'invalid', false],
      [line('POST / HTTP/1.1\r\nTransfer-Encoding: gzip'), 400, 'invalid', false],
      [line('GET /refused/internal HTTP/1.1'), 404, 'invalid', false],
    ] as const
    for (const [request, status, code, retryable] of refusals) {
      const [head = '', body = ''] = (await exchange(url, request)).split('\r\n\r\n')
      expect.soft(Number(head.split(' ')[1]), head).toBe(status)
      expect.soft(head).toMatch(/^content-type: application\/json/im)
      expect.soft(head).toMatch(/^access-control-allow-origin: \*$/im)
      expect.soft(JSON.parse(body)).toMatchObject({ error: { code, message: expect.any(String), retryable } })
    }
    const away = await fetch(url)
    expect(away.headers.get('retry-after')).toBe('1')
    const preflight = await fetch(url, { method: 'OPTIONS', headers: { 'access-control-request-method': 'POST' } })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-headers')).toContain('content-type')
  })

  test('[X1] a body that is too large is refused as such every time, while its sender is still writing', async () => {
    const replica = await serve((incoming, response) => incoming.resume().once('end', () => response.end('taken')))
    const url = await startNginx([replica.port])
    const send = (bytes: number, headers: Record<string, string | number>) =>
      new Promise<number | undefined>((resolve, reject) => {
        const sent = request(`${url}/api/send-message`, { method: 'POST', headers }, (response) => {
          response.resume().once('end', () => resolve(response.statusCode))
        }).once('error', reject)
        const piece = Buffer.alloc(64 * 1024, 32)
        for (let left = bytes; left > 0; left -= piece.length) sent.write(piece.subarray(0, left))
        sent.end()
      })
    const sizes = [131_073, 200_000, 1_048_577, 4_000_000, 16_000_000]
    const outcomes = [...sizes, ...sizes].map((bytes, i) => send(bytes, i % 2 ? {} : { 'content-length': bytes }))
    expect(await Promise.all(outcomes)).toEqual(outcomes.map(() => 413))
    expect(replica.requests).toEqual([])
    expect(await send(131_072, { 'content-length': 131_072 })).toBe(200)
    expect(await send(131_072, {})).toBe(200)
  })

  test('[X7] only a WebSocket of Socket.IO is an upgrade, whatever a request offers', async () => {
    const replica = await serve((_, response) => response.end('plain'))
    const url = await startNginx([replica.port])
    const offer = (path: string, upgrade: string) =>
      new Promise<string>((resolve, reject) => {
        const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade, 'http2-settings': 'AAMAAABkAARAAAAAAAIAAAAA' }
        request(`${url}${path}`, { headers }, (response) => {
          response.setEncoding('utf8').once('data', resolve)
        })
          .once('error', reject)
          .end()
      })
    for (const path of ['/healthz', '/', '/api/chat/sessions/x/stream', '/socket.io/', '/chat/socket.io/']) {
      expect(await offer(path, 'h2c')).toBe('plain')
    }
    expect(await offer('/healthz', 'websocket')).toBe('plain')
    expect(await offer('/socket.io/client.js', 'websocket')).toBe('plain')
    for (const { headers } of replica.requests) expect(headers.upgrade).toBeUndefined()
  })

  test('lets cookies of 16 KiB and answers to HEAD through', async () => {
    const replica = await serve((_, response) => response.setHeader('content-length', 5).end('plain'))
    const url = await startNginx([replica.port])
    const cookie = `one=${'c'.repeat(8 * 1024)}; other=${'c'.repeat(8 * 1024)}`
    expect(await statusAt(url)).toBe(200)
    expect((await fetch(url, { headers: { cookie } })).status).toBe(200)
    expect(replica.requests[1]?.headers.cookie).toBe(cookie)
    const head = await fetch(url, { method: 'HEAD' })
    expect(head.headers.get('content-length')).toBe('5')
    expect(replica.requests[2]?.method).toBe('HEAD')
  })

  test('takes turns between replicas', async () => {
    const replicas = await Promise.all([1, 2, 3].map(() => serve((_, response) => response.end())))
    const url = await startNginx(replicas.map(({ port }) => port))
    for (let count = 0; count < 30; count++) await statusAt(`${url}/x`)
    for (const { requests } of replicas) expect(requests.length).toBeGreaterThan(5)
  })

  test('[R4] tells the replica the address that it was asked at and the address of the client', async () => {
    const replica = await serve((_, response) => response.end())
    const url = await startNginx([replica.port])
    await fetch(`${url}/x`, { headers: { 'x-forwarded-for': '203.0.113.7' } })
    expect(replica.requests[0]?.headers).toMatchObject({
      host: new URL(url).host,
      'x-forwarded-for': '203.0.113.7, 127.0.0.1',
    })
  })

  test('[W5] whoever names no host is served, and is not taken for somebody of this machine', async () => {
    const replica = await serve((_, response) => response.end('well'))
    const url = await startNginx([replica.port])
    const requests = ['GET /x HTTP/1.0', 'GET http://127.0.0.1/x HTTP/1.0']
    for (const head of requests) {
      expect(await exchange(url, `${head}\r\nConnection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 200 /)
      expect(replica.requests.at(-1)?.headers.host).toBe('unnamed')
    }
  })

  test('passes each event of a stream at once', async () => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const replica = await serve(async (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: 1\n\n')
      for (const [index, gate] of gates.entries()) {
        await gate.promise
        response.write(`data: ${index + 2}\n\n`)
      }
      response.end()
    })
    const url = await startNginx([replica.port])
    const response = await fetch(`${url}/chat/api/chat/sessions/x/stream`)
    const events: string[] = []
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) {
      events.push(decoder.decode(chunk))
      gates[events.length - 1]?.resolve() // The next one is only sent once this one has come.
    }
    expect(events).toEqual(['data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n'])
  })

  test('joins a WebSocket through to another replica where the first is dead', async () => {
    const [dead = 0] = await freePorts(1)
    const replica = await serve(() => {})
    replica.server.on('upgrade', (_, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
      socket.pipe(socket)
    })
    const url = await startNginx([dead, replica.port])
    for (const path of ['/socket.io/', '/chat/socket.io/?EIO=4', '/socket.io/', '/a/b/socket.io/']) {
      const upgrade = request(`${url}${path}`, { headers: { connection: 'upgrade', upgrade: 'websocket' } }).end()
      const [answer, socket] = await once(upgrade, 'upgrade')
      expect(answer.statusCode).toBe(101)
      socket.write('there and back')
      const [echo] = await once(socket, 'data')
      expect(String(echo)).toBe('there and back')
      socket.destroy()
    }
  })
})

/** Sends bytes as they are; gives the whole answer. */
async function exchange(url: string, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.write(bytes)
  let answer = ''
  for await (const chunk of socket) {
    answer += chunk
    const [head = '', body = ''] = answer.split('\r\n\r\n')
    if (body.length === Number(/^content-length: (\d+)/im.exec(head)?.[1])) break
  }
  return answer
}

interface StandIn {
  readonly server: Server
  readonly port: number
  readonly requests: readonly IncomingMessage[]
}

/** Stands where a replica would. */
async function serve(answer: RequestListener): Promise<StandIn> {
  const requests: IncomingMessage[] = []
  const server = createServer({ maxHeaderSize: 64 * 1024 }, (incoming, response) => {
    requests.push(incoming)
    answer(incoming, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { server, port: (server.address() as AddressInfo).port, requests }
}

/** Runs the real nginx with the real nginx.conf before `replicaPorts`; gives its URL. */
async function startNginx(replicaPorts: readonly number[]): Promise<string> {
  const dataDir = temporaryDirectory()
  mkdirSync(join(dataDir, 'logs'))
  const [port = 0] = await freePorts(1)
  const nginx = new Child(nginxProgram(port, '127.0.0.1', replicaPorts, dataDir), 100, {
    started: () => {},
    ended: () => {},
    line: () => {},
  })
  nginx.start()
  onTestFinished(() => nginx.stop())
  const url = `http://127.0.0.1:${port}`
  await eventually(async () => (await statusAt(`${url}/nginx-healthz`)) === 200, 'nginx answers')
  return url
}

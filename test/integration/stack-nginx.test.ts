import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
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

  test('does not send a POST twice', async () => {
    const breaking = await serve((incoming) => incoming.socket.destroy())
    const url = await startNginx([breaking.port, breaking.port])
    const response = await fetch(`${url}/api/chat/sessions/x/messages`, { method: 'POST', body: '{}' })
    expect(response.status).toBe(503)
    expect(breaking.requests).toHaveLength(1)
  })

  test('[X1] what it refuses itself, it refuses in the words of the gateway', async () => {
    const url = await startNginx(await freePorts(2))
    const away = await fetch(`${url}/api/chat/sessions`)
    expect(away.status).toBe(503)
    expect(await away.json()).toMatchObject({ error: { code: 'overloaded', retryable: true } })

    const tooLarge = await fetch(`${url}/api/send-message`, { method: 'POST', body: 'x'.repeat(2 * 1024 * 1024) })
    expect(tooLarge.status).toBe(413)
    expect(await tooLarge.json()).toMatchObject({ error: { code: 'too_large', retryable: false } })
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
    const response = await fetch(`${url}/api/chat/sessions/x/stream`)
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
    for (let count = 0; count < 4; count++) {
      const upgrade = request(`${url}/socket.io/`, { headers: { connection: 'upgrade', upgrade: 'websocket' } }).end()
      const [answer, socket] = await once(upgrade, 'upgrade')
      expect(answer.statusCode).toBe(101)
      socket.write('there and back')
      const [echo] = await once(socket, 'data')
      expect(String(echo)).toBe('there and back')
      socket.destroy()
    }
  })
})

interface StandIn {
  readonly server: Server
  readonly port: number
  readonly requests: readonly IncomingMessage[]
}

/** Stands where a replica would. */
async function serve(answer: RequestListener): Promise<StandIn> {
  const requests: IncomingMessage[] = []
  const server = createServer((incoming, response) => {
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

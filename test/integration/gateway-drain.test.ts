/** A drain sends every socket away so that it comes back (F5). */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startApp } from '../../src/app.ts'
import { readSettings } from '../../src/config/settings.ts'
import { RawClient, refusalOf } from '../support/raw-client.ts'

/** A model whose answers begin and bring nothing more: they run for all of a drain. */
async function startSilentModel(): Promise<string> {
  const model = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.flushHeaders()
  })
  await new Promise<void>((resolve) => model.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    model.closeAllConnections()
    model.close()
  })
  return `http://127.0.0.1:${(model.address() as AddressInfo).port}/v1`
}

/** Resolves once an answer runs, for whose end nobody waits. */
async function ask(url: string): Promise<void> {
  const { session_id: id } = (await (await fetch(`${url}/api/chat/sessions`, { method: 'POST' })).json()) as {
    session_id: string
  }
  void fetch(`${url}/api/chat/sessions/${id}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"message":"Hi"}',
  }).catch(() => {})
  await vi.waitFor(async () =>
    expect(await (await fetch(`${url}/api/chat/sessions/${id}`)).json()).toMatchObject({ message_count: 2 }),
  )
}

/** `DRAIN_TIMEOUT` in seconds. */
async function start(DRAIN_TIMEOUT: string, OPENAI_BASE_URL: string) {
  const place = { REPLICA_ID: 'r1', HOST: '127.0.0.1', PORT: '0' }
  const app = await startApp(
    readSettings({ ...place, STORE: 'memory', LOG_LEVEL: 'silent', DRAIN_TIMEOUT, OPENAI_BASE_URL }),
  )
  return { app, url: `http://127.0.0.1:${app.port}` }
}

test('[F5] [E] a socket whose handshake is under way when its replica begins to drain is sent away to reconnect', async () => {
  const { app, url } = await start('3', await startSilentModel())
  await ask(url)
  const late = await RawClient.open(url) // let in: the WebSocket is open, its CONNECT is still on its way
  const stopped = app.stop()
  await vi.waitFor(async () => expect((await fetch(`${url}/readyz`)).status).toBe(503))
  late.send('40')
  await late.closed
  await stopped
  expect(late.frames.some((frame) => frame.startsWith('42["draining"'))).toBe(true)
  expect(late.frames).not.toContain('41') // after which a client of socket.io does not reconnect by itself
})

test('[F5] [E] every socket is sent away to reconnect, also where there is little time for many', async () => {
  const { app, url } = await start('1', 'http://127.0.0.1:1/v1')
  const clients: RawClient[] = []
  for (let i = 0; i < 500; i++) clients.push(await RawClient.join(url))
  await app.stop()
  await Promise.all(clients.map(({ closed }) => closed))
  const got = (start: string) => clients.filter(({ frames }) => frames.some((frame) => frame.startsWith(start))).length
  expect({ sentAway: got('42["draining"'), disconnected: got('41') }).toEqual({ sentAway: 500, disconnected: 0 })
})

test('[F5] [X1] whoever asks a replica that is going for a socket is told so in a way that nginx tries another for', async () => {
  const { app, url } = await start('1', await startSilentModel())
  await ask(url)
  const stopped = app.stop()
  await vi.waitFor(async () => expect((await fetch(`${url}/readyz`)).status).toBe(503))
  const { response, body } = await refusalOf(url)
  expect(response.statusCode).toBe(503)
  expect(response.headers).toMatchObject({ 'content-type': 'application/json', 'retry-after': '1' })
  expect(body).toEqual({ error: { code: 'overloaded', message: 'this replica is going', retryable: true } })
  await stopped
})

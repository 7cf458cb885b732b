/** nginx.conf's variants by a real nginx: what passes, with TLS, behind another proxy, what it counts and logs, and a reload. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { connect } from 'node:http2'
import { get } from 'node:https'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import type { Edge } from '../../src/stack/nginx.ts'
import { makeCertificates } from '../support/certificates.ts'
import { eventually } from '../support/conditions.ts'
import { startNginx } from '../support/nginx.ts'
import { makeStapledCertificates } from '../support/ocsp.ts'
import { freePort } from '../support/redis.ts'

const UUID = '0b5a63d2-9c1e-4c53-a7e5-2f4a1c9d8e7f'
const PROXIED = 'set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For; real_ip_recursive on;'

/** nginx before one that stands where a replica would; WebSockets are echoed. */
async function edge(
  variant: (port: number, accessLog: string) => Partial<Edge> = () => ({}),
  answer: RequestListener = (_, response) => response.end('passed'),
  deadPorts: readonly number[] = [],
) {
  const requests: IncomingMessage[] = []
  const server = createServer((incoming, response) => {
    requests.push(incoming)
    answer(incoming, response)
  }).listen(0, '127.0.0.1')
  new WebSocketServer({ server }).on('connection', (socket) => socket.on('message', (data) => socket.send(`${data}`)))
  await once(server, 'listening')
  const nginx = await startNginx([(server.address() as AddressInfo).port, ...deadPorts], variant)
  onTestFinished(async () => {
    await nginx.stop()
    server.closeAllConnections()
    server.close()
  })
  const logged = () =>
    eventually('the access log has what was asked', () => {
      const lines = existsSync(nginx.accessLog) ? readFileSync(nginx.accessLog, 'utf8').trim().split('\n') : []
      const entries = lines.filter(Boolean).map((line) => JSON.parse(line))
      const asked = entries.filter(({ path }) => path !== '/nginx-healthz')
      return asked.length >= requests.length && asked.length > 0 && asked
    })
  return { nginx, requests, logged, ask: (path: string, headers = {}) => fetch(`${nginx.url}${path}`, { headers }) }
}

async function echoes(socket: WebSocket, text: string): Promise<boolean> {
  socket.send(text)
  const [data] = await once(socket, 'message')
  return String(data) === text
}

test('what operators ask passes for nobody but who asks from this machine, for itself; /admin for nobody', async () => {
  const { ask, requests } = await edge(() => ({ BATON_EDGE: PROXIED }))
  for (const path of ['/metrics', '/chat/metrics']) expect((await ask(path)).status).toBe(200)
  const refused = [
    ['/metrics', { 'x-forwarded-for': '203.0.113.7' }],
    ['/chat/metrics', { 'x-forwarded-for': '127.0.0.1' }],
    ['/metrics', { forwarded: 'for=203.0.113.7' }],
    ['/admin', {}],
    ['/admin/', {}],
    ['/chat/admin/api/sessions', {}],
    ['/%61dmin', {}],
    ['//admin', {}],
  ] as const
  for (const [path, headers] of refused) {
    const reply = await ask(path, headers)
    expect(reply.status, path).toBe(404)
    expect(await reply.json()).toMatchObject({ error: { code: 'invalid', retryable: false } })
  }
  expect(requests).toHaveLength(2)
  for (const path of ['/administration', '/metrics.html', '/healthz']) expect((await ask(path)).status).toBe(200)
})

test('with TLS: HTTP/2, HTTP/1.1 and WebSockets, and browsers are told to stay with it, by what nginx says itself, too', async () => {
  const certificates = makeCertificates()
  onTestFinished(() => certificates.remove())
  const { cert, key } = certificates.server
  // As nginx 1.22 has it; newer ones say `http2 on`.
  const { nginx, ask } = await edge((port) => ({
    BATON_LISTEN: `127.0.0.1:${port} ssl http2`,
    BATON_EDGE: `ssl_certificate ${cert}; ssl_certificate_key ${key};`,
  }))
  const ca = readFileSync(certificates.ca)
  const session = connect(`https://127.0.0.1:${nginx.port}`, { ca })
  for (const [path, status] of [
    ['/', 200],
    ['/admin', 404],
  ] as const) {
    const [headers] = await once(session.request({ ':path': path }), 'response')
    expect([headers[':status'], headers['strict-transport-security']]).toEqual([status, 'max-age=31536000'])
  }
  session.close()
  const [reply] = await once(get({ host: '127.0.0.1', port: nginx.port, ca }), 'response')
  expect(reply.resume().statusCode).toBe(200)
  const socket = new WebSocket(`wss://127.0.0.1:${nginx.port}/socket.io/`, { ca })
  await once(socket, 'open')
  expect(await echoes(socket, 'there and back')).toBe(true)
  socket.close()
  const plain = await ask('/')
  expect(plain.status).toBe(400)
  expect(await plain.json()).toMatchObject({ error: { code: 'invalid' } })
})

test('with ssl_stapling nginx brings along what the authority says of its certificate', async () => {
  const certificates = await makeStapledCertificates()
  onTestFinished(() => certificates.remove())
  const { nginx } = await edge((port) => ({
    BATON_LISTEN: `127.0.0.1:${port} ssl http2`,
    BATON_EDGE: `ssl_certificate ${certificates.chain}; ssl_certificate_key ${certificates.server.key}; ssl_stapling on;`,
  }))
  // Each worker asks when it is first asked.
  await eventually('the certificate is said to be good', async () => {
    const args = ['s_client', '-connect', `127.0.0.1:${nginx.port}`, '-status', '-CAfile', certificates.ca]
    const client = promisify(execFile)('openssl', args)
    client.child.stdin?.end()
    return (await client).stdout.includes('Cert Status: good')
  })
})

test('without TLS nobody is told to stay with it', async () => {
  const { ask } = await edge()
  expect((await ask('/')).headers.has('strict-transport-security')).toBe(false)
})

test('[R4] behind another proxy, addresses are taken from that proxy, and from nobody else', async () => {
  const log = (accessLog: string) => ({ BATON_ACCESS_LOG: `${accessLog} json` })
  const forged = { 'x-forwarded-for': '198.51.100.66, 203.0.113.7' }
  const believed = await edge((_, file) => ({ ...log(file), BATON_EDGE: PROXIED }))
  await believed.ask('/', forged)
  expect(await believed.logged()).toMatchObject([{ address: '203.0.113.7' }])
  expect(believed.requests[0]?.headers['x-forwarded-for']).toMatch(/, 203\.0\.113\.7$/)

  const stranger = PROXIED.replace('127.0.0.1', '192.0.2.1')
  const unbelieved = await edge((_, file) => ({ ...log(file), BATON_EDGE: stranger }))
  await unbelieved.ask('/', forged)
  expect(await unbelieved.logged()).toMatchObject([{ address: '127.0.0.1' }])
})

test('[X1] [X5] one address has so many connections at once; others, and private networks, are not touched by it', async () => {
  const { ask, nginx } = await edge(
    () => ({ BATON_EDGE: PROXIED, BATON_CONNECTIONS: '2' }),
    ({ url }, response) => (url === '/short' ? response.end() : response.write('on and on')),
  )
  const from = (address: string) => ({ 'x-forwarded-for': address })
  const held = await Promise.all([ask('/long', from('203.0.113.7')), ask('/long', from('203.0.113.7'))])
  const third = await ask('/short', from('203.0.113.7'))
  expect([third.status, third.headers.get('retry-after')]).toEqual([429, '10'])
  expect(await third.json()).toMatchObject({ error: { code: 'rate_limited', retryable: true, retryAfterMs: 10_000 } })
  const asks = { 'access-control-request-method': 'POST', origin: 'https://site.example' }
  const headers = { ...asks, ...from('203.0.113.7') }
  const preflight = await fetch(`${nginx.url}/short`, { method: 'OPTIONS', headers })
  expect([preflight.status, preflight.headers.get('access-control-allow-methods')]).toEqual([204, 'GET, POST, DELETE'])
  expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization')
  expect((await ask('/short', from('203.0.113.8'))).status).toBe(200)
  const uncounted = ['127.0.0.1', '10.0.0.1', '172.16.0.1', '192.168.0.1', '100.64.0.1', '100.127.255.254', 'fd00::1']
  const free = await Promise.all(uncounted.flatMap((address) => [1, 2, 3].map(() => ask('/long', from(address)))))
  expect(new Set(free.map(({ status }) => status))).toEqual(new Set([200]))
  for (const { body } of [...held, ...free]) await body?.cancel()
  await eventually('it has room again', async () => (await ask('/short', from('203.0.113.7'))).status === 200)
})

test('[X3] the access log has each request as JSON, under the id that the replica is told, and no session’s id', async () => {
  const { ask, requests, logged } = await edge((_, accessLog) => ({ BATON_ACCESS_LOG: `${accessLog} json` }))
  await ask(`/chat/api/chat/sessions/${UUID.toUpperCase()}/messages/${UUID}/stop?token=hush`)
  await ask('/x', { 'x-request-id': 'edge-12345678' })
  await ask('/y', { 'x-request-id': 'a "quoted" \\ one' })
  const lines = await logged()
  expect(lines).toMatchObject([
    { method: 'GET', path: `/chat/api/chat/sessions/:id/messages/${UUID}/stop`, status: 200, protocol: 'HTTP/1.1' },
    { path: '/x', id: 'edge-12345678' },
    { path: '/y', id: expect.stringMatching(/^[0-9a-f]{32}$/) },
  ])
  expect(lines.map(({ id }) => id)).toEqual(requests.map(({ headers }) => headers['x-request-id']))
  expect(JSON.stringify(lines)).not.toContain('hush')
})

test('[X3] the access log has what was asked for, also where nginx itself refused it', async () => {
  const { ask, nginx, logged } = await edge((_, accessLog) => ({ BATON_ACCESS_LOG: `${accessLog} json` }))
  const body = 'x'.repeat(200_000)
  // nginx refuses it while it is still being written, which may cut the writing off.
  await fetch(`${nginx.url}/api/chat/sessions/${UUID}/messages?token=hush`, { method: 'POST', body }).catch(() => {})
  await ask('/chat/admin/?token=hush')
  await ask('/last')
  const lines = await eventually('all are logged', async () => {
    const seen = await logged()
    return seen.length === 3 && seen
  })
  expect(Object.fromEntries(lines.map(({ path, status }) => [path, status]))).toEqual({
    '/api/chat/sessions/:id/messages': 413,
    '/chat/admin/': 404,
    '/last': 200,
  })
  expect(JSON.stringify(lines)).not.toContain('hush')
})

test('[X3] the error log has no request, neither where replicas fail nor where nginx refuses; the access log has it and what each replica gave', async () => {
  const log = (_: number, accessLog: string) => ({ BATON_ACCESS_LOG: `${accessLog} json` })
  const { nginx, logged, ask } = await edge(log, ({ socket }) => socket.destroy(), [await freePort()])
  const path = `/api/chat/sessions/${UUID}/messages?token=hush`
  for (let i = 0; i < 2; i++) expect((await ask(path)).status).toBe(503)
  const body = 'x'.repeat(200_000)
  await fetch(`${nginx.url}${path}`, { method: 'POST', body }).catch(() => {})
  await eventually('all are logged', async () => (await logged()).length === 3)
  const lines = await logged()
  expect(lines.map(({ status, given }) => [status, given])).toEqual([
    [503, '502, 502'],
    [503, '502, 502'],
    [413, ''],
  ])
  await nginx.stop()
  expect(nginx.said()).not.toMatch(new RegExp(`${UUID}|hush`, 'i'))
})

test('a reload cuts nobody off: a WebSocket stays with its worker, which ends after it', async () => {
  const { nginx, ask } = await edge()
  const socket = new WebSocket(`ws://127.0.0.1:${nginx.port}/socket.io/`)
  await once(socket, 'open')
  const before = workersOf(nginx.pid)
  process.kill(nginx.pid, 'SIGHUP')
  const kept = await eventually('new workers serve, one old one stays', () => {
    const now = workersOf(nginx.pid)
    const old = now.filter((pid) => before.includes(pid))
    return now.length > old.length && old.length === 1 && old
  })
  expect((await ask('/')).status).toBe(200)
  expect(await echoes(socket, 'still there')).toBe(true)
  socket.close()
  await eventually('the old worker has ended', () => !workersOf(nginx.pid).includes(kept[0] ?? 0))
})

const workersOf = (master: number): number[] =>
  readFileSync(`/proc/${master}/task/${master}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)

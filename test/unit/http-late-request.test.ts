import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { answerMalformed } from '../../src/http/errors.ts'
import { noteRequests } from '../../src/http/late-request.ts'
import { noMeter } from '../../src/ports/meter.ts'

const TIMEOUT_MS = 200
const BODY = 'x'.repeat(500_000)

let server: Server
let client: Socket
beforeEach(async () => {
  const serve: RequestListener = (request, response) => {
    text(request).then(
      (body) => response.end(`${body.length} characters`),
      () => {}, // it was cut off
    )
  }
  server = createServer(
    { headersTimeout: TIMEOUT_MS, requestTimeout: TIMEOUT_MS, connectionsCheckingInterval: 20 },
    serve,
  )
  server.on('clientError', answerMalformed(noMeter))
  server.on('upgrade', (_, socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n'))
  noteRequests(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const accepted = once(server, 'connection')
  client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  await Promise.all([accepted, once(client, 'connect')])
})
afterEach(async () => {
  client.destroy()
  await new Promise((resolve) => server.close(resolve))
})

const post = (length: number) =>
  `POST / HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n`

/** As a process that was stopped and goes on: nothing runs, while the kernel takes what comes. */
function pauseForLong(): void {
  const end = performance.now() + 2 * TIMEOUT_MS
  while (performance.now() < end);
}

describe('[H] after a pause of the process', () => {
  test.each([
    ['a request', `${post(5)}hello`, '200 OK'],
    ['a request with a large body', post(BODY.length) + BODY, '200 OK'],
    [
      'a handshake',
      'GET / HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      '101 Switching',
    ],
  ])('%s that came meanwhile is served', async (_, request, status) => {
    client.write(request)
    pauseForLong()
    expect(await text(client)).toMatch(`HTTP/1.1 ${status}`)
  })
})

test.each([
  ['half a head', 'POST / HTTP/1.1\r\nHost: here\r\n'],
  ['half a body', `${post(10)}hello`],
])('[H] [X6] %s is refused in time', async (_, half) => {
  client.write(half)
  const answer = await text(client)
  expect(answer).toMatch('HTTP/1.1 400 Bad Request')
  expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toEqual({
    error: { code: 'invalid', message: 'the request did not come in time', retryable: false },
  })
})

test('[X6] one that comes byte by byte is refused in time', async () => {
  const drip = setInterval(() => client.write('x'), 1)
  client.write('POST / HTTP/1.1\r\nHost: here\r\nX-Long: ')
  const answer = await text(client)
  clearInterval(drip)
  expect(answer).toMatch('HTTP/1.1 400 Bad Request')
})

test('[X6] who asks nothing is let go without a word', async () => {
  expect(await text(client)).toBe('')
})

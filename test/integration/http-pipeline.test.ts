import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { boundPieces } from '../../src/http/body-pieces.ts'
import { oneAtATime } from '../../src/http/pipeline.ts'
import { eventually } from '../support/conditions.ts'
import { RawConnection } from '../support/raw-connection.ts'
import { startHttp } from './http-fixture.ts'

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`

test('[X6] requests that come at once on one connection are answered one after the other', async () => {
  const { url, newSession, logged, model } = await startHttp()
  const id = await newSession()
  const asked = model.next()
  const connection = await RawConnection.open(url)
  const question = JSON.stringify({ message: 'Well?' })
  const ask = `POST /api/chat/sessions/${id}/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${question.length}\r\n\r\n${question}`
  connection.write(ask + get(`/api/chat/sessions/${id}/history`) + get('/healthz'))
  const { say, end } = await asked
  say('Yes.')
  end()
  const read = await connection.expect('"ok"')
  const [answer, history] = read.split('HTTP/1.1 200 OK').slice(1)
  expect(answer).toContain('"assistant_response":"Yes."')
  expect(history, 'asked for once the answer was there').toContain('"total_messages":2')
  const routes = logged().flatMap(({ msg, route }) => (msg === 'request' ? [route] : []))
  expect(routes.slice(-3)).toEqual(['/api/chat/sessions/:id/messages', '/api/chat/sessions/:id/history', '/healthz'])
})

test('[X6] who sends thousands ahead of their replies is hung up on, and costs no more than a few', async () => {
  const { url, newSession, logged } = await startHttp()
  const id = await newSession()
  const connection = await RawConnection.open(url)
  connection.write(get(`/api/chat/sessions/${id}/history`).repeat(3000))
  await connection.closed()
  await newSession()
  const handled = logged().filter(({ msg, route }) => msg === 'request' && route === '/api/chat/sessions/:id/history')
  expect(handled.length).toBeLessThan(20)
})

test('[X6] where a thousand requests wait behind others, who sends one more ahead is hung up on', async () => {
  const held: ServerResponse[] = []
  const server = createServer((_, response) => void held.push(response))
  oneAtATime(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const greedy = await Promise.all(Array.from({ length: 64 }, () => RawConnection.open(url)))
  for (const connection of greedy) connection.write(get('/').repeat(17))
  await eventually('all are begun', () => held.length === 64)
  const connection = await RawConnection.open(url)
  connection.write(get('/'))
  await eventually('one at a time is let in', () => held.length === 65)
  connection.write(get('/'))
  await connection.closed()
  expect(greedy.every(({ socket }) => socket.writable)).toBe(true)

  for (const { socket } of greedy) socket.destroy()
  await eventually('they are gone', () => held.every(({ closed }) => closed))
  await setImmediate()
  const later = await RawConnection.open(url)
  later.write(get('/').repeat(2))
  await eventually('the first is begun', () => held.length === 66)
  held.at(-1)?.end()
  await eventually('there is room for the second', () => held.length === 67)
})

test('[X6] when it is hung up on, no request is made of what was read already', async () => {
  let made = 0
  let handled = 0
  const server = createServer(() => handled++)
  oneAtATime(server)
  server.on('request', () => made++)
  const broken: Error[] = []
  server.on('clientError', (error) => broken.push(error))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const hasty = await RawConnection.open(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  hasty.write(get('/').repeat(1500))
  await hasty.closed()
  expect({ made, handled }).toEqual({ made: 18, handled: 0 })
  expect(broken).toEqual([])
})

test('a connection serves on after a few requests that came at once', async () => {
  const { url } = await startHttp()
  const connection = await RawConnection.open(url)
  for (let round = 1; round <= 3; round++) {
    connection.write(get('/healthz').repeat(8))
    let replies = 0
    while (replies < 8) replies += (await connection.expect('"ok"')).split('"ok"').length - 1
    expect(replies).toBe(8)
  }
  await eventually('it stays open', () => connection.socket.writable)
})

/** A request whose body comes in chunks of one byte. */
function inBytes(id: string, body: string): string {
  const chunks = [...body].map((byte) => `1\r\n${byte}\r\n`).join('')
  return `POST /api/chat/sessions/${id}/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`
}

test('[X6] who sends a body in ten thousand pieces is hung up on; in two hundred, it is read', async () => {
  const { url, newSession, logged } = await startHttp()
  const id = await newSession()
  const connection = await RawConnection.open(url)
  connection.write(inBytes(id, JSON.stringify({ message: ' '.repeat(200) })))
  expect(await connection.expect('"error"')).toContain('must not be blank')
  connection.write(inBytes(id, JSON.stringify({ message: ' '.repeat(10_000) })))
  await connection.closed()
  expect(connection.read).toBe('')
  expect(logged().filter(({ msg }) => msg === 'request failed')).toEqual([])
})

test('[X6] of a body in ten thousand pieces no more are made than are allowed, and the next connections have their bodies read', async () => {
  let pieces = 0
  let bodies = 0
  const server = createServer((request, response) => {
    request.on('end', () => bodies++).resume()
    request.on('end', () => response.end('read'))
  })
  boundPieces(server)
  server.on('request', (request) => {
    const push = request.push.bind(request)
    request.push = (chunk: unknown) => {
      pieces++
      return push(chunk)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  for (let round = 1; round <= 10; round++) {
    const [hasty, patient] = [await RawConnection.open(url), await RawConnection.open(url)]
    pieces = 0
    hasty.write(inBytes('x', ' '.repeat(10_000)))
    await hasty.closed()
    expect(pieces).toBeLessThan(300)
    patient.write(inBytes('x', ' '.repeat(100)))
    await patient.expect('read')
    expect(bodies).toBe(round)
    patient.socket.destroy()
  }
})

test('many small bodies on one connection are not too many pieces', async () => {
  const { url, newSession } = await startHttp()
  const path = `/api/chat/sessions/${await newSession()}/messages`
  const ask = `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`
  const connection = await RawConnection.open(url)
  for (let asked = 12; asked <= 1200; asked += 12) {
    connection.write(ask.repeat(12))
    await eventually('all are answered', () => connection.read.split('{"error"').length - 1 === asked)
  }
})

test('many bodies in chunks on one connection are not too many pieces, nor is a long one in pieces of a line', async () => {
  const { url, newSession } = await startHttp()
  const id = await newSession()
  const connection = await RawConnection.open(url)
  for (let asked = 1; asked <= 300; asked++) {
    connection.write(inBytes(id, '{}'))
    await eventually('it is answered', () => connection.read.split('{"error"').length - 1 === asked)
  }
  const lines = `41\r\n${' '.repeat(64)}\n\r\n`.repeat(1000)
  connection.write(
    `POST /api/chat/sessions/${id}/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${lines}2\r\n{}\r\n0\r\n\r\n`,
  )
  await eventually('it is answered', () => connection.read.split('{"error"').length - 1 === 301)
})

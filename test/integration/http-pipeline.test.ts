import { expect, test } from 'vitest'
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

import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { eventually, Latch } from '../support/conditions.ts'
import { Scrape } from '../support/series.ts'

let cluster: Cluster
beforeAll(async () => {
  cluster = await startCluster({ env: { STORE: 'memory', SOCKET_MAX_AGE: '1' }, nginx: true })
})
afterAll(() => cluster.stop())

test('a socket that has come to its age is sent away to reconnect; one in which an answer runs, after its end', async () => {
  const gate = new Latch()
  cluster.model.script(async function* () {
    yield 'The beginning'
    await gate.opened
    yield ' and the end.'
  })
  const busy = await cluster.connect(0)
  const sessionId = await busy.newSession()
  const { answer } = await busy.send(sessionId, 'Tell me')
  await busy.text(answer.id)
  // Each lives for at least half a second: after the second one, the busy socket is past its age.
  for (let count = 0; count < 2; count++) {
    const idle = await cluster.connect(0)
    await idle.newSession()
    await idle.event('draining')
    await idle.until('the socket is closed', () => !idle.socket.connected)
  }
  expect(busy.socket.connected).toBe(true)
  expect(busy.all('draining')).toEqual([])
  gate.open()
  expect(await busy.ended(answer.id)).toMatchObject({ content: 'The beginning and the end.', status: 'complete' })
  await busy.event('draining')
  expect((await Scrape.of(cluster.urlOf(0))).value('baton_sockets_closed_total', { reason: 'age' })).toBe(3)
})

test('a request has one id at the edge and in the log of the replica, a WebSocket as well', async () => {
  const headers = { 'x-request-id': 'edge.1234-5678' }
  const client = await cluster.connect('nginx', { headers })
  client.close()
  await fetch(`${cluster.urlOf('nginx')}/api/chat/sessions`, { method: 'POST', headers })
  const logged = (msg: string) =>
    eventually(`the log has ${msg}`, () =>
      cluster.replica(0).logs.some((line) => line.msg === msg && line.reqId === headers['x-request-id']),
    )
  await logged('connected')
  await logged('request')
})

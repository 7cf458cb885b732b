import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Activity } from '../../src/protocol/events.ts'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { Latch } from '../support/conditions.ts'
import { refuse } from '../support/scripted-model-steps.ts'
import type { TestClient } from '../support/test-client.ts'

let cluster: Cluster
let retriever: Server
let found: Latch

beforeAll(async () => {
  found = new Latch()
  retriever = createServer(async (request, response) => {
    request.resume()
    await found.opened
    response.end('{"documents":[]}')
  }).listen(0, '127.0.0.1')
  await once(retriever, 'listening')
  const { port } = retriever.address() as AddressInfo
  cluster = await startCluster({
    replicas: 3,
    env: { RETRIEVER_URL: `http://127.0.0.1:${port}/`, RETRIEVER_TIMEOUT_MS: '10000' },
  })
})
afterAll(async () => {
  await cluster?.stop()
  retriever.closeAllConnections()
  retriever.close()
})

const kindsOf = (client: TestClient): string[] => client.all('activity').map(({ kind }) => kind)
/** What goes on, told to the client so often. */
const hears = (client: TestClient, kind: Activity['kind'], times = 1) =>
  client.until(`${kind} was told`, () => kindsOf(client).filter((told) => told === kind).length >= times)

test('[F7] every socket on any replica is told that documents are searched for and that the model is asked again', async () => {
  cluster.model.script(async function* () {
    yield cluster.model.generations === 1 ? refuse(503, { 'retry-after': '1' }) : 'It is so.'
  })
  const [first, second] = [await cluster.connect(0), await cluster.connect(1)]
  const sessionId = await first.newSession()
  await second.open({ sessionId })
  const { answer } = await first.send(sessionId, 'Why?')
  await Promise.all([hears(first, 'searching'), hears(second, 'searching')])
  const late = await cluster.connect(2)
  await late.open({ sessionId })
  await hears(late, 'searching')
  found.open()
  for (const client of [first, second, late]) {
    expect((await client.ended(answer.id)).content).toBe('It is so.')
    expect(kindsOf(client).at(-1)).toBe('retrying')
    const events = client.received.map(({ event }) => event)
    expect(events.lastIndexOf('activity')).toBeLessThan(events.indexOf('delta'))
    for (const activity of client.all('activity')) expect(activity).toMatchObject({ sessionId, messageId: answer.id })
  }
})

test('[F7] that an answer is gone on with elsewhere is told until its text comes', async () => {
  const goOn = new Latch()
  found.open()
  cluster.model.script(async function* () {
    yield 'So far, '
    await goOn.opened
    yield 'so good.'
  })
  const owner = await cluster.connect(0)
  const watcher = await cluster.connect(1)
  const sessionId = await owner.newSession()
  await watcher.open({ sessionId })
  const { answer } = await owner.send(sessionId, 'Why?')
  await watcher.text(answer.id)
  await cluster.replica(0).kill()
  await hears(watcher, 'resuming', 2)
  goOn.open()
  await watcher.ended(answer.id)
  expect(kindsOf(watcher).at(-1)).toBe('resuming')
})

import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { eventually } from '../support/conditions.ts'
import { BUG, BUG_IN_JSON, BUG_THROWN } from '../support/faulty.ts'
import type { LogLine } from '../support/replica.ts'
import { Scrape } from '../support/series.ts'
import type { TestClient } from '../support/test-client.ts'

/**
 * [X6] A bug behind every door at which something comes in from outside: text with a mark makes the replica throw wherever
 * it is measured. It costs whoever brought it; it is logged with its stack and counted; everybody else goes on.
 */
let cluster: Cluster
let retriever: Server
/** What the retriever finds, if anything. */
let title: string
let excused = 0
/** Somebody whose answer streams all the while. */
let bystander: TestClient
let sessionId: string

beforeAll(async () => {
  retriever = createServer((_, response) =>
    response.end(JSON.stringify({ documents: title === '' ? [] : [{ title, text: 'x' }] })),
  ).listen(0, '127.0.0.1')
  await once(retriever, 'listening')
  cluster = await startCluster({
    program: [join(import.meta.dirname, '../support/faulty-main.ts')],
    env: { RETRIEVER_URL: `http://127.0.0.1:${(retriever.address() as AddressInfo).port}/` },
  })
})
afterAll(async () => {
  retriever?.close()
  const { problems } = await cluster.stop().then(
    () => ({ problems: [] }),
    (error: AggregateError) => ({ problems: error.errors.map(String) }),
  )
  // Nothing but the requests that these tests had fail.
  expect(problems.filter((problem) => !problem.includes(BUG_THROWN))).toEqual([])
  expect(problems).toHaveLength(excused)
})

beforeEach(async () => {
  title = ''
  let over = false
  onTestFinished(() => {
    over = true
  })
  cluster.model.script(async function* () {
    for (let i = 0; !over; i++) {
      yield `${i} `
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  })
  bystander = await cluster.connect()
  sessionId = await bystander.newSession()
  const { answer } = await bystander.send(sessionId, 'Count')
  await bystander.text(answer.id)
})

/** Does what meets the bug, and sees to it that it was logged and counted, and that the bystander's answer goes on. */
async function costsItselfAlone(
  series: string,
  labels: Readonly<Record<string, string>>,
  logged: string,
  work: () => Promise<void>,
): Promise<void> {
  const counted = async () => (await Scrape.of(cluster.urlOf(0))).value(series, labels) || 0
  const [answer] = bystander.all('delta')
  const before = await counted()
  const seen = cluster.replica(0).logs.length
  await work()
  await eventually(`${series} counts it`, async () => (await counted()) === before + 1)
  const line = () =>
    cluster
      .replica(0)
      .logs.slice(seen)
      .find(({ msg }) => msg === logged)
  await eventually('it is in the log', () => line() !== undefined)
  expect(line()).toMatchObject({ err: { stack: expect.stringContaining(BUG_THROWN) } } satisfies LogLine)
  const messageId = answer?.messageId ?? ''
  await bystander.text(messageId, (bystander.shown(messageId)?.content.length ?? 0) + 20)
}

/** JSON of a first message. */
function messageWith(content: string): string {
  return `{"id":"${randomUUID()}","seq":1,"role":"user","content":"${content}","status":"complete","attempt":1,"createdAt":"2026-11-27T00:00:00.000Z","metadata":{}}`
}

test('[X6] a bug in the handler of a socket event', async () => {
  const client = await cluster.connect()
  const mine = await client.newSession()
  excused++
  await costsItselfAlone('baton_errors_total', { code: 'internal' }, 'request failed', async () => {
    const error = await client.refusal('message:send', { sessionId: mine, id: randomUUID(), content: BUG })
    expect(error).toMatchObject({ code: 'internal', retryable: true })
    expect(JSON.stringify(error)).not.toContain(BUG_THROWN)
  })
  expect(await client.request('session:extend', { sessionId: mine })).toMatchObject({ ttlSeconds: 3600 })
})

test('[X6] a bug in an HTTP handler', async () => {
  const url = `${cluster.urlOf(0)}/api/chat/sessions/${sessionId}/messages`
  const headers = { 'content-type': 'application/json' }
  excused++
  await costsItselfAlone('baton_errors_total', { code: 'internal' }, 'request failed', async () => {
    const reply = await fetch(url, { method: 'POST', headers, body: `{"message":"${BUG_IN_JSON}"}` })
    const body = await reply.text()
    expect([reply.status, JSON.parse(body)]).toMatchObject([500, { error: { code: 'internal' } }])
    expect(body).not.toContain(BUG_THROWN)
  })
})

test('[X6] a bug where the stream of the provider is read', async () => {
  const client = await cluster.connect()
  const mine = await client.newSession()
  cluster.model.say(['Well, ', BUG, ' and more'])
  await costsItselfAlone('baton_answers_total', { end: 'internal' }, 'answer failed', async () => {
    const { answer } = await client.send(mine, 'Go')
    const ended = await client.ended(answer.id)
    expect(ended).toMatchObject({ status: 'error', content: 'Well, ', metadata: { error: { code: 'internal' } } })
  })
  cluster.model.say('All is well')
  const { answer } = await client.send(mine, 'Again')
  expect((await client.ended(answer.id)).content).toBe('All is well')
})

test('[S8] [X6] a bug where what the retriever found is read costs the sources', async () => {
  const client = await cluster.connect()
  const mine = await client.newSession()
  title = BUG
  cluster.model.say('Without sources')
  const failed = 'the retriever failed: answering without sources'
  await costsItselfAlone('baton_retriever_failures_total', {}, failed, async () => {
    const { answer } = await client.send(mine, 'Go')
    const ended = await client.ended(answer.id)
    expect(ended).toMatchObject({ status: 'complete', content: 'Without sources' })
    expect(ended.metadata).not.toHaveProperty('sources')
  })
})

test('[X6] a bug where what Redis gave is written to a socket', async () => {
  const client = await cluster.connect()
  const mine = await client.newSession()
  const stored = { seq: 1, version: 1, 'message:1': messageWith(BUG_IN_JSON) }
  await cluster.inspect().hset(`session:{${mine}}`, stored)
  await costsItselfAlone('baton_caught_total', { door: 'socket' }, 'caught at a socket', async () => {
    expect(await client.refusal('session:history', { sessionId: mine })).toMatchObject({ code: 'internal' })
  })
  expect(await client.newSession()).not.toBe(mine)
})

test('[X6] a bug where a message from another replica is told to a socket', async () => {
  const client = await cluster.connect()
  const mine = await client.newSession()
  const redis = cluster.inspect()
  const [address] = await redis.smembers('replicas')
  const json = `[{"kind":"message","sessionId":"${mine}","message":${messageWith(BUG_IN_JSON)},"version":1}]`
  await costsItselfAlone('baton_caught_total', { door: 'socket' }, 'caught at a socket', async () => {
    const closed = new Promise((resolve) => client.socket.once('disconnect', resolve))
    await redis.spublish(`replica:{${address}}`, json)
    await closed
  })
})

test('[X6] [F7] a bug where a socket is told what goes on', async () => {
  const client = await cluster.connect()
  const mine = await client.newSession()
  const { answer } = await client.send(mine, 'Go')
  await client.text(answer.id)
  const redis = cluster.inspect()
  const [address] = await redis.smembers('replicas')
  const event = `{"sessionId":"${mine}","messageId":"${answer.id}","kind":"thinking","text":"${BUG_IN_JSON}"}`
  await costsItselfAlone('baton_caught_total', { door: 'socket' }, 'caught at a socket', async () => {
    const closed = new Promise((resolve) => client.socket.once('disconnect', resolve))
    await redis.spublish(`replica:{${address}}`, `[{"kind":"activity","sessionId":"${mine}","event":${event}}]`)
    await closed
  })
})

/** SIGTERM: answers are handed over or finished, sockets leave, the process ends with 0 (F5). */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { eventually, Latch } from '../support/conditions.ts'
import { loyalClient, newOwner, numbered, ownerOf, reviveAfterwards, WORD_MS } from './fixtures.ts'

let cluster: Cluster
beforeAll(async () => {
  cluster = await startCluster({ replicas: 3, nginx: true, env: { LLM_API: 'responses' } })
})
afterAll(() => cluster.stop())
beforeEach(() => reviveAfterwards(cluster))

test('[F5] [F2] a drained owner hands its answer over: exit 0, a reconnect, no error, no text made twice', async () => {
  const text = numbered(200)
  cluster.model.say(text, { everyMs: WORD_MS })
  const generations = cluster.model.generations
  const redis = cluster.inspect()
  const [asker, sessionId] = await loyalClient(cluster, 'nginx')
  const { answer } = await asker.send(sessionId, 'Tell me')
  const owner = (await ownerOf(redis, sessionId)) ?? 0
  const [watcher] = await loyalClient(cluster, (owner + 1) % 3, sessionId)
  await asker.text(answer.id, 100)
  await cluster.replica(owner).drain() // rejects where the exit code is not 0

  expect(asker.all('draining')).toEqual([{ reconnectInMs: expect.any(Number) }])
  const finals = await Promise.all([asker.ended(answer.id), watcher.ended(answer.id)])
  expect(finals[0]).toEqual(finals[1])
  expect(finals[0]).toMatchObject({ content: text, status: 'complete', attempt: 1 })
  expect((finals[0].metadata.replicas as string[])[0]).toBe(`r${owner + 1}`)
  expect(finals[0].metadata.replicas).toHaveLength(2)
  expect(cluster.model.generations).toBe(generations + 1)
})

test('[F5] a draining replica is unready at once and takes no new sockets', async () => {
  cluster.model.say(numbered(100), { everyMs: WORD_MS })
  const [asker, sessionId] = await loyalClient(cluster, 0)
  const { answer } = await asker.send(sessionId, 'Tell me')
  await asker.text(answer.id, 1)
  asker.socket.io.reconnection(false)
  const drained = cluster.replica(0).drain()
  await asker.event('draining')
  const status = await fetch(`${cluster.urlOf(0)}/readyz`).then(
    (response) => response.status,
    () => 503, // it has gone already
  )
  expect(status).toBe(503)
  await expect(cluster.connect(0)).rejects.toThrow()
  await drained
})

test('[F5] a second SIGTERM ends it at once; the answer is taken over all the same', async () => {
  // What can only be continued is given time to finish: there is something to be impatient about.
  const patient = await startCluster({ replicas: 2, env: { DRAIN_TIMEOUT: '30' } })
  onTestFinished(() => patient.stop())
  const text = numbered(400)
  patient.model.say(text, { everyMs: WORD_MS })
  const redis = patient.inspect()
  const [watcher, sessionId] = await loyalClient(patient, 1)
  const asker = await patient.connect(0)
  const { answer } = await asker.send(sessionId, 'Tell me')
  await watcher.text(answer.id, 100)
  const ended = patient.replica(0).drain()
  ended.catch(() => {}) // awaited below
  await eventually('it drains', () => patient.replica(0).logs.some(({ msg }) => msg === 'draining'))
  process.kill(patient.replica(0).pid, 'SIGTERM')
  await expect(ended).rejects.toThrow('did not stop well (1)')
  await newOwner(redis, sessionId, 0)
  expect(await watcher.ended(answer.id)).toMatchObject({ content: text, status: 'complete', attempt: 1 })
})

test('[F5] [F2] a replica that drains is nobody’s heir', async () => {
  const patient = await startCluster({ replicas: 3, env: { DRAIN_TIMEOUT: '30' } })
  onTestFinished(() => patient.stop())
  const isOver = new Latch()
  patient.model.script(async function* () {
    yield 'So far, '
    await isOver.opened
    yield 'so good.'
  })
  const ask = async (owner: number) => {
    const [watcher, sessionId] = await loyalClient(patient, 1)
    const { answer } = await (await patient.connect(owner)).send(sessionId, 'Well?')
    await watcher.text(answer.id)
    return { watcher, sessionId, answer }
  }
  await ask(2) // keeps it from going
  const talks = await Promise.all(Array.from({ length: 6 }, () => ask(0)))
  const drained = patient.replica(2).drain()
  await eventually('it drains', () => patient.replica(2).logs.some(({ msg }) => msg === 'draining'))
  await patient.replica(0).kill()
  const redis = patient.inspect()
  for (const { sessionId } of talks) await newOwner(redis, sessionId, 0)
  isOver.open()
  for (const { watcher, answer } of talks)
    expect((await watcher.ended(answer.id)).metadata.replicas).toEqual(['r1', 'r2'])
  await drained
})

test('[F5] a rolling restart of all replicas during answers has no visible effect', async () => {
  let isOver = false
  cluster.model.script(async function* () {
    for (let word = 0; !isOver; word++) {
      yield `${word} `
      await pause(WORD_MS)
    }
    yield 'end'
  })
  const generations = cluster.model.generations
  const talks = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const [client, sessionId] = await loyalClient(cluster, 'nginx')
      const { answer } = await client.send(sessionId, 'Count')
      return { client, answer }
    }),
  )
  await Promise.all(talks.map(({ client, answer }) => client.text(answer.id, 50)))
  for (const replica of cluster.replicas) {
    await replica.drain()
    await replica.start()
  }
  isOver = true
  for (const { client, answer } of talks) {
    const final = await client.ended(answer.id)
    expect(final).toMatchObject({ status: 'complete', attempt: 1 })
    expect(final.content).toBe([...Array(final.content.split(' ').length - 1).keys(), 'end'].join(' '))
    expect(new Set(final.metadata.replicas as string[]).size).toBeGreaterThan(1)
  }
  expect(cluster.model.generations).toBe(generations + talks.length)
})

test('[F5] [F4] an answer that seven owners added text to, and handed over in a drain, goes on', async () => {
  let isOver = false
  cluster.model.script(async function* () {
    for (let word = 0; !isOver; word++) {
      yield `${word} `
      await pause(WORD_MS)
    }
    yield 'end'
  })
  const redis = cluster.inspect()
  const [client, sessionId] = await loyalClient(cluster, 'nginx')
  const { answer } = await client.send(sessionId, 'Count')
  for (let drains = 0; drains < 7; drains++) {
    await client.text(answer.id, (client.shown(answer.id)?.content.length ?? 0) + 20)
    const owner = cluster.replica((await ownerOf(redis, sessionId)) ?? expect.fail('it has ended'))
    await owner.drain()
    await owner.start()
  }
  isOver = true
  const final = await client.ended(answer.id)
  expect(final).toMatchObject({ status: 'complete', attempt: 1 })
  expect((final.metadata.replicas as string[]).length).toBeGreaterThan(6)
})

test('[F5] [G2] what was acknowledged while Redis is away is written before its replica goes, if Redis is back in time', async () => {
  const lone = await startCluster({ replicas: 1, env: { DRAIN_TIMEOUT: '60' } })
  onTestFinished(() => lone.stop())
  lone.model.say('An answer.')
  const client = await lone.connect(0)
  const sessionId = await client.newSession()
  const { answer: before } = await client.send(sessionId, 'Are you there?')
  await client.ended(before.id)
  await lone.redis.kill()
  await client.event('backend', ({ backend }) => backend === 'memory')
  const { message, answer, persisted } = await client.send(sessionId, 'And now?')
  expect(persisted).toBe(false)
  await client.ended(answer.id)
  const drained = lone.replica(0).drain()
  await client.event('draining')
  await pause(1500) // only time can show that it waits
  await lone.redis.restart()
  await drained
  const redis = lone.inspect()
  expect(await redis.zscore(`session:{${sessionId}}:ids`, message.id)).not.toBeNull()
  expect(await redis.hget(`session:{${sessionId}}`, 'seq')).toBe('4')
})

test('[F5] neither half a request nor a client that does not say goodbye keeps a replica from going', async () => {
  const lone = await startCluster({ replicas: 1, env: { DRAIN_TIMEOUT: '30' } }) // each resource has more time for its release, on a busy machine too
  onTestFinished(() => lone.stop())
  const { port } = lone.replica(0)
  const path = '/socket.io/?EIO=4&transport=websocket'
  const upgrade = `GET ${path} HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`
  const post =
    'POST /api/chat/sessions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{'
  for (const bytes of [upgrade, post, 'GET /healthz HTTP/1.1\r\nhost: x\r\n']) {
    const socket = connect(port, '127.0.0.1').on('error', () => {})
    onTestFinished(() => void socket.destroy())
    await new Promise((written) => socket.write(bytes, written))
    if (bytes === upgrade) await once(socket, 'data')
    socket.pause()
  }
  await fetch(`${lone.urlOf(0)}/healthz`) // what came before has been read by now
  await lone.replica(0).drain()
  expect(lone.replica(0).logs.at(-1), 'all else was let go').toMatchObject({ msg: 'stopped' })
})

test('[F5] one that is told to go before it serves goes, too: exit 0', async () => {
  const silent = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1')
  onTestFinished(() => void silent.close())
  await once(silent, 'listening')
  const { port } = silent.address() as AddressInfo
  const env = { PATH: process.env.PATH, PORT: '0', HOST: '127.0.0.1', REDIS_URL: `redis://127.0.0.1:${port}` }
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../dist/main.js')], { env, stdio: 'ignore' })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(silent, 'connection')
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
})

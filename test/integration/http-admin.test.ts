import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { AdminSession, AdminState } from '../../src/protocol/admin.ts'
import { numbered, ownerOf } from '../fault/fixtures.ts'
import { type Cluster, startCluster, type Where } from '../support/cluster.ts'
import { eventually } from '../support/conditions.ts'
import type { LogLine } from '../support/replica.ts'
import { startHttp } from './http-fixture.ts'

const [ANNA, BEN] = ['anna-is-her-name-and-this-her-token', 'ben-is-his-name-and-this-his-token-']
const ADMIN_TOKEN = `anna:${ANNA},ben:${BEN}`

let cluster: Cluster
beforeAll(async () => {
  cluster = await startCluster({
    replicas: 3,
    nginx: true,
    env: { ADMIN_TOKEN, LOG_LEVEL: 'info', DRAIN_TIMEOUT: '1' },
  })
  await eventually('each knows the others', async () => {
    const { replicas } = await state()
    return replicas.length === 3 && replicas.every(({ report }) => report !== null)
  })
})
afterAll(() => cluster.stop())

/** Calls `/admin/api` as Anna. */
async function call<T = unknown>(method: string, path: string, body?: object, where: Where = 0) {
  const response = await fetch(`${cluster.urlOf(where)}/admin/api/${path}`, {
    method,
    headers: { authorization: `Bearer ${ANNA}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as T }
}

const state = async () => (await call<AdminState>('GET', 'state')).body
/** The line of an act, which may come after its answer; of several such acts the one with that value. */
const audited = (replica: number, act: string, wanted?: string) =>
  eventually(`${act} is in the audit log`, () =>
    cluster
      .replica(replica)
      .logs.findLast(({ audit, value }) => audit === act && (wanted === undefined || value === wanted)),
  )
const without = ({ time: _time, pid: _pid, hostname: _hostname, ...line }: LogLine) => line

async function runningAnswer(where = 0, everyMs = 20) {
  cluster.model.say(numbered(400), { everyMs })
  const client = await cluster.connect(where)
  const sessionId = await client.newSession()
  const { answer } = await client.send(sessionId, 'Tell me')
  await client.text(answer.id)
  return { client, sessionId, answer }
}

test('without ADMIN_TOKEN there is no such route', async () => {
  const { call: plain } = await startHttp()
  for (const path of ['/admin', '/admin/', '/admin/api/state']) expect((await plain('GET', path)).status).toBe(404)
})

test('who has no token, or a wrong one, or comes from a page elsewhere, is let into nothing; nginx leads nowhere', async () => {
  const statusOf = async (headers: Record<string, string>, path = '/admin/api/state', where: Where = 1) => {
    const { status } = await fetch(cluster.urlOf(where) + path, { headers })
    return status
  }
  const good = { authorization: `Bearer ${ANNA}` }
  expect(await statusOf(good)).toBe(200)
  for (const authorization of ['', `Bearer ${ANNA}x`, `Bearer anna:${ANNA}`, `Basic ${ANNA}`]) {
    expect(await statusOf({ authorization })).toBe(401)
  }
  expect(await statusOf({ ...good, origin: 'https://evil.example' })).toBe(403)
  expect(await statusOf({ ...good, 'sec-fetch-site': 'cross-site' })).toBe(403)
  for (const path of ['/admin', '/admin/', '/admin/api/state', '/chat/admin']) {
    expect(await statusOf(good, path, 'nginx'), path).toBe(404)
  }
  expect(without(await audited(1, 'refused'))).toMatchObject({ address: '127.0.0.1', msg: 'audit' })
})

test('an operator may ask as much at once as he likes: wrong tokens alone count', async () => {
  const all = await Promise.all(Array.from({ length: 60 }, () => call('GET', `sessions/${randomUUID()}`)))
  expect(new Set(all.map(({ status }) => status))).toEqual(new Set([404]))
})

test('no answer is cached or framed, and the page asks nobody else', async () => {
  for (const path of ['/admin', '/admin/main.js', '/admin/style.css', '/admin/api/state']) {
    const { status, headers } = await fetch(cluster.urlOf(0) + path)
    expect(status, path).toBe(path.includes('/api/') ? 401 : 200)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'.*frame-ancestors 'none'$/)
  }
})

test('[H] /admin/ leads to /admin', async () => {
  const { status, url } = await fetch(`${cluster.urlOf(0)}/admin/`)
  expect({ status, url }).toEqual({ status: 200, url: `${cluster.urlOf(0)}/admin` })
})

test('any replica tells of all: what they are, what they produce, and since when', async () => {
  const { client, sessionId, answer } = await runningAnswer(1)
  const { replica, replicas, answers } = await state()
  expect(replica).toBe('r1')
  expect(replicas.map(({ id }) => id)).toEqual(['r1', 'r2', 'r3'])
  expect(replicas[1]?.report).toMatchObject({
    version: expect.any(String),
    connections: 1,
    answers: 1,
    backend: 'redis',
    draining: false,
    logLevel: 'info',
  })
  const [listed] = answers
  expect(listed).toMatchObject({ sessionId, messageId: answer.id, owner: 'r2', attempt: 1 })
  expect(listed?.ageMs).toBeGreaterThan(0)

  const facts = (await call<AdminSession>('GET', `sessions/${sessionId}`)).body
  expect(facts).toMatchObject({ session_id: sessionId, owner: 'r2', message_count: 2 })
  expect(facts.messages.map(({ role, status }) => [role, status])).toEqual([
    ['user', 'complete'],
    ['assistant', 'streaming'],
  ])
  expect(JSON.stringify(facts)).not.toContain('Tell me')

  const stopped = await call('POST', `sessions/${sessionId}/messages/${answer.id}/stop`)
  const told = { done: true, status: 'stopped', characters: expect.any(Number) } // not what was said
  expect(stopped).toEqual({ status: 200, body: told })
  await client.ended(answer.id)
  const line = without(await audited(0, 'stop'))
  expect(line).toMatchObject({ by: 'anna', address: '127.0.0.1', message: answer.id, outcome: 'done', msg: 'audit' })
  expect(line.session).toMatch(/^[0-9a-f]{12}$/)
})

test('sessions are found by user and by id, extended and cleared; each act has its line, failed ones too', async () => {
  const client = await cluster.connect(2)
  const { session } = await client.open({ userId: 'carol' })
  const found = await call<{ sessions: object[]; total: number }>('GET', 'sessions?user_id=carol')
  expect(found.body).toMatchObject({ total: 1, sessions: [{ session_id: session.id }] })
  expect((await call('GET', 'sessions')).status).toBe(400)
  expect((await call('POST', `sessions/${session.id}/extend`)).body).toMatchObject({ ttl_seconds: 3600 })
  expect((await call('DELETE', `sessions/${session.id}`)).status).toBe(200)
  expect(await client.event('session:ended')).toEqual({ sessionId: session.id, reason: 'cleared' })
  expect((await call('DELETE', `sessions/${session.id}`)).status).toBe(404)
  expect((await call('GET', `sessions/${randomUUID()}`)).status).toBe(404)
  const lines = () => cluster.replica(0).logs.filter(({ audit }) => audit === 'extend' || audit === 'clear')
  await eventually('all lines have come', () => lines().length >= 3)
  expect(lines().map(({ audit, outcome }) => [audit, outcome])).toEqual([
    ['extend', 'done'],
    ['clear', 'done'],
    ['clear', 'session_not_found'],
  ])
})

test('the log level of another replica is changed; audit lines come whatever it is', async () => {
  const address = (await state()).replicas[1]?.address ?? expect.fail()
  const path = `replicas/${address}/log-level`
  expect((await call('POST', path, { level: 'debug' })).status).toBe(200)
  expect((await call('POST', path, { level: 'loud' })).status).toBe(400)
  expect((await state()).replicas[1]?.report?.logLevel).toBe('debug')
  await eventually('it logs what it did not', async () => {
    await fetch(`${cluster.urlOf(1)}/healthz`)
    return cluster.replica(1).logs.some(({ level }) => level === 'debug')
  })
  expect((await call('POST', path, { level: 'silent' })).status).toBe(200)
  expect(await audited(1, 'log_level', 'silent')).toMatchObject({ by: 'anna' })
  await call('POST', path, { level: 'info' })
  expect((await call('POST', 'replicas/r9.nobody/drain')).status).toBe(400)
})

test('[X6] who can write to the bus, but has no token, can order nothing', async () => {
  const address = (await state()).replicas[1]?.address ?? expect.fail()
  const redis = cluster.inspect()
  const order = { act: 'drain', value: '', by: 'anna', at: Date.now(), proof: 'A'.repeat(43) }
  const forged = { v: 1, kind: 'ask', from: 'r1.x', id: 'x', order }
  await redis.spublish(`replica:{${address}}`, JSON.stringify([forged]))
  const refused = () => cluster.replica(1).logs.find(({ audit, order }) => audit === 'refused' && order === 'drain')
  expect(await eventually('it is refused', refused)).toMatchObject({ by: 'anna', target: address })
  expect((await fetch(`${cluster.urlOf(1)}/readyz`)).status).toBe(200)
  // Nor is what comes for a report believed.
  const own = (await state()).replicas[0]?.address
  await redis.spublish(`replica:{${own}}`, JSON.stringify([{ v: 1, kind: 'report', id: 'x', report: { x: 1 } }]))
  expect((await state()).replicas).toHaveLength(3)
})

test('[X6] an order that was overheard on the bus cannot be given again', async () => {
  const address = (await state()).replicas[1]?.address ?? expect.fail()
  const redis = cluster.inspect()
  const channel = `replica:{${address}}`
  const listener = redis.duplicate()
  onTestFinished(() => listener.disconnect())
  await listener.ssubscribe(channel)
  const overheard = new Promise<string>((resolve) => {
    listener.on('smessage', (_, json: string) => json.includes('"log_level"') && resolve(json))
  })
  const setLevel = (level: string) => call('POST', `replicas/${address}/log-level`, { level })
  expect((await setLevel('silent')).status).toBe(200)
  expect((await setLevel('info')).status).toBe(200)
  await redis.spublish(channel, await overheard)
  const isRefused = () =>
    cluster.replica(1).logs.some(({ audit, order }) => audit === 'refused' && order === 'log_level')
  await eventually('it is refused', isRefused)
  expect((await state()).replicas[1]?.report?.logLevel).toBe('info')
})

test('[F2] takeovers of a killed replica are listed; a frozen one is said to be silent, and holds nobody up for long', async () => {
  const { client, sessionId, answer } = await runningAnswer(2, 10)
  const watcher = await cluster.connect(0)
  await watcher.open({ sessionId })
  expect(await ownerOf(cluster.inspect(), sessionId)).toBe(2)
  client.close()
  await cluster.replica(2).kill()
  const [takeover] = await eventually('it is taken over', async () => {
    const { takeovers } = await state()
    return takeovers.length > 0 && takeovers
  })
  expect(takeover).toMatchObject({ sessionId, messageId: answer.id, cause: 'death', outcome: 'continue' })
  expect(takeover?.from).toMatch(/^r3\./)
  await call('POST', `sessions/${sessionId}/messages/${answer.id}/stop`)
  await watcher.ended(answer.id)
  await cluster.replica(2).start()

  cluster.replica(1).freeze()
  onTestFinished(() => cluster.replica(1).thaw())
  const { replicas } = await state()
  expect(replicas.find(({ id }) => id === 'r2')?.report ?? null).toBeNull()
  cluster.replica(1).thaw()
})

test('[F5] another replica is drained, as by SIGTERM, however often it is ordered to', async () => {
  const address = await eventually(
    'r3 is there',
    async () => (await state()).replicas.find(({ id, report }) => id === 'r3' && report !== null)?.address,
  )
  await runningAnswer(2) // keeps it draining
  const left = cluster.replica(2).left()
  const drain = async () => (await call('POST', `replicas/${address}/drain`)).status
  expect(await Promise.all([drain(), drain()])).toEqual([200, 200])
  expect(await drain()).toBe(200)
  expect(await left).toBe(0)
  expect(await audited(2, 'drain')).toMatchObject({ by: 'anna', target: address })
  await eventually('it is gone', async () => !(await state()).replicas.some((one) => one.address === address))
})

test('[G1] while Redis is away a replica tells of itself what it holds, and others are silent', async () => {
  const client = await cluster.connect(0)
  const sessionId = await client.newSession()
  await cluster.redis.kill()
  const own = async () => (await state()).replicas.find(({ id }) => id === 'r1')?.report
  await eventually('it serves from memory', async () => (await own())?.backend === 'memory')
  cluster.model.say('Ok.')
  await client.ended((await client.send(sessionId, 'still there?')).answer.id)
  const { replicas } = await state()
  const report = replicas.find(({ id }) => id === 'r1')?.report
  expect(report?.heldSessions).toBeGreaterThan(0)
  expect(report?.heldBytes).toBeLessThan(report?.heldMaxBytes ?? 0)
  expect(replicas.find(({ id }) => id === 'r2')?.report ?? null).toBeNull()
  expect((await call('DELETE', `sessions/${randomUUID()}`)).status).toBe(503)
  const r2 = replicas.find(({ id }) => id === 'r2')?.address
  const ordered = await call('POST', `replicas/${r2}/log-level`, { level: 'info' })
  expect(ordered).toMatchObject({
    status: 503,
    body: { error: { code: 'overloaded', message: expect.stringMatching(/^Redis is away, /) } },
  })
  await cluster.redis.restart()
  await eventually('all speak again', async () => {
    const reports = (await state()).replicas.map(({ report }) => report)
    return reports.length >= 2 && reports.every((report) => report?.backend === 'redis')
  })
})

test('[X1] a list without a user is refused in words that name what is missing', async () => {
  for (const query of ['', '?user_id=']) {
    const { status, body } = await call('GET', `sessions${query}`)
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid', message: 'user_id: is missing' } },
    })
  }
})

test('whoever tries tokens is refused for a minute, whatever the next one is', async () => {
  const tryOne = (token: string) =>
    fetch(`${cluster.urlOf(0)}/admin/api/state`, { headers: { authorization: `Bearer ${token}` } })
  const wrong = await Promise.all(Array.from({ length: 30 }, (_, i) => tryOne(`guess-${i}`)))
  expect(wrong.some(({ status }) => status === 429)).toBe(true)
  const right = await tryOne(BEN)
  expect([right.status, (await right.json()).error.code]).toEqual([429, 'rate_limited'])
  expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(0)
})

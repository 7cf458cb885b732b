import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { BatonClient } from '../../src/client/index.ts'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { eventually, Latch, within } from '../support/conditions.ts'
import { RawClient, refusalOf } from '../support/raw-client.ts'
import { freePort } from '../support/redis.ts'
import { sessionKeys } from '../support/redis-inspection.ts'
import { Scrape } from '../support/series.ts'
import type { TestClient } from '../support/test-client.ts'

const SECRET = 'a secret of the tests alone, long enough'
const GOOD_ORIGIN = 'https://good.example'
/** More than the kernel takes for a socket whose other end does not read, by far. */
const CHARACTERS = 16 * 1024 * 1024

function tokenFor(sub: string, secondsLeft = 600): Promise<string> {
  return new SignJWT({ sub })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(Math.floor(Date.now() / 1000) + secondsLeft)
    .sign(new TextEncoder().encode(SECRET))
}

describe('[X3] with AUTH=jwt', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startCluster({
      replicas: 2,
      env: {
        AUTH: 'jwt',
        JWT_SECRET: SECRET,
        JWT_JWKS_URL: `http://127.0.0.1:${await freePort()}/keys`,
        CONNECT_LIMIT: '0',
        MAX_SESSIONS_PER_USER: '3',
        MAX_ANSWER_BYTES: String(2 * CHARACTERS),
      },
    })
  })
  afterAll(() => cluster.stop())

  const connectAs = async (user: string, where = 0): Promise<TestClient> =>
    cluster.connect(where, { auth: { token: await tokenFor(user) } })

  /** The data of the error that the CONNECT is refused with. */
  const refusalOf = async (auth: object): Promise<unknown> => {
    const error = await cluster.connect(0, { auth }).then(
      () => null,
      (thrown: unknown) => thrown,
    )
    return (error as { data?: unknown } | null)?.data
  }

  test('a missing, malformed, foreign or expired token is refused as unauthorized', async () => {
    const foreign = await new SignJWT({ sub: 'ann' })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode('another secret'))
    const unsigned = `${btoa('{"alg":"none"}')}.${btoa('{"sub":"ann"}')}.`.replaceAll('=', '')
    const tokens = [
      undefined,
      '',
      'nonsense',
      42,
      { a: 1 },
      foreign,
      unsigned,
      await tokenFor('ann', -60),
      await tokenFor(''),
    ]
    for (const token of tokens) {
      expect(await refusalOf({ token })).toMatchObject({ code: 'unauthorized', retryable: false })
    }
  })

  test('where the keys cannot be had, the refusal says so, the log has why, and it is counted as that', async () => {
    const token = `${btoa('{"alg":"RS256"}')}.${btoa('{"sub":"ann"}')}.AAAA`.replaceAll('=', '')
    expect(await refusalOf({ token })).toMatchObject({ code: 'overloaded', retryable: true })
    const metrics = await Scrape.of(cluster.urlOf(0))
    expect(metrics.value('baton_connects_refused_total', { reason: 'keys' })).toBe(1)
    await eventually('the log has why', () => cluster.replica(0).logs.find(({ setting }) => setting === 'JWT_JWKS_URL'))
  })

  test('a session belongs to its user; nobody else finds it, by whatever event, on whatever replica', async () => {
    cluster.model.say('Private.')
    const ann = await connectAs('ann')
    const { session } = await ann.open()
    expect(session.userId).toBe('ann')
    const sent = await ann.send(session.id, 'Mine')
    await ann.ended(sent.answer.id)

    const sessionId = session.id
    const messageId = sent.answer.id
    for (const where of [0, 1]) {
      const bob = await connectAs(`bob-${where}`, where)
      const attempts: [string, object][] = [
        ['session:open', { sessionId }],
        ['message:send', { sessionId, id: randomUUID(), content: 'hi' }],
        ['message:send', { sessionId, id: sent.message.id, content: 'Mine' }],
        ['message:stop', { sessionId, messageId }],
        ['message:regenerate', { sessionId, messageId }],
        ['session:history', { sessionId }],
        ['session:extend', { sessionId }],
        ['session:clear', { sessionId }],
      ]
      for (const [event, payload] of attempts) {
        const { code, message } = await bob.refusal(event, payload)
        expect({ event, code }).toEqual({ event, code: 'session_not_found' })
        expect(message).not.toContain('ann')
      }
      expect(await bob.open({ resume: 'latest' })).toMatchObject({ resumed: false })
      expect(await bob.refusal('session:open', { userId: 'ann' })).toMatchObject({ code: 'forbidden' })
      expect(await bob.refusal('session:open', { userId: 'ann', resume: 'latest' })).toMatchObject({
        code: 'forbidden',
      })
      expect(bob.received).toEqual([])
    }
    const annElsewhere = await connectAs('ann', 1)
    const back = await annElsewhere.open({ resume: 'latest', userId: 'ann' })
    expect(back).toMatchObject({ resumed: true, session: { id: sessionId, messageCount: 2 } })
  })

  test('not a word of an answer reaches strangers who ask for its session again and again while it streams', async () => {
    let isOver = false
    cluster.model.script(async function* () {
      for (let i = 0; !isOver; i++) {
        yield `Private ${i}. `
        await pause(5)
      }
    })
    const ann = await connectAs('ann')
    const { session } = await ann.open()
    const { answer } = await ann.send(session.id, 'Mine')
    const strangers = await Promise.all(Array.from({ length: 8 }, (_, i) => connectAs(`stranger ${i}`)))
    const ask = async (stranger: TestClient) => {
      while (ann.all('delta').length < 40) {
        const { code } = await stranger.refusal('session:open', { sessionId: session.id })
        expect(code).toBe('session_not_found')
      }
    }
    await Promise.all(strangers.map(ask))
    isOver = true
    await ann.ended(answer.id)
    expect(strangers.flatMap(({ received }) => received)).toEqual([])
  })

  test('[X6] of more than MAX_SESSIONS_PER_USER the oldest goes, whoever has it open is told, and nothing of it stays', async () => {
    cluster.model.say('Ok.')
    const user = 'collector'
    const [here, there] = [await connectAs(user), await connectAs(user, 1)]
    const { session: first } = await there.open()
    const { session: second } = await here.open()
    await here.ended((await here.send(second.id, 'hello')).answer.id)
    const others = [await here.newSession(), await here.newSession()]
    const told = await there.until('session:ended', () => there.all('session:ended')[0])
    expect(told).toEqual({ sessionId: first.id, reason: 'cleared' })
    expect(await sessionKeys(cluster.inspect(), first.id)).toEqual([])
    const listed = await fetch(`${cluster.urlOf(1)}/api/chat/sessions`, {
      headers: { authorization: `Bearer ${await tokenFor(user)}` },
    })
    const { sessions, total } = (await listed.json()) as { sessions: { session_id: string }[]; total: number }
    expect(total).toBe(3)
    expect(sessions.map(({ session_id }) => session_id).sort()).toEqual([second.id, ...others].sort())
    expect(here.all('session:ended')).toEqual([])
  })

  test('a fresh token renews the connection while it lives; another user’s, or a bad one, changes nothing', async () => {
    const client = await cluster.connect(0, { auth: { token: await tokenFor('ann', 4) } })
    await client.newSession()
    await client.until('it is told', () => client.all('auth:expiring').length > 0)
    const refusal = async (token: string) =>
      (await client.request('auth:renew', { token }).catch((error) => error)).body
    expect(await refusal(await tokenFor('bob'))).toMatchObject({ code: 'forbidden' })
    expect(await refusal('nonsense')).toMatchObject({ code: 'unauthorized' })
    const { expiresInMs } = await client.request('auth:renew', { token: await tokenFor('ann', 600) })
    expect(expiresInMs).toBeGreaterThan(500_000)
    const brief = await cluster.connect(0, { auth: { token: await tokenFor('ann', 5) } })
    await brief.until(
      'one that is not renewed ends, later than the first would have',
      () => !brief.socket.connected,
      9000,
    )
    expect(client.socket.connected).toBe(true)
  })

  test('[E] the SDK renews by its token callback: an answer streams over the end of a token, and no reconnect is seen', async () => {
    const latch = cluster.model.saysInTwo('half', ' and half')
    let asked = 0
    const client = new BatonClient({ url: cluster.urlOf(0), token: () => tokenFor('ann', ++asked > 2 ? 600 : 4) })
    const seen = new Set<string>()
    client.subscribe(({ connection }) => seen.add(connection))
    try {
      await client.open()
      seen.clear()
      const { answer } = await client.send('go')
      await eventually('the third token is asked for', () => asked === 3)
      const brief = await cluster.connect(0, { auth: { token: await tokenFor('ann', 5) } })
      await brief.until('every earlier token has ended', () => !brief.socket.connected, 9000)
      latch.open()
      expect((await client.follow(answer.id)).content).toBe('half and half')
      expect([...seen]).toEqual(['online'])
    } finally {
      client.close()
    }
  })

  test('a token that expires ends its sockets, and only those', async () => {
    const steady = await connectAs('ann')
    const brief = await cluster.connect(0, { auth: { token: await tokenFor('ann', 2) } })
    await brief.newSession()
    await brief.until('the socket ends', () => !brief.socket.connected, 6000)
    expect(steady.socket.connected).toBe(true)
  })

  test('a token that expires ends the socket of a client that does not read at once, too', async () => {
    const piece = 'All work and no play makes Jack a dull boy. '.repeat(300)
    const latch = new Latch()
    cluster.model.script(async function* () {
      for (let said = 0; said < CHARACTERS; said += piece.length) yield piece
      await latch.opened
    })
    const ann = await connectAs('ann', 1)
    const sessionId = await ann.newSession()
    const connections = async () => {
      const metrics = await (await fetch(`${cluster.replica(0).url}/metrics`)).text()
      return Number(/^baton_connections(?:\{.*\})? (\d+)$/m.exec(metrics)?.[1])
    }
    const before = await connections()
    const slow = await RawClient.open(cluster.urlOf(0))
    slow.send(`40${JSON.stringify({ token: await tokenFor('ann', 8) })}`)
    await slow.frame((frame) => frame.startsWith('40'))
    expect(await connections()).toBe(before + 1)
    await slow.emit('"session:open"', JSON.stringify({ sessionId }))
    const { answer } = await ann.send(sessionId, 'Write a novel')
    await slow.frame((frame) => frame.startsWith('42["delta"'))
    slow.pause()
    await ann.text(answer.id, CHARACTERS)
    await eventually('its socket ends', async () => (await connections()) === before, 8000)
    latch.open()
    await ann.ended(answer.id)
  })
})

describe('[X4] with ALLOWED_ORIGINS', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startCluster({ env: { STORE: 'memory', ALLOWED_ORIGINS: `${GOOD_ORIGIN},http://localhost:3000` } })
  })
  afterAll(() => cluster.stop())

  /** `open`, or the status with which the upgrade was refused. */
  async function upgrade(origin: string | undefined): Promise<'open' | number> {
    const url = `${cluster.urlOf(0).replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`
    const socket = new WebSocket(url, origin === undefined ? {} : { origin })
    const outcome = Promise.withResolvers<'open' | number>()
    socket.on('open', () => outcome.resolve('open'))
    socket.on('unexpected-response', (_request, response) => outcome.resolve(response.statusCode ?? 0))
    socket.on('error', outcome.reject)
    try {
      return await within('the upgrade is answered', outcome.promise)
    } finally {
      socket.terminate()
    }
  }

  test('the upgrade of any other origin is refused; the allowed ones, and no browser at all, are let in', async () => {
    for (const origin of [undefined, GOOD_ORIGIN, 'http://localhost:3000']) expect(await upgrade(origin)).toBe('open')
    const evil = [
      'https://evil.example',
      'http://good.example',
      'https://good.example.evil.example',
      'https://good.example:8443',
      'https://evil.example/https://good.example',
      'https://GOOD.example',
      'http://localhost:3001',
      'null',
      '*',
    ]
    for (const origin of evil) expect([origin, await upgrade(origin)]).toEqual([origin, expect.any(Number)])
    const metrics = await (await fetch(`${cluster.urlOf(0)}/metrics`)).text()
    expect(metrics).toMatch(/^baton_connections(?:\{.*\})? 0$/m)
  })
})

describe('[X5] limits, counted over all replicas', () => {
  const LIMIT = 5
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startCluster({ replicas: 2, env: { RATE_LIMIT: String(LIMIT), CONNECT_LIMIT: '40' } })
  })
  afterAll(() => cluster.stop())

  /** An address of a test's own: the loopback is a trusted proxy. */
  const from = (address: string) => ({ headers: { 'x-forwarded-for': address } })

  test('RATE_LIMIT messages a minute per address; the same id again does not count', async () => {
    cluster.model.say('Ok.')
    const first = await cluster.connect(0, from('203.0.113.1'))
    const second = await cluster.connect(1, from('203.0.113.1'))
    const sessionId = await first.newSession()
    await second.open({ sessionId })
    const sent = []
    for (let i = 0; i < LIMIT; i++) {
      const client = i % 2 === 0 ? first : second
      const one = await client.send(sessionId, `message ${i}`)
      await client.ended(one.answer.id)
      for (const other of [first, second]) {
        expect((await other.send(sessionId, `message ${i}`, one.message.id)).message).toEqual(one.message)
      }
      sent.push(one)
    }
    for (const client of [first, second]) {
      const refusal = await client.refusal('message:send', { sessionId, id: randomUUID(), content: 'one more' })
      expect(refusal).toMatchObject({ code: 'rate_limited', retryable: true })
      expect(refusal.retryAfterMs).toBeGreaterThan(0)
      expect(refusal.retryAfterMs).toBeLessThanOrEqual(60_000)
    }
    for (const one of sent) expect((await second.send(sessionId, 'again', one.message.id)).message).toEqual(one.message)
    expect((await first.open({ sessionId })).messages).toHaveLength(2 * LIMIT)

    const other = await cluster.connect(0, from('203.0.113.2'))
    await other.open({ sessionId })
    const free = await other.send(sessionId, 'another address')
    await other.ended(free.answer.id)
  })

  test('what is refused costs no allowance', async () => {
    cluster.model.say('Ok.')
    const client = await cluster.connect(0, from('203.0.113.3'))
    const sessionId = await client.newSession()
    for (let i = 0; i < 2 * LIMIT; i++) {
      await client.refusal('message:send', { sessionId, id: randomUUID(), content: ' ' })
      await client.refusal('message:send', { sessionId: randomUUID(), id: randomUUID(), content: 'nowhere' })
    }
    await client.ended((await client.send(sessionId, 'at last')).answer.id)
  })

  test('CONNECT_LIMIT connections a minute per address', async () => {
    let refused = 0
    for (let i = 0; i < 44; i++) {
      const client = await cluster.connect(i % 2, from('203.0.113.4')).catch(() => null)
      if (client === null) refused++
      else client.close()
    }
    expect(refused).toBe(4)
    const { response, body } = await refusalOf(cluster.urlOf(0), from('203.0.113.4').headers)
    expect(response.statusCode).toBe(429)
    expect(Number(response.headers['retry-after'])).toBeGreaterThan(0)
    expect(body).toMatchObject({ error: { code: 'rate_limited', retryAfterMs: expect.any(Number) } })
    await cluster.connect(0, from('203.0.113.5'))
  })
})

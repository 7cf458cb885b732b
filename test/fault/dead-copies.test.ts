/** A session that has expired, or was cleared, is not brought back by the copy that a replica still has when Redis goes away (G1, S1, S3). */
import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import { expect, onTestFinished, test } from 'vitest'
import { Keys } from '../../src/store/redis/keys.ts'
import { startCluster } from '../support/cluster.ts'
import { eventually } from '../support/conditions.ts'
import { Scrape } from '../support/series.ts'

const keys = new Keys()
const JWT_SECRET = 'a secret of the tests alone, long enough'

const tokenFor = (user: string): Promise<string> =>
  new SignJWT({ sub: user })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('10m')
    .sign(new TextEncoder().encode(JWT_SECRET))

/** Two replicas; the first has had a conversation, of `user` where there is one, and nobody follows it any more. */
async function afterATalk(env: Record<string, string> = {}, user: string | null = null) {
  const cluster = await startCluster({ replicas: 2, wired: true, env })
  onTestFinished(() => cluster.stop())
  const redis = cluster.inspect()
  onTestFinished(() => redis.disconnect())
  const token = user === null ? undefined : await tokenFor(user)
  const client = await cluster.connect(0, { auth: { token } })
  const sessionId = await client.newSession()
  await client.ended((await client.send(sessionId, 'a secret')).answer.id)
  client.close()
  const [session, , , watchers] = keys.ofSession(sessionId)
  await eventually('nobody follows it', async () => (await redis.exists(watchers)) === 0)

  /** Asks the first replica of the session, over HTTP. */
  function ask(path: string, body?: object): Promise<Response> {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
    const init = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) }
    return fetch(`${cluster.urlOf(0)}/api/chat/sessions/${sessionId}/${path}`, init)
  }
  /** What the first replica says of the session once it is without Redis. */
  async function askedWithoutRedis(): Promise<Response> {
    cluster.wire(0).cut()
    const url = cluster.urlOf(0)
    await eventually('it is without Redis', async () => (await Scrape.of(url)).value('baton_memory_mode') === 1)
    return ask('history')
  }
  return { cluster, redis, session, sessionId, ask, askedWithoutRedis }
}

test('[G1] a copy of a session that lives is served while Redis is away', async () => {
  const { askedWithoutRedis } = await afterATalk()
  const response = await askedWithoutRedis()
  expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('a secret')])
})

test('[G1] [S3] one of a session that has expired is not', async () => {
  const { cluster, redis, session, sessionId, askedWithoutRedis } = await afterATalk({ SESSION_TTL: '2' })
  await eventually('it has expired', async () => (await redis.exists(session)) === 0)
  expect((await askedWithoutRedis()).status).toBe(503)
  const client = await cluster.connect(0)
  expect(await client.refusal('session:open', { sessionId })).toMatchObject({ code: 'overloaded' })
})

test('[G1] [S3] one of a session whose key is gone before its time, as Redis has said, is not', async () => {
  const { cluster, redis, session, sessionId, askedWithoutRedis } = await afterATalk()
  const client = await cluster.connect(0)
  await client.open({ sessionId })
  await redis.del(session)
  await client.until('it is told as expired', () => client.all('session:ended').length > 0)
  client.close()
  expect((await askedWithoutRedis()).status).toBe(503)
})

const QUESTION = { message: 'again' }
const USERS = { AUTH: 'jwt', JWT_SECRET }

test.for([
  ['a question', null, 'messages', QUESTION],
  ['a question of its user', 'ann', 'messages', QUESTION],
  ['what its user reads', 'ann', 'history', undefined],
  ['what its user has made again', 'ann', `messages/${randomUUID()}/regenerate`, {}],
] as const)('[G1] [S1] nor one of which Redis has said so to %s', async ([, user, path, body]) => {
  const { redis, session, ask, askedWithoutRedis } = await afterATalk(user === null ? {} : USERS, user)
  await redis.del(session)
  expect((await ask(path, body)).status).toBe(404)
  expect((await askedWithoutRedis()).status).toBe(503)
})

test('[G1] [X3] a copy of a session that another user asks for is kept', async () => {
  const { cluster, sessionId, askedWithoutRedis } = await afterATalk(USERS, 'ann')
  const headers = { authorization: `Bearer ${await tokenFor('bob')}` }
  const { status } = await fetch(`${cluster.urlOf(0)}/api/chat/sessions/${sessionId}/history`, { headers })
  expect([status, (await askedWithoutRedis()).status]).toEqual([404, 200])
})

test('[G1] [S1] one of a session that was cleared at another replica is not', async () => {
  const { cluster, redis, sessionId, askedWithoutRedis } = await afterATalk()
  const [member] = (await redis.smembers(keys.membership)).filter((address) => address.startsWith('r1.'))
  const told: string[] = []
  redis.on('smessage', (_channel, notes) => told.push(notes))
  await redis.ssubscribe(keys.bus(member ?? ''))
  expect((await fetch(`${cluster.urlOf(1)}/api/chat/sessions/${sessionId}`, { method: 'DELETE' })).status).toBe(200)
  await eventually('the first replica is told', () => told.some((notes) => notes.includes(sessionId)))
  expect((await askedWithoutRedis()).status).toBe(503)
})

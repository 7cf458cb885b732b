import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { Keys } from '../../src/store/redis/keys.ts'
import { numbered } from '../fault/fixtures.ts'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { eventually, Latch } from '../support/conditions.ts'
import type { TestClient } from '../support/test-client.ts'

const SECRET = 'a secret of the tests alone, long enough'
const DAY_MS = 24 * 60 * 60 * 1000

let cluster: Cluster
beforeAll(async () => {
  cluster = await startCluster({
    replicas: 2,
    env: {
      AUTH: 'jwt',
      JWT_SECRET: SECRET,
      JWT_GROUP_CLAIM: 'org',
      DAILY_MESSAGES_PER_USER: '3',
      DAILY_SESSIONS_PER_USER: '2',
      MAX_ANSWERS_PER_USER: '1',
      DAILY_TOKENS_PER_GROUP: '40',
    },
  })
})
afterAll(() => cluster.stop())

function tokenFor(sub: string, org: unknown = sub): Promise<string> {
  const token = new SignJWT({ sub, org }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('10m')
  return token.sign(new TextEncoder().encode(SECRET))
}

const connectAs = async (user: string, where = 0, org = user): Promise<TestClient> =>
  cluster.connect(where, { auth: { token: await tokenFor(user, org) } })

async function post(path: string, user: string, body?: object) {
  const headers = { authorization: `Bearer ${await tokenFor(user)}`, 'content-type': 'application/json' }
  return fetch(`${cluster.urlOf(0)}${path}`, { method: 'POST', headers, body: body ? JSON.stringify(body) : null })
}

const say = (sessionId: string) => ({ sessionId, id: randomUUID(), content: 'hello' })

test('[X5] [M2] the messages of a day are used up over sockets and HTTP alike; a repeat is none, and is still answered', async () => {
  cluster.model.say('Ok.')
  const [here, there] = [await connectAs('ann'), await connectAs('ann', 1)]
  const sessionId = await here.newSession()
  await there.open({ sessionId })
  const first = await here.send(sessionId, 'one')
  await here.ended(first.answer.id)
  await here.ended((await there.send(sessionId, 'two')).answer.id)
  expect((await here.send(sessionId, 'one', first.message.id)).answer.id).toBe(first.answer.id)
  expect((await post(`/api/chat/sessions/${sessionId}/messages`, 'ann', { message: 'three' })).status).toBe(200)

  const refusal = await there.refusal('message:send', say(sessionId))
  expect(refusal).toMatchObject({
    code: 'quota_exceeded',
    message: 'all messages of this user for today are used up, there are new ones tomorrow (UTC)',
    retryable: true,
  })
  expect(refusal.retryAfterMs).toSatisfy((ms: number) => ms > 0 && ms <= DAY_MS)
  const refused = await post(`/api/chat/sessions/${sessionId}/messages`, 'ann', { message: 'four' })
  expect([refused.status, (await refused.json()).error.code]).toEqual([429, 'quota_exceeded'])
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect((await here.send(sessionId, 'one', first.message.id)).answer.content).toBe('Ok.')
})

test('[X5] a session that is made for a question that is refused is not one of the day', async () => {
  cluster.model.say('Ok.')
  const client = await connectAs('gil')
  const sessionId = await client.newSession()
  for (const question of ['one', 'two', 'three']) await client.ended((await client.send(sessionId, question)).answer.id)
  for (let times = 0; times < 2; times++) {
    const refused = await post('/api/send-message', 'gil', { question: 'four' })
    expect((await refused.json()).error.message).toContain('all messages of this user')
  }
  expect((await post('/api/chat/sessions', 'gil')).status).toBe(201)
  expect((await post('/api/chat/sessions', 'gil')).status).toBe(429)
})

test('[X5] the sessions of a day, however they are made', async () => {
  const client = await connectAs('bob')
  const sessionId = await client.newSession()
  expect((await post('/api/chat/sessions', 'bob')).status).toBe(201)
  expect(await client.refusal('session:open', {})).toMatchObject({ code: 'quota_exceeded' })
  for (const path of ['/api/chat/sessions', '/api/session/create']) {
    expect((await post(path, 'bob')).status).toBe(429)
  }
  expect(await client.open({ sessionId })).toMatchObject({ resumed: true })
})

test('[X5] [F2] an answer counts as one at once until it ends, and its tokens for its group, also where its owner is killed', async () => {
  const text = numbered(60)
  cluster.model.say(text, { everyMs: 10 })
  const asker = await connectAs('cleo', 1, 'acme')
  const [first, second] = [await asker.newSession(), await asker.newSession()]
  const owner = await connectAs('cleo', 0, 'acme')
  await owner.open({ sessionId: first })
  const { answer } = await owner.send(first, 'Tell me')
  const refused = await asker.refusal('message:send', say(second))
  expect(refused).toMatchObject({ code: 'quota_exceeded', message: expect.stringContaining('at once') })
  await asker.open({ sessionId: first })
  await cluster.replica(0).kill()
  expect((await asker.ended(answer.id)).content).toBe(text)
  // Of the user's quota and the group's, the user's is told first: it has room again.
  await eventually('the tokens of the group are used up', async () => {
    const reply = await asker.ask('message:send', say(second))
    return !reply.ok && reply.error.message.startsWith('all tokens of this group')
  })
  await cluster.replica(0).start()
})

/** An answer of this user has said something and is not done. */
async function midway(user: string) {
  const goOn = new Latch()
  cluster.model.script(async function* () {
    yield 'So far, so good. '
    await goOn.opened
  })
  onTestFinished(() => goOn.open())
  const owner = await connectAs(user)
  const sessionId = await owner.newSession()
  const { answer } = await owner.send(sessionId, numbered(60))
  await owner.text(answer.id)
  return { owner, sessionId, messageId: answer.id }
}

test('[X5] [D7] an answer that is stopped through another replica costs what it costs where its owner stops it', async () => {
  const usages: unknown[] = []
  for (const [user, where] of [
    ['finn', 0],
    ['gwen', 1],
  ] as const) {
    const { sessionId, messageId } = await midway(user)
    const client = await connectAs(user, where)
    await client.open({ sessionId })
    const { message } = await client.request('message:stop', { sessionId, messageId })
    expect(message).toMatchObject({ status: 'stopped', content: 'So far, so good. ' })
    usages.push(message.metadata.usage)
    await eventually('the tokens of the group are used up', async () => {
      const reply = await client.ask('message:send', say(sessionId))
      return !reply.ok && reply.error.message.startsWith('all tokens of this group')
    })
  }
  expect(usages[1]).toEqual(usages[0])
}, 20_000)

test('[X5] [G6] an answer whose session was lost is one at once no more, and its tokens count', async () => {
  const { owner, sessionId } = await midway('hal')
  const next = await owner.newSession()
  expect(await owner.refusal('message:send', say(next))).toMatchObject({ code: 'quota_exceeded' })
  await cluster.inspect().del(new Keys().session(sessionId))
  await eventually('the tokens of the group are used up', async () => {
    const reply = await owner.ask('message:send', say(next))
    return !reply.ok && reply.error.message.startsWith('all tokens of this group')
  })
}, 20_000)

test('[X3] [X5] from a fresh token on, a connection counts for the group that this one names', async () => {
  cluster.model.say(numbered(60))
  const client = await connectAs('eve', 0, 'full')
  const sessionId = await client.newSession()
  await client.ended((await client.send(sessionId, 'Tell me')).answer.id)
  await eventually('the tokens of the group are used up', async () => {
    const reply = await client.ask('message:send', say(sessionId))
    return !reply.ok && reply.error.message.startsWith('all tokens of this group')
  })
  await client.request('auth:renew', { token: await tokenFor('eve', 'another') })
  expect(await client.ask('message:send', say(sessionId))).toMatchObject({ ok: true })
})

test('[X5] a token whose group is none is refused', async () => {
  const token = await tokenFor('dora', ['acme'])
  await expect(cluster.connect(0, { auth: { token } })).rejects.toThrow('token: its org cannot be used as a group')
})

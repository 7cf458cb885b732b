/** What must not happen for a caller before, or without, the check that it may (X3, X4). */
import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { type Cluster, type ClusterOptions, startCluster } from '../support/cluster.ts'
import { within } from '../support/conditions.ts'
import { RawClient } from '../support/raw-client.ts'
import { Scrape } from '../support/series.ts'

const SECRET = 'a secret of the tests alone, long enough'
const TOKENS = { AUTH: 'jwt', JWT_SECRET: SECRET }

async function clusterOf(options: ClusterOptions): Promise<Cluster> {
  const cluster = await startCluster(options)
  onTestFinished(() => cluster.stop())
  return cluster
}

const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds

function tokenFor(sub: string, exp = inSeconds(600)): Promise<string> {
  return new SignJWT({ sub })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(exp)
    .sign(new TextEncoder().encode(SECRET))
}

test('[X3] an event before its CONNECT costs a client the connection', async () => {
  const cluster = await clusterOf({ env: { STORE: 'memory', ...TOKENS } })
  const raw = await RawClient.open(cluster.urlOf(0))
  raw.sendTogether(['420["session:open",{}]'])
  await within('the end', raw.closed)
  expect(raw.frames.filter((frame) => frame.startsWith('43'))).toEqual([])
})

test.each([
  ['is not told whom a client names where user ids are not trusted', { TRUST_USER_ID: '0' }, undefined],
  ['is told where they are', { TRUST_USER_ID: '1' }, 'ann'],
])('[X3] with AUTH=none and LLM_IDENTITY=on the provider %s', async (_, env, told) => {
  const cluster = await clusterOf({ env: { STORE: 'memory', LLM_IDENTITY: 'on', ...env } })
  const stranger = await cluster.connect()
  const { session } = await stranger.open({ userId: 'ann' })
  await stranger.ended((await stranger.send(session.id, 'What do I owe?')).answer.id)
  const { headers, body } = cluster.model.requests.at(-1) ?? {}
  expect({ header: headers?.['x-baton-user'], field: body?.user }).toEqual({ header: told, field: told })
  expect(headers?.['x-baton-session']).toBe(session.id)
})

test('[X4] with POLLING=1 no page of another origin takes over, or polls, a connection that was made elsewhere', async () => {
  const good = 'https://good.example'
  const cluster = await clusterOf({ env: { STORE: 'memory', POLLING: '1', ALLOWED_ORIGINS: good } })
  const path = '/socket.io/?EIO=4&transport='
  const made = async (): Promise<string> => {
    const opened = await (await fetch(`${cluster.urlOf(0)}${path}polling`)).text()
    return JSON.parse(opened.slice(1)).sid
  }
  const upgrade = async (origin: string | undefined): Promise<'open' | number> => {
    const url = `${cluster.urlOf(0).replace('http', 'ws')}${path}websocket&sid=${await made()}`
    const socket = new WebSocket(url, origin === undefined ? {} : { origin })
    onTestFinished(() => socket.terminate())
    const outcome = Promise.withResolvers<'open' | number>()
    socket.on('open', () => outcome.resolve('open'))
    socket.on('unexpected-response', (_request, response) => outcome.resolve(response.statusCode ?? 0))
    socket.on('error', outcome.reject)
    return within('the upgrade is answered', outcome.promise)
  }
  const poll = async (origin: string): Promise<number> => {
    const url = `${cluster.urlOf(0)}${path}polling&sid=${await made()}`
    return (await fetch(url, { method: 'POST', body: '40', headers: { origin } })).status
  }
  expect([await upgrade(undefined), await upgrade(good), await poll(good)]).toEqual(['open', 'open', 200])
  for (const evil of ['https://evil.example', 'null'])
    expect([evil, await upgrade(evil), await poll(evil)]).toEqual([evil, 400, 400])
})

test('[G1] [X3] while Redis is away, what strangers ask for is not held in memory for them, and costs the owner nothing', async () => {
  const cluster = await clusterOf({ replicas: 1, env: { ...TOKENS, SESSION_TTL: '600' } })
  cluster.model.say('Private.')
  const ann = await cluster.connect(0, { auth: { token: await tokenFor('ann') } })
  const { session } = await ann.open()
  const sessionId = session.id
  const { answer, message } = await ann.send(sessionId, 'Mine')
  await ann.ended(answer.id)
  const bob = await cluster.connect(0, { auth: { token: await tokenFor('bob') } })
  cluster.redis.freeze()
  await bob.event('backend', ({ backend }) => backend === 'memory')
  const held = async () => (await Scrape.of(cluster.urlOf(0))).value('baton_held_sessions')
  for (const [event, payload] of [
    ['session:open', { sessionId }],
    ['message:send', { sessionId, id: randomUUID(), content: 'hi' }],
    ['message:send', { sessionId, id: message.id, content: 'Mine' }],
    ['message:stop', { sessionId, messageId: answer.id }],
    ['message:regenerate', { sessionId, messageId: answer.id }],
    ['session:history', { sessionId }],
    ['session:extend', { sessionId }],
    ['session:clear', { sessionId }],
  ] as const) {
    const { code } = await bob.refusal(event, payload)
    expect({ event, code }).toEqual({ event, code: 'session_not_found' })
  }
  expect(await held()).toBe(0)
  expect((await ann.request('session:history', { sessionId })).messages).toHaveLength(2)
  expect(await held()).toBe(1)
})

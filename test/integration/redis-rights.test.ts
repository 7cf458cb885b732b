import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { silentLog } from '../../src/ports/log.ts'
import { connectRedis } from '../../src/store/redis/connect.ts'
import { RedisUnusable } from '../../src/store/redis/unusable.ts'
import { numbered } from '../fault/fixtures.ts'
import { startCluster } from '../support/cluster.ts'
import { eventually } from '../support/conditions.ts'
import { startRedis, type TestRedis } from '../support/redis.ts'
import { TestRedisCluster } from '../support/redis-cluster.ts'

const operations = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8')
/** The rights that docs/operations.md tells operators to give. */
const documented = (() => {
  const rules =
    /^ACL SETUSER baton on >password (.*)$/m.exec(operations)?.[1] ?? expect.fail('no ACL in docs/operations.md')
  return rules.split(' ')
})()
/** ioredis does without. */
const DISPENSABLE = '+client|setname'

let server: TestRedis
let admin: Redis
beforeAll(async () => {
  server = await startRedis()
  admin = new Redis(server.url)
})
afterAll(async () => {
  admin?.disconnect()
  await server?.stop()
})

async function start(rules: readonly string[], settings: { KEY_PREFIX?: string; REDIS_WAIT?: number } = {}) {
  await admin.call('ACL', 'SETUSER', 'baton', 'reset', 'on', '>pw', ...rules)
  const url = `redis://baton:pw@127.0.0.1:${server.port}`
  const connections = await connectRedis({ REDIS_URL: [url], ...settings }, silentLog)
  await connections.close()
}

test('[G7] no script calls what is not among the documented rights, unless it asks first', () => {
  const files = globSync(join(import.meta.dirname, '../../src/store/redis/commands/**/*.lua'))
  const scripts = files.map((file) => readFileSync(file, 'utf8').replaceAll(/^if redis\.acl_check_cmd\(.*$/gm, ''))
  const called = scripts.flatMap((script) => [...script.matchAll(/call\('([A-Z]+)'(?:, '([A-Z]+)')?/g)])
  const commands = called.map(([, command = '', sub]) => `+${command === 'MEMORY' ? `${command}|${sub}` : command}`)
  expect(commands.length).toBeGreaterThan(50)
  expect(commands.filter((command) => !documented.includes(command.toLowerCase()))).toEqual([])
})

test('[G7] the documented rights, INFO not among them, are enough to start; nothing else is asked for or left behind', async () => {
  await admin.call('ACL', 'LOG', 'RESET')
  expect(documented).not.toContain('+info')
  await start(documented)
  expect(await admin.call('ACL', 'LOG')).toEqual([])
  expect(await admin.dbsize()).toBe(0)
})

test('[G7] who gives a password alone is called default where a right is missing', async () => {
  const guarded = await startRedis()
  onTestFinished(() => guarded.stop())
  const owner = new Redis(guarded.url)
  onTestFinished(() => owner.disconnect())
  await owner.call('ACL', 'SETUSER', 'default', '>pw', '-evalsha')
  const url = `redis://:pw@127.0.0.1:${guarded.port}`
  await expect(connectRedis({ REDIS_URL: [url] }, silentLog)).rejects.toThrow('does not let its user "default" do')
})

test('[G7] each of them is tried: without it the start is refused with a sentence that names it', async () => {
  const granted = documented.filter((rule) => /^[+~&]/.test(rule) && rule !== DISPENSABLE)
  for (const right of granted) {
    const refused = start(documented.filter((rule) => rule !== right))
    await expect(refused, right).rejects.toBeInstanceOf(RedisUnusable)
    await expect(refused, right).rejects.toThrow(
      `Redis at 127.0.0.1:${server.port} does not let its user "baton" do all that Baton needs. Missing: ${right} (`,
    )
  }
})

test('[G7] all that is missing is named at once, with the prefix that is set', async () => {
  const rules = [...documented.filter((rule) => !/^[~&]/.test(rule)), '~my:session:*', '~my:limit:*', '&my:replica:*']
  await expect(start(rules, { KEY_PREFIX: 'my:' })).rejects.toThrow(
    'Missing: ~my:user:* ~my:replica:* ~my:replicas &my:socket.io* (',
  )
  await expect(start(documented, { REDIS_WAIT: 1 })).rejects.toThrow('Missing: +wait (')
  await start([...documented, '+wait'], { REDIS_WAIT: 1 })
})

test('[G7] what is documented for a Cluster is enough there, also where a replica becomes a master', async () => {
  const more =
    /a Cluster needs `((?:\+\S+ ?)+)`/.exec(operations)?.[1]?.split(' ') ?? expect.fail('no rights for a Cluster')
  const cluster = await TestRedisCluster.start()
  const admins = cluster.urls.map((url) => new Redis(url))
  const each = (...command: [string, ...string[]]) => Promise.all(admins.map((admin) => admin.call(...command)))
  const called = async (command: string) => String(await each('INFO', 'commandstats')).includes(`cmdstat_${command}:`)
  try {
    await each('ACL', 'SETUSER', 'baton', 'reset', 'on', '>pw', ...documented, ...more)
    const REDIS_URL = cluster.urls.map((url) => url.replace('//', '//baton:pw@'))
    const connections = await connectRedis({ REDIS_URL }, silentLog)
    await connections.bus.add('replica:probe')
    await connections.commands.spublish('replica:probe', 'x')
    const roles = await each('ROLE')
    const replica = admins[roles.findIndex((role) => String(role).startsWith('slave'))]
    await replica?.call('CLUSTER', 'FAILOVER')
    await eventually('ioredis has told nodes what they are', async () => {
      return (await called('readonly')) && (await called('readwrite'))
    })
    await connections.close()
    expect((await each('ACL', 'LOG')).flat()).toEqual([])
  } finally {
    for (const admin of admins) admin.disconnect()
    await cluster.stop()
  }
})

test('[G7] a right that only reads is not enough', async () => {
  const rules = documented.map((rule) => (rule === '~user:*' ? '%R~user:*' : rule))
  await expect(start(rules)).rejects.toThrow('Missing: ~user:* (')
})

test('[G7] the documented rights are enough for a whole conversation, a takeover and the end of a session elsewhere', async () => {
  await admin.call('ACL', 'SETUSER', 'baton', 'reset', 'on', '>pw', ...documented)
  const env = {
    REDIS_URL: `redis://baton:pw@127.0.0.1:${server.port}`,
    RATE_LIMIT: '1000',
    CONNECT_LIMIT: '1000',
    TRUST_USER_ID: '1',
  }
  const cluster = await startCluster({ replicas: 2, env })
  try {
    await admin.call('ACL', 'LOG', 'RESET')
    const text = numbered(60)
    cluster.model.say(text, { everyMs: 10 })
    const [asker, watcher] = [await cluster.connect(0), await cluster.connect(1)]
    const { session } = await asker.open({ userId: 'ada' })
    await watcher.open({ userId: 'ada', resume: 'latest' })
    const { answer } = await asker.send(session.id, 'Tell me')
    await watcher.text(answer.id, 50)
    await cluster.replica(0).kill()
    expect(await watcher.ended(answer.id)).toMatchObject({ content: text, status: 'complete' })
    await cluster.replica(0).start()

    cluster.model.say(numbered(400), { everyMs: 10 })
    const other = await cluster.connect(0)
    await other.open({ sessionId: session.id })
    const again = await other.request('message:regenerate', { sessionId: session.id, messageId: answer.id })
    await watcher.until('the second attempt streams', () => watcher.shown(again.answer.id)?.attempt === 2)
    await other.request('message:stop', { sessionId: session.id, messageId: answer.id })
    await other.request('session:history', { sessionId: session.id })
    await other.request('session:extend', { sessionId: session.id })
    for (const path of [`sessions/${session.id}`, 'sessions?user_id=ada']) {
      expect((await fetch(`${cluster.urlOf(0)}/api/chat/${path}`)).status, path).toBe(200)
    }
    await watcher.request('session:clear', { sessionId: session.id })
    await other.event('session:ended')
  } finally {
    await cluster.stop()
  }
  expect(await admin.call('ACL', 'LOG')).toEqual([])
})

/** What was enough from the beginning: a user who was made by it stays good. */
const LONG_ENOUGH =
  '~session:* ~user:* ~replica:* ~replicas ~limit:* &replica:* &socket.io* -@all +ping +info +hello +auth +client|setname +quit +evalsha +eval +get +set +del +exists +expire +pttl +incrby +hget +hset +hmget +hgetall +hdel +hkeys +hlen +hincrby +zadd +zrem +zscore +zrange +zrevrange +zremrangebyscore +append +strlen +getrange +rename +sadd +srem +smembers +spublish +ssubscribe +sunsubscribe +pubsub|shardnumsub +wait +memory|usage'

test('[G7] no more rights are needed than were from the beginning: sessions are listed, trimmed, deleted, a replica drains', async () => {
  await admin.call('ACL', 'SETUSER', 'baton', 'reset', 'on', '>pw', ...LONG_ENOUGH.split(' '))
  await admin.call('ACL', 'LOG', 'RESET')
  const REDIS_URL = `redis://baton:pw@127.0.0.1:${server.port}`
  const env = { REDIS_URL, RATE_LIMIT: '1000', CONNECT_LIMIT: '1000', TRUST_USER_ID: '1', MAX_SESSIONS_PER_USER: '2' }
  const cluster = await startCluster({ env })
  try {
    cluster.model.say('Hello!')
    const client = await cluster.connect()
    const opened: string[] = []
    for (let i = 0; i < 4; i++) opened.push((await client.open({ userId: 'bea' })).session.id)
    const [sessionId = '', other] = opened.slice(2)
    expect(await client.ended((await client.send(sessionId, 'Hi')).answer.id)).toMatchObject({ status: 'complete' })
    const list = async () => {
      const listed = await fetch(`${cluster.urlOf(0)}/api/chat/sessions?user_id=bea`)
      return (await listed.json()) as { sessions: { session_id: string }[]; total: number }
    }
    await eventually('the oldest were trimmed', async () => (await list()).total === 2)
    expect((await list()).sessions.map(({ session_id }) => session_id)).toEqual([sessionId, other])
    await fetch(`${cluster.urlOf(0)}/api/chat/sessions/${other}`, { method: 'DELETE' })
    await eventually('the other was deleted', async () => (await list()).total === 1)
    await cluster.replica(0).drain()
  } finally {
    await cluster.stop()
  }
  expect(await admin.call('ACL', 'LOG')).toEqual([])
})

test('[G7] rights that are withdrawn: the replica serves from memory, says why, and returns when they are back', async () => {
  await admin.call('ACL', 'SETUSER', 'baton', 'reset', 'on', '>pw', ...documented)
  const cluster = await startCluster({ env: { REDIS_URL: `redis://baton:pw@127.0.0.1:${server.port}` } })
  try {
    const client = await cluster.connect()
    const sessionId = await client.newSession()
    await admin.call('ACL', 'SETUSER', 'baton', '-evalsha', '-eval')
    cluster.model.say('all the same')
    const sent = await client.send(sessionId, 'Hello?')
    expect(sent).toMatchObject({ persisted: false, backend: 'memory' })
    await client.ended(sent.answer.id)
    expect((await client.open()).backend).toBe('memory')
    expect((await fetch(`${cluster.urlOf(0)}/readyz`)).status).toBe(200)
    expect(cluster.replica(0).logs.map(({ msg }) => msg)).toContain('Redis refuses what this replica needs to do')
    const away = cluster.replica(0).logs.find(({ msg }) => String(msg).startsWith('the store is away:'))
    expect(away?.reason).toMatch(/Missing: .*\+evalsha/)

    await admin.call('ACL', 'SETUSER', 'baton', '+evalsha', '+eval')
    await client.event('backend', ({ backend }) => backend === 'redis')
    await eventually('the session is in Redis', async () => (await admin.hget(`session:{${sessionId}}`, 'seq')) === '2')
  } finally {
    await cluster.stop()
  }
})

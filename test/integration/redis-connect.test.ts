import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server as HttpServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { createShardedAdapter } from '@socket.io/redis-adapter'
import { Redis } from 'ioredis'
import { Server } from 'socket.io'
import { afterEach, expect, test } from 'vitest'
import { type Log, silentLog } from '../../src/ports/log.ts'
import { connectRedis } from '../../src/store/redis/connect.ts'
import { checkGreeting } from '../../src/store/redis/fitness.ts'
import { RedisUnusable } from '../../src/store/redis/unusable.ts'
import { startRedis } from '../support/redis.ts'
import { fillRedis, LOADS_SLOWLY, untilLoading } from '../support/redis-loading.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})
async function redisServer(options?: readonly string[]) {
  const server = await startRedis(options)
  ends.push(server.stop)
  return server
}
async function connect(url: string, log: Log = silentLog) {
  const connections = await connectRedis({ REDIS_URL: [url] }, log)
  ends.push(connections.close)
  return connections
}
const tolerant = { timeout: 10_000 }
const greeting = (said: Record<string, unknown>) => new Map<unknown, unknown>(Object.entries(said))

test('[R4] a Redis that is not there stops the start with a sentence that says what to do', async () => {
  const server = await redisServer()
  await server.kill()
  const refused = connectRedis({ REDIS_URL: [server.url] }, silentLog, 300)
  await expect(refused).rejects.toBeInstanceOf(RedisUnusable)
  await expect(refused).rejects.toThrow(
    `Redis at 127.0.0.1:${server.port} did not answer within 0.3 s (connect ECONNREFUSED 127.0.0.1:${server.port}): is it running, and is REDIS_URL right?`,
  )
})

test('[G7] a step of the start is taken again where Redis goes away meanwhile, and the start stopped with a sentence where it stays away', async () => {
  const server = await redisServer()
  const proxy = await startTcpProxy(server.port)
  ends.push(proxy.stop)
  const connections = await connectRedis({ REDIS_URL: [`redis://127.0.0.1:${proxy.port}`] }, silentLog, 500)
  ends.push(connections.close)
  let tries = 0
  await connections.persistently(async () => {
    if (tries++ === 0) proxy.reset()
    await connections.commands.set('x', 1, 'EX', 60)
  })
  expect(tries).toBeGreaterThan(1)

  await server.kill()
  const refused = connections.persistently(() => connections.commands.get('x'))
  await expect(refused).rejects.toBeInstanceOf(RedisUnusable)
  await expect(refused).rejects.toThrow(
    `Redis at 127.0.0.1:${proxy.port} was away while this replica started: is it running?`,
  )
})

test('[G7] what Redis refuses for good stops the start at once', async () => {
  const server = await redisServer()
  const { commands, persistently } = await connect(server.url)
  await commands.set('x', 'text', 'EX', 60)
  let tries = 0
  const refused = persistently(() => {
    tries++
    return commands.hgetall('x')
  })
  await expect(refused).rejects.toThrow(/^WRONGTYPE/)
  expect(tries).toBe(1)
})

test('[R4] a password that is missing or wrong is told, and the right one is never printed', async () => {
  const server = await redisServer(['--requirepass', 'hunter2'])
  await expect(connectRedis({ REDIS_URL: [server.url] }, silentLog, 300)).rejects.toThrow(
    `Redis at 127.0.0.1:${server.port} asks for a password: REDIS_URL carries the user and the password`,
  )
  const wrong = connectRedis({ REDIS_URL: [`redis://:hunter3@127.0.0.1:${server.port}`] }, silentLog, 300)
  await expect(wrong).rejects.toThrow(/WRONGPASS/)
  await expect(wrong).rejects.not.toThrow(/hunter/)
  const { commands } = await connect(`redis://:hunter2@127.0.0.1:${server.port}/3`)
  expect(await commands.client('INFO')).toMatch(/ db=3 /)
})

test('[R5] a database that does not exist is refused, not replaced by 0, and one that is no number as well', async () => {
  const server = await redisServer(['--databases', '4'])
  const place = `127.0.0.1:${server.port}`
  const refused = connectRedis({ REDIS_URL: [`${server.url}/4`] }, silentLog)
  await expect(refused).rejects.toBeInstanceOf(RedisUnusable)
  await expect(refused).rejects.toThrow(
    `REDIS_URL: Redis at ${place} has no database 4, only those from 0 to below its "databases" (ERR DB index is out of range)`,
  )
  await expect(connectRedis({ REDIS_URL: [`${server.url}/four`] }, silentLog)).rejects.toThrow(
    'REDIS_URL: "four" is no number of a database; 0, the first, is the default',
  )
  const urls = [server.url, `${server.url}/1`]
  await expect(connectRedis({ REDIS_URL: urls }, silentLog)).rejects.toThrow(
    'REDIS_URL: a Cluster has no database 1, only 0',
  )
})

test('[G7] a replica is refused, for it takes no writes, and a Sentinel, for it keeps nothing', async () => {
  const master = await redisServer()
  const replica = await redisServer(['--replicaof', `127.0.0.1 ${master.port}`])
  await expect(connectRedis({ REDIS_URL: [replica.url] }, silentLog)).rejects.toThrow(
    `Redis at 127.0.0.1:${replica.port} is a replica, which takes no writes: REDIS_URL must name its master`,
  )
  const said = greeting({ version: '7.0.15', mode: 'sentinel' })
  expect(() => checkGreeting(said, 'Redis at home', 'node')).toThrow(
    "Redis at home is a Sentinel: it belongs in REDIS_SENTINELS, and its group's name in REDIS_MASTER",
  )
})

test('[G7] a Redis that still reads its data is waited for', async () => {
  const server = await redisServer(LOADS_SLOWLY)
  const keys = await fillRedis(server)
  await server.kill()
  const loaded = server.restart()
  await untilLoading(server)
  const said: unknown[] = []
  const { commands } = await connect(server.url, { ...silentLog, warn: (fields) => void said.push(fields) })
  expect(said).toContainEqual({ connection: 'commands', reason: expect.stringMatching(/^LOADING /) })
  expect(await commands.dbsize()).toBe(keys)
  await loaded
})

test('a Redis that starts a little later is waited for', async () => {
  const server = await redisServer()
  await server.kill()
  const connecting = connect(server.url)
  await server.restart()
  expect((await connecting).state()).toBe('ready')
})

test.each([
  ['6.2.14', 'Redis at home is Redis 6.2.14: Baton needs 7.0 or newer, for sharded pub/sub'],
  [undefined, 'Redis at home is Redis unknown: Baton needs 7.0 or newer, for sharded pub/sub'],
])('Redis %s is refused', (version, sentence) => {
  expect(() => checkGreeting(greeting({ version }), 'Redis at home', 'node')).toThrow(sentence)
})

test.each(['7.0.15', '7.2.4', '8.10.0', '10.0.0'])('Redis %s is accepted', (version) => {
  checkGreeting(greeting({ version }), 'Redis at home', 'node')
})

test('a server that knows no HELLO is refused as one that is too old', async () => {
  const server = await redisServer(['--rename-command', 'HELLO', ''])
  await expect(connect(server.url)).rejects.toThrow('is Redis unknown: Baton needs 7.0 or newer')
})

test('[G1] losing Redis and having it back is told once, however often connecting fails meanwhile', async () => {
  const server = await redisServer()
  const said: string[] = []
  const say = (fields: object, text: string) =>
    void said.push(`${(fields as { connection: string }).connection}: ${text}`)
  const connections = await connect(server.url, { ...silentLog, info: say, warn: say })
  const states: string[] = []
  connections.onState((state) => void states.push(state))
  for (let outage = 0; outage < 2; outage++) {
    said.length = 0
    let attempts = 0
    connections.commands.on('reconnecting', () => attempts++)
    await server.kill()
    await expect.poll(() => attempts, tolerant).toBeGreaterThan(3)
    expect(said.sort()).toEqual(['adapter: Redis is away', 'bus: Redis is away', 'commands: Redis is away'])
    await server.restart()
    await expect.poll(() => connections.state(), tolerant).toBe('ready')
    expect(said.filter((text) => text.endsWith('Redis is back'))).toHaveLength(3)
  }
  expect(states).toEqual(['away', 'ready', 'away', 'ready'])
})

test('[G1] an outage is told with its own reason: a password that was changed, then a crash', async () => {
  const server = await redisServer(['--requirepass', 'first'])
  const said: string[] = []
  const warn = (fields: object, text: string) => {
    const { connection, reason } = fields as { connection: string; reason?: string }
    if (connection === 'commands') said.push(`${text}: ${reason}`)
  }
  const connections = await connect(server.url.replace('//', '//:first@'), { ...silentLog, warn })
  const operator = new Redis(server.url, { password: 'first' })
  ends.push(() => operator.disconnect())
  await operator.config('SET', 'requirepass', 'second')
  await operator.call('CLIENT', 'KILL', 'TYPE', 'normal')
  await expect.poll(() => said, tolerant).toEqual([expect.stringMatching(/^Redis is away: WRONGPASS /)])
  await expect.poll(() => connections.lastError()?.message, tolerant).toMatch(/^WRONGPASS /)

  await operator.config('SET', 'requirepass', 'first')
  await expect.poll(() => connections.state(), tolerant).toBe('ready')
  expect(connections.lastError()).toBeUndefined()
  await server.kill()
  await expect
    .poll(() => said.slice(1), tolerant)
    .toEqual([expect.stringMatching(/^Redis is away: connect ECONNREFUSED /)])
})

test('[G1] a frozen Redis is noticed though nobody asks anything of it', async () => {
  const server = await redisServer()
  const connections = await connect(server.url)
  server.freeze()
  await expect.poll(() => connections.state(), tolerant).toBe('away')
  server.thaw()
  await expect.poll(() => connections.state(), tolerant).toBe('ready')
})

test('[G1] the adapter survives an outage: nothing rejects unhandled, and rooms joined meanwhile are reached again', async () => {
  const server = await redisServer()
  const unhandled: unknown[] = []
  const note = (reason: unknown) => void unhandled.push(reason)
  process.on('unhandledRejection', note)
  ends.push(() => process.off('unhandledRejection', note))
  const replica = async () => {
    const connections = await connect(server.url)
    const { publisher, subscriber } = connections.adapter
    const http: HttpServer = createServer()
    const io = new Server(http, { adapter: createShardedAdapter(publisher, subscriber) })
    ends.push(() => io.close())
    return { connections, io }
  }
  const [a, b] = [await replica(), await replica()]
  const heard: string[] = []
  b.io.on('greeting', (text: string) => void heard.push(text))
  const greet = (text: string) => {
    a.io.serverSideEmit('greeting', text)
    return heard
  }
  await expect.poll(() => greet('before')).toContain('before')

  const adapter = b.io.of('/').adapter
  await server.kill()
  await expect.poll(() => [a.connections.state(), b.connections.state()]).toEqual(['away', 'away'])
  for (let i = 0; i < 5; i++) {
    greet('lost')
    a.io.to('room').emit('event', i)
    a.io.socketsJoin('elsewhere')
    a.io.disconnectSockets()
    adapter.addAll(`socket-${i}`, new Set([`room-${i}`]))
    adapter.delAll(`socket-${i}`)
  }
  adapter.addAll('socket', new Set(['joined during the outage']))
  expect(await a.io.fetchSockets()).toEqual([])

  await server.restart()
  await expect.poll(() => [a.connections.state(), b.connections.state()], tolerant).toEqual(['ready', 'ready'])
  await expect.poll(() => greet('after')).toContain('after')
  expect(heard).not.toContain('lost')
  const channel = 'socket.io#/#joined during the outage#'
  await expect
    .poll(async () => (await a.connections.commands.call('PUBSUB', 'SHARDNUMSUB', channel)) as unknown[])
    .toEqual([channel, 1])
  expect(unhandled).toEqual([])
})

test('[G1] its twin: with bare clients in the place of the wrapped ones the same outage ends the process', async () => {
  const server = await redisServer()
  const script = `
    import { createShardedAdapter } from '@socket.io/redis-adapter'
    import { Redis } from 'ioredis'
    import { Server } from 'socket.io'
    const bare = () => new Redis(${server.port}, { enableOfflineQueue: false, maxRetriesPerRequest: 0 }).on('error', () => {})
    const [publisher, subscriber] = [bare(), bare()]
    await Promise.all([publisher, subscriber].map((redis) => new Promise((ready) => redis.once('ready', ready))))
    const { adapter } = new Server({ adapter: createShardedAdapter(publisher, subscriber) }).of('/')
    subscriber.once('close', () => adapter.addAll('socket', new Set(['room'])))
    process.send('up')`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  ends.push(() => child.kill('SIGKILL'))
  const complaint = text(child.stderr ?? expect.fail())
  await once(child, 'message')
  await server.kill()
  expect((await once(child, 'exit'))[0]).toBe(1)
  expect(await complaint).toMatch(/enableOfflineQueue|MaxRetriesPerRequestError/)
})

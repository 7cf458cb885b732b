import { request } from 'node:http'
import { describe, expect, test } from 'vitest'
import { startHttp } from './http-fixture.ts'
import { eventually, isAlive, type RunningStack, startStack, temporaryDirectory } from './stack-fixture.ts'

const ROUTES = [
  ['GET', '/demo/stack'],
  ['POST', '/demo/replicas/r1/kill'],
  ['POST', '/demo/replicas/r1/freeze'],
  ['POST', '/demo/replicas/r1/drain'],
  ['POST', '/demo/redis/kill'],
] as const

interface Asked {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** As any program sends it: with whatever `Host` and `Origin` it likes, which fetch would not allow. */
function ask(
  url: string,
  { method = 'GET', headers = {}, body }: Asked = {},
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false, timeout: 5000 }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }))
    })
    sent.on('timeout', () => sent.destroy(new Error(`no answer: ${url}`)))
    sent.on('error', reject).end(body)
  })
}

const JSON_TYPE = { 'content-type': 'application/json' }
const replicaOf = (stack: RunningStack, id: string) => {
  const replica = stack.record().replicas.find((one) => one.id === id)
  if (replica === undefined) throw new Error(`no ${id}`)
  return replica
}

/** As r2 sees it: nginx would also ask the one that is struck. */
async function stateOf(stack: RunningStack, id: string): Promise<string> {
  const { body } = await ask(`http://127.0.0.1:${replicaOf(stack, 'r2').port}/demo/stack`)
  const { replicas } = JSON.parse(body) as { replicas: { id: string; state: string }[] }
  return replicas.find((one) => one.id === id)?.state ?? 'unknown'
}

describe('[W5] without DEMO', () => {
  test.each(ROUTES)('%s %s is no route', async (method, path) => {
    const { call } = await startHttp({ DATA_DIR: temporaryDirectory() })
    const refused = await call(method, path, method === 'POST' ? {} : undefined)
    expect(refused).toMatchObject({ status: 404, body: { error: { message: `no such route: ${method} ${path}` } } })
    expect(Object.keys((await call('GET', '/openapi.json')).body.paths).join()).not.toContain('demo')
  })
})

describe('[W5] with DEMO=1', () => {
  test('the routes are documented, and say so where no stack runs', async () => {
    const { call } = await startHttp({ DEMO: '1', DATA_DIR: temporaryDirectory() })
    const { paths } = (await call('GET', '/openapi.json')).body
    expect(Object.keys(paths).filter((path) => path.startsWith('/demo/'))).toHaveLength(5)
    expect(await call('GET', '/demo/stack')).toMatchObject({ status: 503, body: { error: { code: 'overloaded' } } })
  })

  /** What is wrong with each request, which is otherwise the page's own. */
  test.each<[string, Record<string, string>]>([
    ['another origin', { origin: 'https://evil.example' }],
    ['an origin on another port of this machine', { origin: 'http://127.0.0.1:1' }],
    ['a sandboxed frame', { origin: 'null' }],
    ['another site, without Origin', { 'sec-fetch-site': 'cross-site' }],
    ['another port of this machine, without Origin', { 'sec-fetch-site': 'same-site' }],
    ['a name that was made to resolve to this machine', { host: 'evil.example', origin: 'http://evil.example' }],
    ['a remote client', { 'x-forwarded-for': '203.0.113.7' }],
    ['a remote client that claims to be local', { 'x-forwarded-for': '127.0.0.1, 203.0.113.7' }],
    ['a remote client behind a proxy that is trusted', { 'x-forwarded-for': '127.0.0.1, 10.0.0.9' }],
    ['nonsense in the place of an address', { 'x-forwarded-for': 'localhost' }],
  ])('%s is refused', async (_, wrong) => {
    const { url } = await startHttp({ DEMO: '1', DATA_DIR: temporaryDirectory(), TRUST_PROXY: 'loopback,10.0.0.0/8' })
    for (const [method, path] of ROUTES) {
      const answer = await ask(url + path, {
        method,
        headers: { ...JSON_TYPE, ...wrong },
        ...(method === 'POST' && { body: '{}' }),
      })
      expect(answer).toMatchObject({ status: 403, body: expect.stringContaining('"forbidden"') })
    }
  })

  test.each(['text/plain', 'application/x-www-form-urlencoded', ''])('a form cannot strike: %j', async (type) => {
    const { url } = await startHttp({ DEMO: '1', DATA_DIR: temporaryDirectory() })
    const headers: Record<string, string> = type === '' ? {} : { 'content-type': type }
    expect((await ask(`${url}/demo/redis/kill`, { method: 'POST', headers })).status).toBe(403)
  })

  test('the page is marked for those who may use its stage, and for nobody else', async () => {
    const stack = await startStack()
    const { url } = stack.record()
    expect((await ask(url)).body).toContain('<html data-stage ')
    const remote = await ask(url, { headers: { 'x-forwarded-for': '203.0.113.7' } })
    expect(remote).toMatchObject({ status: 200, body: expect.not.stringContaining('data-stage') })
  })
})

describe('[W5] a stack', () => {
  const strike = (stack: RunningStack, path: string, body: object = {}) =>
    ask(`${stack.record().url}/demo/${path}`, { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(body) })

  test('tells who runs, and who answers', async () => {
    const stack = await startStack()
    const { status, body } = await ask(`${stack.record().url}/demo/stack`)
    const { redis, model, replicas } = stack.record()
    expect(status).toBe(200)
    expect(JSON.parse(body)).toEqual({
      replica: expect.stringMatching(/^r[12]$/),
      replicas: replicas.map(({ id, pid }) => ({ id, pid, state: 'up' })),
      redis: { pid: redis?.pid, state: 'up' },
      model: { pid: model?.pid, state: 'up' },
      answer: null,
    })
  })

  test('a replica is killed, is down, and is back; a repeat of the blow strikes no other process', async () => {
    const stack = await startStack({ RESTART_DELAY_MS: '2500' })
    const { pid } = replicaOf(stack, 'r1')
    expect(await strike(stack, 'replicas/r1/kill', { pid })).toMatchObject({ status: 200, body: '{"done":true}' })
    await eventually(() => !isAlive(pid), 'r1 is dead')
    await eventually(async () => (await stateOf(stack, 'r1')) === 'down', 'r1 is shown as down')
    await eventually(async () => (await stateOf(stack, 'r1')) === 'up', 'r1 is up again')
    expect((await strike(stack, 'replicas/r1/kill', { pid })).body).toBe('{"done":false}')
    expect(isAlive(replicaOf(stack, 'r1').pid)).toBe(true)
  })

  test('the replica that is asked can strike itself, and says so first', async () => {
    const stack = await startStack()
    const { port, pid } = replicaOf(stack, 'r2')
    const url = `http://127.0.0.1:${port}/demo/replicas/r2/kill`
    expect(await ask(url, { method: 'POST', headers: JSON_TYPE, body: '{}' })).toMatchObject({ status: 200 })
    await eventually(() => !isAlive(pid), 'r2 is dead')
  })

  test('a frozen replica is shown as frozen, killed by the supervisor, and back', async () => {
    const stack = await startStack({ HEALTH_TIMEOUT_MS: '5000' })
    const { pid } = replicaOf(stack, 'r1')
    await strike(stack, 'replicas/r1/freeze')
    await eventually(async () => (await stateOf(stack, 'r1')) === 'frozen', 'r1 is frozen')
    await eventually(() => replicaOf(stack, 'r1').pid !== pid, 'r1 is another process')
    await eventually(async () => (await stateOf(stack, 'r1')) === 'up', 'r1 is up')
  })

  test('a drained replica leaves by itself, and is back', async () => {
    const stack = await startStack()
    const { pid } = replicaOf(stack, 'r1')
    await strike(stack, 'replicas/r1/drain')
    await eventually(() => replicaOf(stack, 'r1').pid !== pid, 'r1 is another process')
    expect(stack.output()).toContain('ended (code 0)')
  })

  test('Redis is killed and back, and an unknown replica is nobody', async () => {
    const stack = await startStack()
    const pid = stack.record().redis?.pid ?? 0
    await strike(stack, 'redis/kill')
    await eventually(() => !isAlive(pid), 'Redis is dead')
    await eventually(() => stack.record().redis?.pid !== pid, 'Redis is another process')
    expect(await strike(stack, 'replicas/r9/kill')).toMatchObject({ status: 400 })
  })
})

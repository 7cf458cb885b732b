/** docker-compose.yml on a real engine. By `npm run docker`: it takes minutes, and root where no engine runs. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:http2'
import { basename, dirname } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { BatonClient } from '../../src/client/index.ts'
import { freePorts } from '../../src/stack/ports.ts'
import { makeCertificates } from '../support/certificates.ts'
import { Clients, when } from '../support/clients.ts'
import { eventually, within } from '../support/conditions.ts'
import { tracesIn } from '../traces/jaeger.ts'
import { Compose } from './compose.ts'

const REPLICAS = ['r1', 'r2', 'r3']
const QUESTION = 'What happens when a replica is killed in the middle of an answer?'
/** Characters that are to be seen before something happens. */
const ENOUGH = 200
const DRAIN_SECONDS = 5
const MINUTE_MS = 60_000
/** A machine with much else to do starts three containers in this time. */
const PATIENCE_MS = 3 * MINUTE_MS
const lacks = (name: string) => (process.env.DOCKER_LACKS ?? '').split(' ').some((image) => image.includes(name))

describe.skipIf(process.env.DOCKER === undefined)('docker compose', { timeout: 3 * PATIENCE_MS }, () => {
  let compose: Compose
  let url: string
  let prometheus: string
  let jaeger: string
  let clients: Clients
  /** The answer when nothing happens to it. */
  let undisturbed: string

  beforeAll(async () => {
    const [port = 0, prometheusPort = 0, grafanaPort = 0, jaegerPort = 0] = await freePorts(4)
    url = `http://127.0.0.1:${port}`
    prometheus = `http://127.0.0.1:${prometheusPort}`
    jaeger = `http://127.0.0.1:${jaegerPort}`
    compose = new Compose(`baton-try-${process.pid}`, {
      PORT: String(port),
      PROMETHEUS_PORT: String(prometheusPort),
      GRAFANA_PORT: String(grafanaPort),
      JAEGER_PORT: String(jaegerPort),
      ...(lacks('jaegertracing/jaeger') ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://jaeger:4318' }),
      DRAIN_TIMEOUT: String(DRAIN_SECONDS),
    })
    await compose.run('up', '--detach', '--build')
    clients = new Clients(url)
    await allServe()
    undisturbed = await end(await ask())
  }, 10 * MINUTE_MS)
  afterAll(async () => {
    clients?.close()
    await compose?.run('down', '--volumes', '--timeout', '1')
  }, PATIENCE_MS)
  afterEach(allServe, PATIENCE_MS)

  /** nginx leads to each of the three, at whatever address it has now. */
  async function allServe(): Promise<void> {
    const seen = new Set<string>()
    await eventually(
      'all replicas serve',
      async () => {
        const reply = await fetch(`${url}/readyz`).catch(() => undefined)
        if (reply?.ok) seen.add((await reply.json()).replica)
        return seen.size === REPLICAS.length
      },
      PATIENCE_MS,
    )
  }

  async function ask(from = clients, question = QUESTION): Promise<BatonClient> {
    const client = from.of()
    let shown = ''
    client.subscribe(() => {
      const text = answer(client)?.content ?? ''
      expect(text.startsWith(shown), 'what was shown stays').toBe(true)
      shown = text
    })
    await client.open()
    await client.send(question)
    return client
  }

  const answer = ({ state }: BatonClient) => state.messages.findLast(({ role }) => role === 'assistant')

  async function end(client: BatonClient): Promise<string> {
    await within(
      'the answer ends',
      when(client, () => (answer(client)?.status ?? 'streaming') !== 'streaming'),
      PATIENCE_MS,
    )
    const { status, attempt, content = '' } = answer(client) ?? {}
    expect({ status, attempt }).toEqual({ status: 'complete', attempt: 1 })
    return content
  }

  /** An answer streams when `strike` befalls its owner; it comes whole all the same, and another one has added to it. */
  async function survives(strike: (owner: string) => Promise<unknown>): Promise<string> {
    const client = await ask()
    const owner = client.state.replica ?? ''
    await within(
      'text comes',
      when(client, () => (answer(client)?.content.length ?? 0) >= ENOUGH),
    )
    await strike(owner)
    expect(await end(client)).toBe(undisturbed)
    expect(answer(client)?.metadata.replicas).toEqual([owner, expect.not.stringMatching(owner)])
    return owner
  }

  const healthyAgain = (service: string, restarts: number) =>
    eventually(
      `${service} was started again`,
      async () => {
        const { RestartCount, State } = await compose.inspect(service)
        return RestartCount > restarts && State.Health?.Status === 'healthy'
      },
      PATIENCE_MS,
    )

  test.each([...REPLICAS, 'model'])('%s has no rights, and may write to nothing but its /tmp', async (service) => {
    expect(await compose.exec(service, 'sh', '-c', 'id -u; grep CapBnd /proc/1/status; touch /tmp/x')).toMatch(
      /^1000\nCapBnd:\s0+\n$/,
    )
    await expect(compose.exec(service, 'touch', '/baton/x')).rejects.toThrow('Read-only file system')
  })

  test('nginx reaches the replicas, and neither Redis nor the model', async () => {
    await compose.exec('nginx', 'getent', 'hosts', 'r1')
    for (const name of ['redis', 'model'])
      await expect(compose.exec('nginx', 'getent', 'hosts', name)).rejects.toThrow()
    await compose.exec('r1', 'getent', 'hosts', 'redis')
  })

  test('[F2] a replica that is killed in the middle of an answer: another one goes on, and it is started again', async () => {
    const owner = await survives((service) => compose.signal(service, 'KILL'))
    await healthyAgain(owner, 0)
  })

  test('[F2] a container that is killed in the middle of an answer: another one goes on', async () => {
    const owner = await survives((service) => compose.container('kill', service))
    await compose.container('start', owner)
  })

  test('[F2] a replica that is frozen: another one goes on, and the health check has it started again', async () => {
    const before = Object.fromEntries(
      await Promise.all(REPLICAS.map(async (name) => [name, (await compose.inspect(name)).RestartCount])),
    )
    const owner = await survives((service) => compose.signal(service, 'STOP'))
    await healthyAgain(owner, before[owner])
  })

  test('[F5] a replica that is stopped gives its answer away, and ends with 0 in the time that it is given', async () => {
    const owner = await survives((service) => compose.container('stop', service))
    const { State, Config } = await compose.inspect(owner)
    expect(State).toMatchObject({ Status: 'exited', ExitCode: 0, OOMKilled: false })
    expect(Config.StopTimeout).toBe(60 + DRAIN_SECONDS)
    await compose.container('start', owner)
  })

  test('containers that are made anew get other addresses: nginx finds them', async () => {
    const before = await compose.inspect('r1')
    await compose.run('up', '--detach', '--no-deps', '--force-recreate', 'r3', 'r2', 'r1')
    expect((await compose.inspect('r1')).Id).not.toBe(before.Id)
    await allServe()
  })

  test('[G1] [G2] Redis is killed in the middle of an answer: it goes on, and is in Redis when that is back', async () => {
    const client = await ask()
    await within(
      'text comes',
      when(client, () => (answer(client)?.content.length ?? 0) >= ENOUGH),
    )
    await compose.exec('redis', 'sh', '-c', 'kill -KILL $(pidof redis-server)').catch(() => {})
    expect(await end(client)).toBe(undisturbed)
    const field = `message:${answer(client)?.seq}`
    const stored = () =>
      compose.exec('redis', 'redis-cli', 'hget', `session:{${client.state.session?.id}}`, field).catch(() => '')
    await eventually(
      'the answer is in Redis',
      async () => (await stored()).includes('"status":"complete"'),
      PATIENCE_MS,
    )
  })

  test.skipIf(lacks('prom/prometheus'))(
    'the profile observability: Prometheus has all replicas, the alerts, and sees one die',
    async () => {
      await compose.run('--profile', 'observability', 'up', '--detach', '--no-deps', 'prometheus')
      const query = async (promql: string) => {
        const reply = await fetch(`${prometheus}/api/v1/query?query=${encodeURIComponent(promql)}`).catch(
          () => undefined,
        )
        return reply?.ok
          ? (await reply.json()).data.result.map(({ value }: { value: [number, string] }) => value[1]).join()
          : ''
      }
      await eventually('all are scraped', async () => (await query('sum(up{job="baton"})')) === '3', MINUTE_MS)
      const rules = await (await fetch(`${prometheus}/api/v1/rules`)).json()
      expect(rules.data.groups.flatMap(({ rules }: { rules: object[] }) => rules)).toHaveLength(19)
      await compose.container('stop', 'r2')
      await eventually('one is missed', async () => (await query('sum(up{job="baton"})')) === '2', MINUTE_MS)
      await compose.container('start', 'r2')
    },
  )

  test.skipIf(lacks('jaegertracing/jaeger'))(
    '[F2] the profile observability: Jaeger has an answer as one trace, though its owner was killed',
    async () => {
      await compose.run('--profile', 'observability', 'up', '--detach', '--no-deps', 'jaeger')
      const traces = async () => {
        const reply = await fetch(`${jaeger}/api/traces?service=baton&limit=100`).catch(() => undefined)
        return reply?.ok ? tracesIn(await reply.json()) : []
      }
      await eventually('Jaeger answers', async () => (await fetch(jaeger).catch(() => undefined))?.ok, MINUTE_MS)
      const owner = await survives((service) => compose.container('kill', service))
      await compose.container('start', owner)
      const spans = await eventually(
        'the trace is there',
        async () =>
          (await traces()).find(
            (spans) =>
              spans.length > 1 &&
              spans.some(({ tags }) => String(tags['baton.takeover.from'] ?? '').startsWith(`${owner}.`)),
          ),
        MINUTE_MS,
      )
      const root = spans.find(({ name }) => name === 'answer')
      expect(spans.filter(({ parent }) => parent === root?.id)).toHaveLength(spans.length - 1)
      expect(JSON.parse(String(root?.tags['baton.replicas']))).toEqual([owner, expect.not.stringMatching(owner)])
    },
  )

  test('nginx is reloaded while a socket is open: it stays, and its answer comes through it', async () => {
    const client = await ask()
    await within(
      'text comes',
      when(client, () => (answer(client)?.content.length ?? 0) >= ENOUGH),
    )
    const states = new Set<string>()
    client.subscribe(({ connection }) => states.add(connection))
    await compose.exec('nginx', 'nginx', '-s', 'reload')
    expect(await end(client)).toBe(undisturbed)
    expect([...states]).toEqual(['online'])
  })

  test.skipIf(lacks('llama.cpp'))(
    '[F3] examples/compose/llama.yml: a replica that is killed while a real model answers, and another one goes on',
    async () => {
      const [port = 0] = await freePorts(1)
      const env = { PORT: String(port), LLM_MAX_TOKENS: '200' }
      const real = new Compose(`baton-try-llama-${process.pid}`, env, ['examples/compose/llama.yml'])
      const visitors = new Clients(`http://127.0.0.1:${port}`)
      onTestFinished(async () => {
        visitors.close()
        await real.run('down', '--volumes', '--timeout', '1')
      }, PATIENCE_MS)
      await real.run('up', '--detach').catch(async (error) => {
        throw new Error(await real.run('logs', 'llama'), { cause: error })
      })
      const client = await ask(visitors, 'Tell me a long story.')
      const owner = client.state.replica ?? ''
      await within(
        'text comes',
        when(client, () => (answer(client)?.content.length ?? 0) >= ENOUGH),
        PATIENCE_MS,
      )
      await real.signal(owner, 'KILL')
      expect((await end(client)).length).toBeGreaterThan(ENOUGH)
      expect(answer(client)?.metadata).toMatchObject({
        model: expect.stringMatching(/smol|qwen/i),
        replicas: [owner, expect.not.stringMatching(owner)],
      })
    },
  )

  test('deploy/production.yml: TLS, HTTP/2, and no demo model', async () => {
    const certificates = makeCertificates()
    onTestFinished(() => certificates.remove())
    const [port = 0] = await freePorts(1)
    const production = new Compose(
      `baton-try-tls-${process.pid}`,
      {
        PORT: String(port),
        TLS_DIR: dirname(certificates.ca),
        TLS_CERT: basename(certificates.server.cert),
        TLS_KEY: basename(certificates.server.key),
        REDIS_PASSWORD: 'chosen',
        OPENAI_API_KEY: 'sk-none',
      },
      ['deploy/production.yml'],
    )
    onTestFinished(() => production.run('down', '--volumes', '--timeout', '1').then(() => {}), PATIENCE_MS)
    await production.run('up', '--detach')
    const session = connect(`https://127.0.0.1:${port}`, { ca: readFileSync(certificates.ca) })
    const headers = await eventually(
      'replicas answer by HTTP/2',
      async () => {
        const [headers] = await once(session.request({ ':path': '/readyz' }), 'response')
        return headers[':status'] === 200 && headers
      },
      PATIENCE_MS,
    )
    session.close()
    expect(headers['strict-transport-security']).toBe('max-age=31536000')
    await expect(production.inspect('model')).rejects.toThrow()
    expect((await production.inspect('r1')).State.Status).toBe('running')
  })
})

import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { FILES, schema } from '../../src/config/schema.ts'
import { misspelt } from '../../src/config/spelling.ts'
import { startRedis } from '../support/redis.ts'
import { fillRedis, LOADS_SLOWLY, untilLoading } from '../support/redis-loading.ts'

const root = join(import.meta.dirname, '../..')
const composeFile = join(root, 'docker-compose.yml')
const COMMANDS = [['docker-compose'], ['docker', 'compose']]
const command = COMMANDS.find(([program = '', ...rest]) => spawnSync(program, [...rest, 'version']).status === 0)

/** What compose makes of the file, others beside it, and an environment. */
function configured(env: NodeJS.ProcessEnv, ...more: string[]) {
  const [program = '', ...rest] = command ?? []
  const files = [composeFile, ...more.map((file) => join(root, file))].flatMap((file) => ['-f', file])
  const { stdout, stderr } = spawnSync(program, [...rest, ...files, 'config'], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ...env },
  })
  return { stdout, stderr, services: (parse(stdout)?.services ?? {}) as Record<string, Service> }
}

const CHOSEN = {
  PORT: '443',
  REDIS_PASSWORD: 'chosen',
  TLS_DIR: '/certs',
  TLS_CERT: 'live/a.crt',
  TLS_KEY: 'live/a.key',
}
const inProduction = (env: NodeJS.ProcessEnv = {}) => configured({ ...CHOSEN, ...env }, 'deploy/production.yml')

/** How a replica is told of Redis: its command is run, with a `node` that says its environment. */
function redisSettings({ r1 }: Record<string, Service>): object {
  const directory = mkdtempSync(join(tmpdir(), 'baton-compose-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  writeFileSync(join(directory, 'node'), '#!/bin/sh\nexec env\n', { mode: 0o755 })
  const given = Object.entries(r1?.environment ?? {}).filter(([, value]) => value !== null)
  const [program = '', ...args] = (r1?.command ?? []).map((part) => part.replaceAll('$$', () => '$'))
  const { stdout } = spawnSync(program, args, {
    encoding: 'utf8',
    env: {
      ...Object.fromEntries(given.map(([name, value]) => [name, String(value)])),
      PATH: `${directory}:${process.env.PATH}`,
      HEALTH_PID_FILE: join(directory, 'replica.pid'),
    },
  })
  return Object.fromEntries(
    [...stdout.matchAll(/^(REDIS_(?:URL|URL_FILE|SENTINELS))=(.+)$/gm)].map(([, ...pair]) => pair),
  )
}

describe.skipIf(command === undefined)('docker compose', () => {
  test('[R3] accepts docker-compose.yml, also with settings given', () => {
    expect(configured({}).stdout).toMatch(/published: "?8080"?/)
    expect(configured({ PORT: '9000', SESSION_TTL: '60' }).stdout).toMatch(/published: "?9000"?/)
    const { stdout } = configured({}, 'examples/compose/llama.yml')
    expect(stdout).toContain('OPENAI_BASE_URL: http://llama:8080/v1')
  })

  test('in production nginx has one port, and what has to be chosen is asked for', () => {
    const { nginx } = inProduction().services
    expect(nginx?.ports).toMatchObject([{ published: expect.anything(), target: 8080 }])
    expect(nginx?.environment?.BATON_LISTEN).toBe('8080 ssl')
    expect(inProduction({ REDIS_PASSWORD: '' }).stderr).toContain('letters and digits')
    for (const name of ['TLS_DIR', 'TLS_CERT', 'TLS_KEY']) expect(inProduction({ [name]: '' }).stderr).toContain(name)
  })

  test('in production the directory of the certificate is mounted: a file that replaces another is seen there', () => {
    const { nginx } = inProduction().services
    expect(JSON.stringify(nginx?.volumes)).toMatch(/\/certs\b.*\/run\/secrets\/tls\b/)
    expect(nginx?.environment?.BATON_EDGE).toContain('ssl_certificate /run/secrets/tls/live/a.crt;')
    expect(nginx?.environment?.BATON_EDGE).toContain('ssl_certificate_key /run/secrets/tls/live/a.key;')
  })

  test.each([
    ['the Redis beside it', {}, { REDIS_URL: 'redis://:chosen@redis:6379' }],
    ['that of REDIS_URL', { REDIS_URL: 'rediss://a' }, { REDIS_URL: 'rediss://a' }],
    ['that of a file', { REDIS_URL_FILE: '/run/secrets/url' }, { REDIS_URL_FILE: '/run/secrets/url' }],
    ['that of Sentinels', { REDIS_SENTINELS: 's1:26379' }, { REDIS_SENTINELS: 's1:26379' }],
    [
      'that of Sentinels, with a login',
      { REDIS_SENTINELS: 's1:26379', REDIS_URL: 'redis://u:p@any' },
      { REDIS_SENTINELS: 's1:26379', REDIS_URL: 'redis://u:p@any' },
    ],
  ])('[R4] [R6] in production replicas take %s', (_, env, settings) => {
    const { services } = inProduction(env)
    expect(redisSettings(services)).toEqual(settings)
    expect([...misspelt(services.r1?.environment as NodeJS.ProcessEnv)]).toEqual([])
  })

  test('the password of the Redis beside them is chosen once, or is that of a trial', () => {
    for (const [env, password] of [
      [{}, 'baton'],
      [{ REDIS_PASSWORD: 'chosen' }, 'chosen'],
    ] as const) {
      const { services } = configured(env)
      expect(redisSettings(services)).toEqual({ REDIS_URL: `redis://:${password}@redis:6379` })
      expect(services.redis?.command).toContain(password)
    }
  })
})

test('[R3] nginx.conf has no variable that docker-compose.yml does not give it', () => {
  const compose = readFileSync(composeFile, 'utf8')
  const variables = new Set(readFileSync(join(root, 'nginx.conf'), 'utf8').match(/\$\{\w+\}/g))
  expect(variables.size).toBe(7)
  for (const variable of variables) expect(compose).toContain(` ${variable.slice(2, -1)}: `)
})

test('[R4][R6] every setting can be given to the containers, but for those that they decide themselves', () => {
  const compose = readFileSync(composeFile, 'utf8')
  const ours = new Set(['PORT', 'HOST', 'REPLICA_ID', 'DEMO', 'DATA_DIR', 'POLLING', 'STORE', 'OPS_PORT'])
  const names = [...Object.keys(schema.shape), ...FILES].filter((name) => !ours.has(name))
  expect(names.filter((name) => !new RegExp(`^    ${name}:`, 'm').test(compose))).toEqual([])
})

test('what Node.js itself reads of proxies and authorities can be given to the containers, as the documents say', () => {
  const names = ['NODE_USE_ENV_PROXY', 'HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'NODE_EXTRA_CA_CERTS']
  const operations = readFileSync(join(root, 'docs/operations.md'), 'utf8')
  for (const name of names) {
    expect(operations).toContain(`\`${name}`)
    expect(services().r1?.environment).toHaveProperty(name, null)
  }
})

test('Redis is healthy once it has read its data, not before, and is given time for that', async () => {
  const redis = await startRedis(LOADS_SLOWLY)
  onTestFinished(redis.stop)
  const { test: check = [], start_period: time } = services().redis?.healthcheck ?? {}
  const isHealthy = () => spawnSync('redis-cli', ['-p', `${redis.port}`, ...check.slice(2)]).status === 0
  expect(isHealthy()).toBe(true)
  await fillRedis(redis)
  await redis.kill()
  const loaded = redis.restart()
  await untilLoading(redis)
  expect(isHealthy()).toBe(false)
  await loaded
  expect([isHealthy(), time]).toEqual([true, '10m'])
})

test("wherever the traces' receiver is named, the image has what sends to it", () => {
  const { build } = services().r1 ?? {}
  for (const name of ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT_FILE'])
    expect(build).toMatchObject({ args: { WITH_TRACES: expect.stringContaining(`\${${name}:-}`) } })
})

test('[R3] no limit is set that a machine may not allow: that would fail the start', () => {
  expect(readFileSync(composeFile, 'utf8')).not.toContain('ulimits')
})

type Service = {
  environment?: Record<string, unknown>
  ports?: string[]
  networks?: string[]
  profiles?: string[]
  command?: string[]
  healthcheck?: { test: string[]; start_period?: string }
} & Record<string, unknown>
const services = (): Record<string, Service> => parse(readFileSync(composeFile, 'utf8'), { merge: true }).services

test('[W5] nothing in containers is a demonstration, and nothing but nginx can be reached from elsewhere', () => {
  expect(readFileSync(composeFile, 'utf8')).not.toMatch(/\bDEMO\b/)
  const open = Object.entries(services()).filter(([, { ports = [] }]) =>
    ports.some((port) => !port.startsWith('127.0.0.1:')),
  )
  expect(open.map(([name]) => name)).toEqual(['nginx'])
})

test('what runs the image may do nothing that it does not need, and only replicas stand between clients and Redis', () => {
  const all = services()
  for (const name of ['r1', 'r2', 'r3', 'model']) {
    expect(all[name], name).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      init: true,
    })
  }
  const between = Object.keys(all).filter((name) => all[name]?.networks?.length === 2)
  expect(between).toEqual(['r1', 'r2', 'r3'])
  expect([all.redis?.networks, all.nginx?.networks]).toEqual([['back'], ['front']])
})

test('a model server beside it is on a network of the replicas', () => {
  const { llama } = parse(readFileSync(join(root, 'examples/compose/llama.yml'), 'utf8')).services
  expect(services().r1?.networks).toEqual(expect.arrayContaining(llama.networks ?? ['default']))
})

test('[F5] a container is given more time than its drain takes, however much that is', () => {
  expect(services().r1?.stop_grace_period).toMatch(/^1m\$\{DRAIN_TIMEOUT:-30\}s$/)
})

test('what operators watch with is there when they ask for it, and has the alerts and the dashboard', () => {
  const watching = Object.entries(services()).filter(([, { profiles = [] }]) => profiles.length > 0)
  expect(watching.map(([name, { profiles }]) => [name, profiles])).toEqual([
    ['prometheus', ['observability']],
    ['grafana', ['observability']],
    ['jaeger', ['observability']],
  ])
  const mounts = watching.flatMap(([, { volumes = [] }]) => volumes as string[])
  const sources = mounts.map((mount) => mount.split(':')[0] ?? '').filter((source) => source.startsWith('.'))
  expect(sources).toHaveLength(4)
  for (const source of sources) expect(existsSync(join(root, source)), source).toBe(true)
})

test('Prometheus asks each replica at the port that is for operators', () => {
  const { scrape_configs: scrapes } = parse(readFileSync(join(root, 'deploy/monitoring/prometheus.yml'), 'utf8'))
  const targets = ['r1', 'r2', 'r3'].map((name) => `${name}:${services()[name]?.environment?.OPS_PORT}`)
  expect(scrapes).toMatchObject([{ static_configs: [{ targets }] }])
})

test.skipIf(spawnSync('promtool', ['--version']).status !== 0)('Prometheus accepts what it is configured with', () => {
  const config = join(root, 'deploy/monitoring/prometheus.yml')
  expect(spawnSync('promtool', ['check', 'config', config], { encoding: 'utf8' })).toMatchObject({ status: 0 })
})

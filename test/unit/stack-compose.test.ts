import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { FILES, schema } from '../../src/config/schema.ts'

const root = join(import.meta.dirname, '../..')
const composeFile = join(root, 'docker-compose.yml')
const COMMANDS = [['docker-compose'], ['docker', 'compose']]
const command = COMMANDS.find(([program = '', ...rest]) => spawnSync(program, [...rest, 'version']).status === 0)

test.skipIf(command === undefined)('[R3] docker compose accepts docker-compose.yml, also with settings given', () => {
  const [program = '', ...rest] = command ?? []
  const config = (env: NodeJS.ProcessEnv, ...more: string[]) =>
    execFileSync(program, [...rest, '-f', composeFile, ...more, 'config'], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, ...env },
    })
  expect(config({})).toMatch(/published: "?8080"?/)
  expect(config({ PORT: '9000', SESSION_TTL: '60' })).toMatch(/published: "?9000"?/)
  expect(config({}, '-f', join(root, 'examples/compose/llama.yml'))).toContain('OPENAI_BASE_URL: http://llama:8080/v1')
})

test.skipIf(command === undefined)(
  'in production nginx has one port, and a password that a URL can hold is asked for',
  () => {
    const [program = '', ...rest] = command ?? []
    const config = (env: NodeJS.ProcessEnv) =>
      spawnSync(program, [...rest, '-f', composeFile, '-f', join(root, 'deploy/production.yml'), 'config'], {
        encoding: 'utf8',
        env: { PATH: process.env.PATH, TLS_CERT: '/tls.crt', TLS_KEY: '/tls.key', ...env },
      })
    const { stdout } = config({ PORT: '443', REDIS_PASSWORD: 'chosen' })
    const { ports, environment } = parse(stdout).services.nginx
    expect(ports).toMatchObject([{ published: expect.anything(), target: 8080 }])
    expect(environment.BATON_LISTEN).toBe('8080 ssl')
    expect(config({}).stderr).toContain('letters and digits')
  },
)

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

/** The chart on a real API server, with real controllers and a real scheduler. By `npm run k8s`: what it needs takes minutes to build. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { eventually } from '../support/conditions.ts'
import { ControlPlane, type Manifest } from './control-plane.ts'
import { gatewayApi, program } from './tools.ts'

const chart = join(import.meta.dirname, '../../deploy/helm/baton')
const PATIENCE_MS = 60_000
const APPS = '/apis/apps/v1/namespaces/default/deployments/chat-baton'
const PODS = '/api/v1/namespaces/default/pods?labelSelector=app.kubernetes.io%2Fname%3Dbaton'
const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'

const VALUES = {
  settings: { REDIS_URL: 'redis://redis:6379', AUTH: 'jwt', LLM_MODEL: 'some-model' },
  secrets: { JWT_SECRET: { name: 'jwt', key: 'secret' } },
  ingress: { enabled: true, hosts: ['chat.example.com'] },
  httpRoute: { enabled: true, parentRefs: [{ name: 'public' }] },
  networkPolicy: { enabled: true },
  monitoring: { enabled: true },
}

/** The Prometheus operator's kinds, with no more of a schema than that they are objects: its own definitions cannot be had as a module. */
function definitionOf(kind: string, plural: string): object {
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }
  const group = 'monitoring.coreos.com'
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase() },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  }
}

describe.skipIf(process.env.KUBERNETES === undefined)('on an API server', () => {
  let plane: ControlPlane
  beforeAll(async () => {
    plane = await ControlPlane.start()
    for (const [name, zone] of Object.entries({ n1: 'a', n2: 'b', n3: 'c' })) await plane.addNode(name, zone)
    const httpRoutes = parse(readFileSync(gatewayApi, 'utf8'))
    const own = [definitionOf('ServiceMonitor', 'servicemonitors'), definitionOf('PrometheusRule', 'prometheusrules')]
    for (const definition of [httpRoutes, ...own]) await plane.ask('POST', DEFINITIONS, definition)
    await eventually('its kinds are known', async () => {
      const groups: Manifest = await plane.ask('GET', '/apis')
      const names = groups.groups.map(({ name }: Manifest) => name)
      return names.includes('monitoring.coreos.com') && names.includes('gateway.networking.k8s.io')
    })
  }, 2 * PATIENCE_MS)
  afterAll(() => plane?.stop())

  const podsOf = async (): Promise<Manifest[]> => (await plane.ask('GET', PODS)).items
  const isReady = ({ status, metadata }: Manifest) =>
    metadata.deletionTimestamp === undefined &&
    status.conditions?.some(({ type, status }: Manifest) => type === 'Ready' && status === 'True')
  const readyPods = async () => (await podsOf()).filter(isReady)

  function helm(
    args: readonly string[],
    values: object = VALUES,
  ): { readonly status: number | null; readonly said: string } {
    const { status, stdout, stderr } = spawnSync(program('helm'), commandLine(args, values), { encoding: 'utf8' })
    return { status, said: stdout + stderr }
  }

  function commandLine(args: readonly string[], values: object): string[] {
    const directory = mkdtempSync(join(tmpdir(), 'baton-values-'))
    onTestFinished(() => rmSync(directory, { recursive: true }))
    const file = join(directory, 'values.json')
    writeFileSync(file, JSON.stringify(values))
    return [...args, '--kubeconfig', plane.kubeconfig, '--values', file]
  }

  const UPGRADE = ['upgrade', '--install', 'chat', chart, '--wait', '--timeout', '1m']

  test(
    'one command installs it by server-side apply: three of three are ready, each in a zone of its own',
    async () => {
      expect(helm(UPGRADE)).toMatchObject({ status: 0 })
      const { spec, status, metadata } = await plane.ask('GET', APPS)
      expect([spec.replicas, status.readyReplicas, status.availableReplicas]).toEqual([3, 3, 3])
      expect(metadata.managedFields.map(({ manager, operation }: Manifest) => `${manager} ${operation}`)).toContain(
        'helm Apply',
      )
      expect((await podsOf()).map(({ spec }) => spec.nodeName).sort()).toEqual(['n1', 'n2', 'n3'])
      const kinds = [
        'networking.k8s.io/v1/namespaces/default/networkpolicies',
        'networking.k8s.io/v1/namespaces/default/ingresses',
        'gateway.networking.k8s.io/v1/namespaces/default/httproutes',
        'monitoring.coreos.com/v1/namespaces/default/servicemonitors',
        'monitoring.coreos.com/v1/namespaces/default/prometheusrules',
        'policy/v1/namespaces/default/poddisruptionbudgets',
      ]
      for (const kind of kinds) expect((await plane.ask('GET', `/apis/${kind}`)).items, kind).toHaveLength(1)
    },
    2 * PATIENCE_MS,
  )

  test(
    'one replica may be evicted, a second one not before the first has a successor',
    async () => {
      const before = await readyPods()
      const evict = ({ metadata: { name } }: Manifest) =>
        plane.call('POST', `/api/v1/namespaces/default/pods/${name}/eviction`, {
          apiVersion: 'policy/v1',
          kind: 'Eviction',
          metadata: { name, namespace: 'default' },
        })
      plane.freezeNodes()
      onTestFinished(() => plane.thawNodes())
      expect((await evict(before[0])).status).toBe(201)
      const refused = await evict(before[1])
      expect(refused.status).toBe(429)
      expect(refused.body.message).toContain('disruption budget')
      plane.thawNodes()
      await eventually('three are ready again', async () => (await readyPods()).length === 3, PATIENCE_MS)
      await eventually('the budget is counted anew', async () => (await evict(before[1])).status === 201)
      await eventually('three are ready again', async () => (await readyPods()).length === 3, PATIENCE_MS)
    },
    2 * PATIENCE_MS,
  )

  /** Upgrades the release, and gives the fewest replicas that were ready, or wanted, meanwhile. */
  async function upgrade(values: object): Promise<{ readonly ready: number; readonly wanted: number }> {
    const upgrading = spawn(program('helm'), commandLine(UPGRADE, values), { stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    upgrading.stderr.on('data', (chunk) => {
      said += chunk
    })
    const ended = once(upgrading, 'exit')
    const least = { ready: Number.POSITIVE_INFINITY, wanted: Number.POSITIVE_INFINITY }
    while (upgrading.exitCode === null) {
      least.ready = Math.min(least.ready, (await readyPods()).length)
      least.wanted = Math.min(least.wanted, (await plane.ask('GET', APPS)).spec.replicas)
      await pause(50)
    }
    const [code] = await ended
    if (code !== 0) throw new Error(said)
    return least
  }

  test(
    'a rollout never has fewer than three ready, and each pod is replaced',
    async () => {
      const before = new Set((await podsOf()).map(({ metadata }) => metadata.name))
      const least = await upgrade({ ...VALUES, settings: { ...VALUES.settings, LOG_LEVEL: 'debug' } })
      expect(least.ready).toBeGreaterThanOrEqual(3)
      const after = await eventually('the old ones are gone', async () => {
        const pods = await podsOf()
        return pods.length === 3 && pods.every(({ metadata }) => !before.has(metadata.name)) && pods
      })
      const env = after.flatMap(({ spec }) => spec.containers[0].env).filter(({ name }) => name === 'LOG_LEVEL')
      expect(env).toEqual(after.map(() => ({ name: 'LOG_LEVEL', value: 'debug' })))
    },
    2 * PATIENCE_MS,
  )

  test(
    'scaling by load takes the replicas as it finds them, at its first upgrade and at later ones',
    async () => {
      const autoscaling = { enabled: true, connections: 5000, answersRunning: 200 }
      expect((await upgrade({ ...VALUES, autoscaling })).wanted).toBe(3)
      const scaler = '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers/chat-baton'
      expect((await plane.ask('GET', scaler)).spec).toMatchObject({ minReplicas: 3, maxReplicas: 20 })
      await plane.ask('PUT', `${APPS}/scale`, {
        apiVersion: 'autoscaling/v1',
        kind: 'Scale',
        metadata: { name: 'chat-baton', namespace: 'default' },
        spec: { replicas: 5 },
      })
      await eventually('five are ready', async () => (await readyPods()).length === 5, PATIENCE_MS)
      const settings = { ...VALUES.settings, LOG_LEVEL: 'warn' }
      expect((await upgrade({ ...VALUES, settings, autoscaling })).wanted).toBe(5)
    },
    2 * PATIENCE_MS,
  )

  test(
    'what is uninstalled is gone',
    async () => {
      const { status } = spawnSync(program('helm'), ['uninstall', 'chat', '--wait', '--kubeconfig', plane.kubeconfig])
      expect(status).toBe(0)
      await eventually('no pod is left', async () => (await podsOf()).length === 0, PATIENCE_MS)
      expect((await plane.call('GET', APPS)).status).toBe(404)
    },
    2 * PATIENCE_MS,
  )
})

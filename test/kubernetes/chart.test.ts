/** The Helm chart, as Helm renders it. `npm run k8s` installs it on a real API server. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { clientAddress } from '../../src/access/address.ts'
import { readSettings } from '../../src/config/settings.ts'
import { program } from './tools.ts'

const root = join(import.meta.dirname, '../..')
const chart = join(root, 'deploy/helm/baton')

/** Of the system, or what `npm run k8s` has built. */
const helm = ['helm', program('helm')].find((path) => spawnSync(path, ['version']).status === 0)

type Values = Readonly<Record<string, unknown>>
// biome-ignore lint/suspicious/noExplicitAny: tests look into objects whose shape they check
type Manifest = any

/** `values`: an object, or YAML as a person writes it, in which `off` is a boolean to Helm. */
function run(command: string, values: Values | string): { status: number | null; out: string; said: string } {
  const directory = mkdtempSync(join(tmpdir(), 'baton-chart-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const file = join(directory, 'values.yaml')
  writeFileSync(file, typeof values === 'string' ? values : JSON.stringify(values))
  const release = command === 'template' ? ['chat'] : []
  const { status, stdout, stderr } = spawnSync(helm ?? '', [command, ...release, chart, '--values', file], {
    encoding: 'utf8',
  })
  return { status, out: stdout, said: stdout + stderr }
}

/** What is installed with these values, by kind; what is for operators alone apart. */
function render(values: Values | string): Readonly<Record<string, Manifest>> {
  const { status, out, said } = run('template', values)
  if (status !== 0) throw new Error(said)
  return Object.fromEntries(
    parseAllDocuments(out).flatMap((document) => {
      const manifest: Manifest = document.toJS()
      if (manifest === null) return []
      const isForOperators = manifest.metadata.labels['app.kubernetes.io/component'] === 'ops'
      return [[isForOperators ? `${manifest.kind} ops` : manifest.kind, manifest]]
    }),
  )
}

/** Of a container's environment, where no variable is named: $$ is a dollar. */
function asKubernetesReads(value: string): string {
  expect(value.replaceAll('$$', '')).not.toContain('$(')
  return value.replaceAll('$$', () => '$')
}

const A_SECRET = 'a-secret-of-more-than-32-bytes--by-far'
const LEAST = { settings: { REDIS_URL: 'redis://redis:6379' } }
const ALL = {
  settings: {
    BASE_PATH: '/chat',
    REDIS_SENTINELS: ['s1:26379', 's2:26379'],
    FALLBACK_MAX_BYTES: 268435456,
    DAILY_TOKEN_LIMIT: 12_000_000_000,
    TRUST_PROXY: ['10.0.0.0/8', 'loopback'],
    LLM_EXTRA_BODY: { reasoning: { effort: 'low' } },
    AUTH: 'jwt',
  },
  secrets: {
    JWT_SECRET: { name: 'jwt', key: 'secret' },
    OPENAI_API_KEY: { name: 'openai', key: 'api-key' },
    REDIS_TLS_CA: { name: 'redis-tls', key: 'ca.crt' },
  },
  drainSeconds: 60,
  ingress: { enabled: true, className: 'nginx', hosts: ['chat.example.com'] },
  httpRoute: { enabled: true, parentRefs: [{ name: 'public' }] },
  autoscaling: { enabled: true, connections: 5000, answersRunning: 200 },
  networkPolicy: { enabled: true },
  monitoring: { enabled: true, labels: { release: 'prometheus' } },
}

/** Of what YAML makes of a value, and what Kubernetes would make of a text. */
const AS_WRITTEN = `
settings:
  REDIS_URL: redis://redis:6379
  LLM_STREAM_USAGE: off
  LLM_IDENTITY: on
  JWT_REQUIRE_EXP: no
  LLM_MODEL: null
  SOCKET_MAX_AGE:
  SYSTEM_PROMPT: 'Cost: $$5 for $(REPLICA_ID)'
  ALLOWED_ORIGINS: [https://a.example, https://b.example]
  LLM_EXTRA_BODY: { stop: [$(PORT)], seed: 12345678901, store: false }
secrets:
  OPENAI_API_KEY: { name: openai, key: api-key }
`

const containerOf = ({ Deployment }: Readonly<Record<string, Manifest>>) => Deployment.spec.template.spec.containers[0]

test('its version is that of the package', () => {
  const { version, appVersion } = parse(readFileSync(join(chart, 'Chart.yaml'), 'utf8'))
  const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version
  expect({ version, appVersion }).toEqual({ version: own, appVersion: own })
})

if (helm === undefined) test('the chart', ({ skip }) => skip('there is no helm on this system'))
else {
  test.each([LEAST, ALL])('Helm finds nothing wrong with it %#', (values) => {
    expect(run('lint', values)).toMatchObject({ status: 0 })
  })

  test('the least that is given installs three replicas that one may go of, and nothing that a cluster may lack', () => {
    const manifests = render(LEAST)
    expect(Object.keys(manifests).sort()).toEqual([
      'Deployment',
      'PodDisruptionBudget',
      'Service',
      'Service ops',
      'ServiceAccount',
    ])
    const { Deployment: deployment, PodDisruptionBudget: budget, Service: service } = manifests
    expect(deployment.spec).toMatchObject({
      replicas: 3,
      strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: '25%' } },
    })
    expect(budget.spec).toMatchObject({ maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' })
    for (const { spec } of [budget, deployment]) {
      expect(deployment.spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels)
    }
    expect(deployment.spec.template.metadata.labels).toMatchObject(service.spec.selector)
  })

  test('[F5] a pod is given the time that its drain takes, wherever that is set', () => {
    for (const drainSeconds of [0, 30, 600]) {
      const { Deployment } = render({ ...LEAST, drainSeconds, preStopSeconds: 7 })
      const { terminationGracePeriodSeconds, containers } = Deployment.spec.template.spec
      expect(terminationGracePeriodSeconds).toBe(7 + drainSeconds + 5)
      expect(containers[0].lifecycle).toEqual({ preStop: { sleep: { seconds: 7 } } })
      expect(containers[0].env).toContainEqual({ name: 'DRAIN_TIMEOUT', value: String(drainSeconds) })
    }
  })

  test('a pod may do nothing that it does not need', () => {
    const { Deployment } = render(LEAST)
    const { spec } = Deployment.spec.template
    expect(spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    })
    expect(spec.containers[0].securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
  })

  test('[R4] [R6] what is set reaches a gateway as it reads it; secrets come from files, and BASE_PATH moves the probes', () => {
    const directory = mkdtempSync(join(tmpdir(), 'baton-chart-'))
    onTestFinished(() => rmSync(directory, { recursive: true }))
    const { env, volumeMounts, livenessProbe, readinessProbe } = containerOf(render(ALL))
    for (const name of Object.keys(ALL.secrets)) writeFileSync(join(directory, name), A_SECRET)
    const given = Object.fromEntries(
      env.map(({ name, value }: { name: string; value?: string }) => [
        name,
        (value ?? 'chat-baton-7d4b9c-x2x4z').replace(volumeMounts[0].mountPath, directory),
      ]),
    )
    expect(readSettings(given)).toMatchObject({
      REPLICA_ID: 'chat-baton-7d4b9c-x2x4z',
      FALLBACK_MAX_BYTES: 268435456,
      DAILY_TOKEN_LIMIT: 12_000_000_000,
      LLM_EXTRA_BODY: { reasoning: { effort: 'low' } },
      JWT_SECRET: A_SECRET,
      DRAIN_TIMEOUT: 60,
    })
    expect([livenessProbe, readinessProbe].map(({ httpGet }) => httpGet.path)).toEqual([
      '/chat/healthz',
      '/chat/readyz',
    ])
    const { Ingress, HTTPRoute, ServiceMonitor } = render(ALL)
    expect(Ingress.spec.rules[0].http.paths[0].path).toBe('/chat')
    expect(HTTPRoute.spec.rules[0].matches[0].path.value).toBe('/chat')
    expect(ServiceMonitor.spec.endpoints[0].path).toBe('/chat/metrics')
  })

  test('[R4] a value is what YAML means by it: a boolean, no value, a text with dollars', () => {
    const { env } = containerOf(render(AS_WRITTEN))
    const given = Object.fromEntries(
      env.flatMap(({ name, value }: { name: string; value?: string }) =>
        value === undefined || name.endsWith('_FILE') ? [] : [[name, asKubernetesReads(value)]],
      ),
    )
    expect(given).not.toHaveProperty('LLM_MODEL')
    expect(readSettings(given)).toMatchObject({
      LLM_STREAM_USAGE: false,
      LLM_IDENTITY: true,
      JWT_REQUIRE_EXP: false,
      LLM_MODEL: 'gpt-5-mini',
      SOCKET_MAX_AGE: 3600,
      SYSTEM_PROMPT: 'Cost: $$5 for $(REPLICA_ID)',
      ALLOWED_ORIGINS: ['https://a.example', 'https://b.example'],
      LLM_EXTRA_BODY: { stop: ['$(PORT)'], seed: 12_345_678_901, store: false },
    })
  })

  test('what is no setting of Baton can be given, too: variables, with the files that they name, and annotations of the Service', () => {
    const mount = { name: 'authorities', mountPath: '/etc/authorities', readOnly: true }
    const volume = { name: 'authorities', configMap: { name: 'company-authorities' } }
    const variables = [
      { name: 'NODE_EXTRA_CA_CERTS', value: '/etc/authorities/ca.pem' },
      { name: 'OTEL_EXPORTER_OTLP_HEADERS', valueFrom: { secretKeyRef: { name: 'traces', key: 'headers' } } },
    ]
    const annotations = { 'service.beta.kubernetes.io/aws-load-balancer-type': 'external' }
    const extra = { extraEnv: variables, extraVolumes: [volume], extraVolumeMounts: [mount], service: { annotations } }
    for (const values of [LEAST, ALL]) {
      const plain = render(values)
      const manifests = render({ ...values, ...extra })
      const [before, after] = [plain, manifests].map(({ Deployment }) => Deployment.spec.template.spec)
      expect(after.containers[0].env).toEqual([...before.containers[0].env, ...variables])
      expect(after.containers[0].volumeMounts).toEqual([...(before.containers[0].volumeMounts ?? []), mount])
      expect(after.volumes).toEqual([...(before.volumes ?? []), volume])
      expect(manifests.Service.metadata.annotations).toEqual(annotations)
      expect(manifests['Service ops'].metadata).not.toHaveProperty('annotations')
    }
  })

  test('[R4] addresses that a cluster gives are believed, also those of EKS and GKE beside the private ones; others are not', () => {
    const { env } = containerOf(render(LEAST))
    const { value } = env.find(({ name }: Manifest) => name === 'TRUST_PROXY')
    const addressOf = clientAddress(readSettings({ TRUST_PROXY: value }).TRUST_PROXY)
    const seenFrom = (remoteAddress: string) =>
      addressOf({
        socket: { remoteAddress },
        headers: { 'x-forwarded-for': '203.0.113.7' },
      } as unknown as IncomingMessage)
    for (const inside of ['10.1.2.3', '172.16.0.9', '192.168.1.1', '100.64.0.1', '100.127.255.254', 'fd00::1'])
      expect(seenFrom(inside)).toBe('203.0.113.7')
    for (const outside of ['100.63.255.255', '100.128.0.1', '198.51.100.1']) expect(seenFrom(outside)).toBe(outside)
  })

  test('in a cluster with IPv6 alone, replicas can listen there', () => {
    const { env } = containerOf(render({ settings: { ...LEAST.settings, HOST: '::' } }))
    expect(env).toContainEqual({ name: 'HOST', value: '::' })
  })

  test('what operators ask is on a port of its own, to which nothing leads from outside', () => {
    const { Deployment, Service, 'Service ops': ops, Ingress, HTTPRoute, ServiceMonitor, NetworkPolicy } = render(ALL)
    const { ports, env } = Deployment.spec.template.spec.containers[0]
    const { containerPort } = ports.find(({ name }: Manifest) => name === 'ops')
    expect(env).toContainEqual({ name: 'OPS_PORT', value: String(containerPort) })
    const forward = `kubectl port-forward deploy/${Deployment.metadata.name} ${containerPort}`
    expect(readFileSync(join(root, 'docs/admin.md'), 'utf8')).toContain(forward)
    expect(Service.spec.ports).toEqual([{ name: 'http', port: 80, targetPort: 'http' }])
    const [served] = ops.spec.ports
    expect(served).toMatchObject({ name: 'ops', targetPort: 'ops' })
    expect(ServiceMonitor.spec.endpoints[0].port).toBe('ops')
    expect(ops.metadata.labels).toMatchObject(ServiceMonitor.spec.selector.matchLabels)
    expect(Service.metadata.labels).not.toMatchObject(ServiceMonitor.spec.selector.matchLabels)
    expect(JSON.stringify([Ingress, HTTPRoute])).not.toMatch(new RegExp(`ops|${served.port}`))
    expect(NetworkPolicy.spec.ingress.map((rule: Manifest) => rule.ports[0].port)).toEqual(['http', 'ops'])
  })

  test.each(['LoadBalancer', 'NodePort'])('a Service of type %s publishes no port of operators', (type) => {
    const { Service, 'Service ops': ops } = render({ ...LEAST, service: { type } })
    expect(Service.spec.type).toBe(type)
    expect(JSON.stringify(Service)).not.toContain('8081')
    expect(ops.spec).toMatchObject({ type: 'ClusterIP', selector: Service.spec.selector })
  })

  test('every secret that is mounted comes from the key that was named', () => {
    const [volume] = render(ALL).Deployment.spec.template.spec.volumes
    const from = volume.projected.sources.map(({ secret }: Manifest) => [
      secret.items[0].path,
      secret.name,
      secret.items[0].key,
    ])
    expect(Object.fromEntries(from.map(([name, secret, key]: string[]) => [name, { name: secret, key }]))).toEqual(
      ALL.secrets,
    )
  })

  test('it grows at once and shrinks slowly, by what each pod has to do', () => {
    const { Deployment, HorizontalPodAutoscaler } = render(ALL)
    expect(Deployment.spec).not.toHaveProperty('replicas')
    const { metrics, behavior } = HorizontalPodAutoscaler.spec
    expect(metrics.map((metric: Manifest) => metric.pods?.metric.name ?? metric.resource.name)).toEqual([
      'cpu',
      'baton_answers_running',
      'baton_connections',
    ])
    expect(behavior.scaleDown).toMatchObject({
      stabilizationWindowSeconds: 600,
      policies: [{ type: 'Pods', value: 1 }],
    })
  })

  test('long answers and WebSockets are not cut at the edge', () => {
    const { Ingress, HTTPRoute } = render(ALL)
    expect(Ingress.metadata.annotations).toMatchObject({
      'nginx.ingress.kubernetes.io/proxy-read-timeout': '660',
      'nginx.ingress.kubernetes.io/proxy-buffering': 'off',
    })
    expect(HTTPRoute.spec.rules[0].timeouts).toEqual({ request: '0s', backendRequest: '0s' })
  })

  test('Prometheus is given the alerts, and Grafana the dashboard', () => {
    const { PrometheusRule, ConfigMap, ServiceMonitor } = render(ALL)
    const file = (name: string) => readFileSync(join(chart, 'files', name), 'utf8')
    expect(PrometheusRule.spec).toEqual(parse(file('alerts.yml')))
    expect(JSON.parse(ConfigMap.data['baton.json'])).toEqual(JSON.parse(file('dashboard.json')))
    expect(ServiceMonitor.metadata.labels).toMatchObject({ release: 'prometheus' })
  })

  test.each([
    ['a misspelt setting', { settings: { REDIS_ULR: 'redis://redis' } }, 'REDIS_ULR'],
    ['a misspelt value', { ...LEAST, replicacount: 3 }, 'replicacount'],
    ['a setting of the chart’s own', { settings: { ...LEAST.settings, PORT: 1 } }, 'PORT'],
    ['no Redis', {}, 'replicas share a Redis'],
    ['a setting that is given twice', { ...LEAST, secrets: { REDIS_URL: { name: 'redis', key: 'url' } } }, 'REDIS_URL'],
    ['an Ingress for no host', { ...LEAST, ingress: { enabled: true } }, 'ingress.hosts has to name'],
    ['a route of no Gateway', { ...LEAST, httpRoute: { enabled: true } }, 'httpRoute.parentRefs has to name'],
    ['several replicas that share nothing', { settings: { STORE: 'memory' } }, 'set replicaCount to 1'],
  ])('[R4] %s stops the install with a sentence', (_, values, sentence) => {
    const { status, said } = run('template', values)
    expect(status).not.toBe(0)
    expect(said).toContain(sentence)
  })
}

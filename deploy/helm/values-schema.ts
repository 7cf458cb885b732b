import { FILES, SECRETS, schema } from '../../src/config/schema.ts'

/** Settings that the chart gives itself, or that have no place in a cluster. */
const NOT_GIVEN = new Set<string>(['PORT', 'OPS_PORT', 'REPLICA_ID', 'DRAIN_TIMEOUT', 'DEMO', 'DATA_DIR', 'POLLING'])
const TLS_FILES = FILES.filter((name) => name.startsWith('REDIS_TLS_'))

const text = { type: 'string' }
const flag = { type: 'boolean' }
const count = (minimum: number) => ({ type: 'integer', minimum })
const map = { type: 'object' }
const texts = { type: 'object', additionalProperties: text }
const list = { type: 'array' }
const orNull = (type: object) => ({ oneOf: [type, { type: 'null' }] })

/** No name but these. */
function closed(properties: Readonly<Record<string, object>>, required: readonly string[] = []): object {
  return { type: 'object', properties, required, additionalProperties: false }
}

/** Names among these, each with such a value. */
function named(names: readonly string[], value: object): object {
  return { type: 'object', propertyNames: { enum: names }, additionalProperties: value }
}

/** The JSON schema that Helm holds the chart's values to: what is misspelt does not get lost. */
export function valuesSchema(): object {
  const files: readonly string[] = TLS_FILES
  const settings = Object.keys(schema.shape).filter((name) => !NOT_GIVEN.has(name) && !files.includes(name))
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    ...closed({
      image: closed({
        repository: text,
        tag: text,
        digest: { type: 'string', pattern: '^(sha256:[0-9a-f]{64})?$' },
        pullPolicy: { enum: ['Always', 'IfNotPresent', 'Never'] },
      }),
      imagePullSecrets: list,
      replicaCount: count(1),
      settings: named(settings, {}),
      secrets: named([...SECRETS, ...TLS_FILES], closed({ name: text, key: text }, ['name', 'key'])),
      extraEnv: list,
      extraVolumes: list,
      extraVolumeMounts: list,
      drainSeconds: { ...count(0), maximum: 3600 },
      preStopSeconds: count(1),
      resources: map,
      service: closed({ type: text, port: count(1), annotations: texts }),
      ingress: closed({ enabled: flag, className: text, hosts: list, tls: list, annotations: texts }),
      httpRoute: closed({ enabled: flag, hostnames: list, parentRefs: list }),
      autoscaling: closed({
        enabled: flag,
        minReplicas: count(1),
        maxReplicas: count(1),
        cpuPercent: count(1),
        connections: orNull(count(1)),
        answersRunning: orNull(count(1)),
      }),
      podDisruptionBudget: closed({ maxUnavailable: { oneOf: [count(0), { type: 'string', pattern: '^[0-9]+%$' }] } }),
      networkPolicy: closed({ enabled: flag, from: list, operators: list, egress: list }),
      monitoring: closed({ enabled: flag, interval: text, labels: texts }),
      serviceAccount: closed({ name: text, annotations: texts }),
      podAnnotations: texts,
      podLabels: texts,
      nodeSelector: texts,
      tolerations: list,
      affinity: map,
      priorityClassName: text,
      sidecars: list,
      global: map,
    }),
  }
}

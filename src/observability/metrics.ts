import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Build } from '../ports/build.ts'
import { type Meter, SERIES, type Series } from '../ports/meter.ts'

/** Gauges that are read when they are scraped. */
export const READINGS = {
  redisUp: ['baton_redis_up', '1 while Redis takes what the replica writes, at every master of a Cluster'],
  memoryMode: ['baton_memory_mode', '1 while sessions are served from memory because Redis is away'],
  heldSessions: ['baton_held_sessions', 'Sessions held in memory until Redis has them'],
  heldBytes: ['baton_held_bytes', 'What the held sessions take of the allowance'],
  heldMaxBytes: ['baton_held_max_bytes', 'The allowance: FALLBACK_MAX_BYTES'],
  draining: ['baton_draining', '1 while this replica drains'],
  saturated: ['baton_saturated', '1 while new messages are refused because the event loop has nothing but work'],
  loopUtilisation: ['baton_eventloop_utilization_ratio', 'Share of the recent past in which the event loop worked'],
} as const satisfies Record<string, readonly [name: string, help: string]>

export type Readings = Partial<Readonly<Record<keyof typeof READINGS, () => number>>>

export interface Metrics {
  readonly meter: Meter
  readonly registry: Registry
  /** Adds gauges that are asked at each scrape. */
  read(readings: Readings): void
}

/**
 * What prom-client says by default, and is better said otherwise: gauges whose names end like a counter's, and a lag that
 * is read from a timer of its own, by which an idle process would be woken all the time (`baton_eventloop_lag_seconds`).
 */
const LEFT_OUT = /^nodejs_(active_\w+_total|eventloop_lag_\w+)$/
/** As seldom as that timer can be had. */
const NEVER_MS = 24 * 3600 * 1000

/** The replica's Prometheus series. */
export function createMetrics({ replica, build }: { readonly replica: string; readonly build: Build }): Metrics {
  const registry = new Registry()
  registry.setDefaultLabels({ replica })
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: NEVER_MS })
  for (const { name } of registry.getMetricsAsArray()) if (LEFT_OUT.test(name)) registry.removeSingleMetric(name)

  new Gauge({
    name: 'baton_build_info',
    help: '1, with the version of this replica and the number of what it writes into Redis',
    labelNames: ['version', 'protocol'],
    registers: [registry],
  }).set({ version: build.version, protocol: build.protocol }, 1)

  const instruments = Object.entries(SERIES).map(([key, series]) => [key, instrument(series, registry)] as const)
  return {
    meter: Object.fromEntries(instruments) as unknown as Meter,
    registry,
    read(readings) {
      for (const key of Object.keys(readings) as (keyof Readings)[]) {
        const [name, help] = READINGS[key]
        reading(name, help, readings[key] ?? (() => Number.NaN), registry)
      }
    },
  }
}

type Told = (value: number, labels?: Readonly<Record<string, string>>) => void

function instrument(series: Series, registry: Registry): Told {
  switch (series.kind) {
    case 'counter':
      return Object.keys(series.labels).length === 0 ? plain(series, registry) : labelled(series, registry)
    case 'gauge':
      return plain(series, registry)
    case 'duration':
      return histogram(series, registry, 1000)
    case 'size':
      return histogram(series, registry, 1)
  }
}

/** What is counted per token is a plain number that Prometheus reads at a scrape. */
function plain({ kind, name, help }: Series, registry: Registry): Told {
  let sum = 0
  if (kind === 'gauge') reading(name, help, () => sum, registry)
  else {
    new Counter({
      name,
      help,
      registers: [registry],
      collect() {
        this.reset()
        this.inc(sum)
      },
    })
  }
  return (value) => {
    sum += value
  }
}

function labelled(series: Series, registry: Registry): Told {
  const { name, help, labels } = series
  const counter = new Counter({ name, help, labelNames: Object.keys(labels), registers: [registry] })
  for (const values of combinations(labels)) counter.inc(values, 0) // a rate needs the series before its first increase
  return (value, values = {}) => counter.inc(values, value)
}

function histogram({ name, help, labels, buckets }: Series, registry: Registry, unit: number): Told {
  const labelNames = Object.keys(labels)
  const made = new Histogram({ name, help, labelNames, buckets: [...buckets], registers: [registry] })
  for (const values of combinations(labels)) made.zero(values)
  return (value, values = {}) => made.observe(values, value / unit)
}

function reading(name: string, help: string, read: () => number, registry: Registry): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read())
    },
  })
}

/** All that the labels can be together; none where one of them may be anything. */
function combinations(labels: Series['labels']): Record<string, string>[] {
  return Object.entries(labels).reduce<Record<string, string>[]>(
    (all, [label, values]) => all.flatMap((one) => values.map((value) => ({ ...one, [label]: value }))),
    [{}],
  )
}

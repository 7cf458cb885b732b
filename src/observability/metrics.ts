import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Build } from '../ports/build.ts'
import { DOORS, type Meter } from '../ports/meter.ts'
import { ERROR_CODES } from '../protocol/errors.ts'

export interface Metrics {
  readonly meter: Meter
  readonly registry: Registry
}

export interface MetricsSource {
  readonly replica: string
  readonly build: Build
  /** Whether Redis is usable now; null where there is none (STORE=memory). */
  readonly redisUp: (() => boolean) | null
}

/** Between two samples of the event loop's delay: an idle replica that is woken a hundred times a second is not idle. */
const LAG_SAMPLE_MS = 100

/**
 * The replica's Prometheus series. What is counted per token is a plain number that Prometheus reads at a scrape; only
 * what happens per batch or more seldom goes through the library at once.
 */
export function createMetrics(source: MetricsSource): Metrics {
  const registry = new Registry()
  registry.setDefaultLabels({ replica: source.replica })
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LAG_SAMPLE_MS })

  const counts = {
    connections: 0,
    sessionsOpen: 0,
    answersRunning: 0,
    tokens: 0,
    deltas: 0,
    slowReaders: 0,
    overBudget: 0,
  }
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read())
      },
    })
  const counter = (name: string, help: string, read: () => number) =>
    new Counter({
      name,
      help,
      registers: [registry],
      collect() {
        this.reset()
        this.inc(read())
      },
    })
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name, help, buckets, registers: [registry] })

  new Gauge({
    name: 'baton_build_info',
    help: '1, with the version of this replica and the number of what it writes into Redis',
    labelNames: ['version', 'protocol'],
    registers: [registry],
  }).set({ version: source.build.version, protocol: source.build.protocol }, 1)
  gauge('baton_connections', 'Sockets connected to this replica', () => counts.connections)
  gauge('baton_sessions_open', 'Sessions that sockets of this replica have open', () => counts.sessionsOpen)
  gauge('baton_answers_running', 'Answers that this replica is producing', () => counts.answersRunning)
  counter('baton_tokens_total', 'Pieces of text taken from the model', () => counts.tokens)
  counter('baton_deltas_total', 'Deltas of answers that this replica produced', () => counts.deltas)
  counter('baton_slow_readers_total', 'Times that a client read too slowly and lost deltas', () => counts.slowReaders)
  counter(
    'baton_over_budget_total',
    'Answers refused because the tokens of the day are used up',
    () => counts.overBudget,
  )
  const { redisUp } = source
  if (redisUp !== null) gauge('baton_redis_up', '1 while Redis is usable', () => (redisUp() ? 1 : 0))

  const failed = new Counter({
    name: 'baton_errors_total',
    help: 'Errors told to clients, by code',
    labelNames: ['code'],
    registers: [registry],
  })
  for (const code of ERROR_CODES) failed.inc({ code }, 0) // a rate needs the series before its first error

  const caught = new Counter({
    name: 'baton_caught_total',
    help: 'Bugs that cost one piece of work instead of the process, by where they were caught',
    labelNames: ['door'],
    registers: [registry],
  })
  for (const door of DOORS) caught.inc({ door }, 0)

  const appendSeconds = histogram(
    'baton_append_duration_seconds',
    'Round trip of one append call to the store',
    [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
  )
  const appendAnswers = histogram(
    'baton_append_batch_size',
    'Answers that one append call carried',
    [1, 2, 5, 10, 20, 50, 100, 200, 500],
  )
  const firstTokenSeconds = histogram(
    'baton_first_token_seconds',
    'From the acknowledged message to the first stored text of its answer',
    [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  )

  const meter: Meter = {
    connections: (change) => {
      counts.connections += change
    },
    sessionsOpen: (change) => {
      counts.sessionsOpen += change
    },
    answersRunning: (change) => {
      counts.answersRunning += change
    },
    tokens: (count) => {
      counts.tokens += count
    },
    deltas: (count) => {
      counts.deltas += count
    },
    append(ms, answers) {
      appendSeconds.observe(ms / 1000)
      appendAnswers.observe(answers)
    },
    firstToken: (ms) => firstTokenSeconds.observe(ms / 1000),
    slowReader: () => {
      counts.slowReaders += 1
    },
    overBudget: () => {
      counts.overBudget += 1
    },
    error: (code) => failed.inc({ code }),
    caught: (door) => caught.inc({ door }),
  }
  return { meter, registry }
}

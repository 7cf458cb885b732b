/** One line or family of lines: a PromQL expression and the legend for each of its series. */
type Query = readonly [expression: string, legend: string]

interface Panel {
  readonly title: string
  readonly kind: 'timeseries' | 'stat'
  /** A unit of Grafana's: `s`, `bytes`, `ops`, `percentunit`, `short`. */
  readonly unit: string
  readonly queries: readonly Query[]
}

const WIDTH = 24
const SIZES = { stat: { w: 4, h: 4 }, timeseries: { w: 8, h: 8 } } as const

/** Of the Baton that is chosen. Where Prometheus gives no namespace there is none to choose: an absent label equals the empty text. */
const DEPLOYMENT = 'namespace=~"$namespace", job=~"$job"'
const OWN = `${DEPLOYMENT}, replica=~"$replica"`
const rate = (name: string, labels = OWN) => `rate(${name}{${labels}}[$__rate_interval])`
const sum = (by: string, expression: string) => (by === '' ? `sum(${expression})` : `sum by (${by}) (${expression})`)

const stat = (title: string, expression: string, unit = 'short'): Panel => ({
  title,
  kind: 'stat',
  unit,
  queries: [[expression, '']],
})

const lines = (title: string, unit: string, ...queries: Query[]): Panel => ({
  title,
  kind: 'timeseries',
  unit,
  queries,
})

/** Events a second of a counter, added up but for `by`. */
const perSecond = (title: string, name: string, by: string): Panel =>
  lines(title, 'ops', [sum(by, rate(name)), legendOf(by)])

/** Quantiles of a histogram, added up but for `by`. */
const quantiles = (title: string, name: string, quantiles: readonly number[], by = ''): Panel =>
  lines(
    title,
    's',
    ...quantiles.map((quantile): Query => {
      const buckets = sum(['le', by].filter(Boolean).join(', '), rate(`${name}_bucket`))
      return [`histogram_quantile(${quantile}, ${buckets})`, `p${quantile * 100} ${legendOf(by)}`.trim()]
    }),
  )

const legendOf = (by: string) =>
  by
    .split(', ')
    .filter(Boolean)
    .map((label) => `{{${label}}}`)
    .join(' ')

const ROWS: readonly (readonly [title: string, ...panels: Panel[]])[] = [
  [
    'Now',
    stat('Replicas', `count(baton_build_info{${DEPLOYMENT}})`),
    stat('Sockets', `sum(baton_connections{${OWN}})`),
    stat('Answers running', `sum(baton_answers_running{${OWN}})`),
    stat('Replicas without Redis', `count(baton_redis_up{${OWN}} == 0) or vector(0)`),
    stat('Takeovers, last hour', `sum(increase(baton_takeovers_total{${OWN}}[1h]))`),
    stat('Interrupted answers, last hour', `sum(increase(baton_answers_total{${OWN}, end="interrupted"}[1h]))`),
  ],
  [
    'Answers',
    lines('Answers running', 'short', [`baton_answers_running{${OWN}}`, '{{replica}}']),
    perSecond('Answers ended, by how', 'baton_answers_total', 'end'),
    quantiles('From the message to the first text', 'baton_first_token_seconds', [0.5, 0.9, 0.99]),
    quantiles('From the message to the end', 'baton_answer_duration_seconds', [0.5, 0.9, 0.99]),
    perSecond('Pieces of text from the model', 'baton_tokens_total', 'replica'),
    perSecond('Errors told to clients', 'baton_errors_total', 'code'),
  ],
  [
    'Failover',
    lines('Takeovers a minute', 'short', [
      sum('cause, outcome', `increase(baton_takeovers_total{${OWN}}[1m])`),
      '{{cause}}: {{outcome}}',
    ]),
    quantiles('Silence of answers that were taken over', 'baton_takeover_silence_seconds', [0.5, 0.9]),
    lines(
      'Dead replicas, and answers given away in a drain, a minute',
      'short',
      [sum('sign', `increase(baton_replica_deaths_total{${OWN}}[1m])`), 'dead, by its {{sign}}'],
      // By those that took them: whoever gives them away has gone before it is asked again.
      [sum('', `increase(baton_takeovers_total{${OWN},cause="drain"}[1m])`), 'handed over'],
    ),
    quantiles('Lease renewed late', 'baton_lease_lateness_seconds', [0.99], 'replica'),
    perSecond('Gaps repaired from the store', 'baton_gaps_repaired_total', 'replica'),
    lines('Draining', 'short', [`baton_draining{${OWN}}`, '{{replica}}']),
  ],
  [
    'Redis',
    lines('Redis usable', 'short', [`baton_redis_up{${OWN}}`, '{{replica}}']),
    quantiles('Calls', 'baton_redis_call_duration_seconds', [0.5, 0.99], 'class'),
    lines(
      'Held in memory',
      'bytes',
      [`baton_held_bytes{${OWN}}`, '{{replica}}'],
      [`max(baton_held_max_bytes{${OWN}})`, 'allowed'],
    ),
    lines('Held sessions', 'short', [`baton_held_sessions{${OWN}}`, '{{replica}}']),
    perSecond('Held sessions, by what came of them', 'baton_returned_sessions_total', 'outcome'),
    perSecond('Messages to other replicas that were dropped', 'baton_bus_dropped_total', 'reason'),
  ],
  [
    'The model',
    perSecond('Replies, by status', 'baton_model_requests_total', 'status'),
    perSecond('Asked again', 'baton_model_retries_total', 'replica'),
    perSecond('Tokens', 'baton_model_tokens_total', 'model, direction'),
  ],
  [
    'Clients',
    lines('Sockets', 'short', [`baton_connections{${OWN}}`, '{{replica}}']),
    perSecond('Sockets not let in', 'baton_connects_refused_total', 'reason'),
    perSecond('Sockets closed by a replica', 'baton_sockets_closed_total', 'reason'),
    perSecond('HTTP requests', 'baton_http_requests_total', 'route, status'),
    quantiles('HTTP requests, whole', 'baton_http_request_duration_seconds', [0.99], 'route'),
    perSecond('Slow readers', 'baton_slow_readers_total', 'replica'),
  ],
  [
    'Processes',
    lines('Processor', 'percentunit', [rate('process_cpu_seconds_total'), '{{replica}}']),
    lines('Memory', 'bytes', [`process_resident_memory_bytes{${OWN}}`, '{{replica}}']),
    quantiles('Event loop late', 'baton_eventloop_lag_seconds', [0.99], 'replica'),
    lines('Event loop used', 'percentunit', [`baton_eventloop_utilization_ratio{${OWN}}`, '{{replica}}']),
    lines('Refusing new messages', 'short', [`baton_saturated{${OWN}}`, '{{replica}}']),
    lines('Versions', 'short', [`count by (version) (baton_build_info{${DEPLOYMENT}})`, '{{version}}']),
  ],
]

const DATASOURCE = { type: 'prometheus', uid: '$datasource' }

/** The dashboard as Grafana imports it. */
export function dashboard(): object {
  const panels: object[] = []
  let [x, y] = [0, 0]
  for (const [title, ...row] of ROWS) {
    panels.push({ id: panels.length + 1, type: 'row', title, collapsed: false, gridPos: { x: 0, y, w: WIDTH, h: 1 } })
    y++
    let below = y
    for (const panel of row) {
      const size = SIZES[panel.kind]
      if (x + size.w > WIDTH) [x, y] = [0, below]
      panels.push(panelAt(panel, panels.length + 1, { x, y, ...size }))
      x += size.w
      below = y + size.h
    }
    ;[x, y] = [0, below]
  }
  return {
    uid: 'baton',
    title: 'Baton',
    tags: ['baton'],
    schemaVersion: 41,
    timezone: 'browser',
    refresh: '10s',
    time: { from: 'now-1h', to: 'now' },
    templating: { list: VARIABLES },
    panels,
  }
}

/** A choice between the values that a label has in `series`. */
const labelOf = (series: string, name: string, label: string) => ({
  name,
  label,
  type: 'query',
  datasource: DATASOURCE,
  query: { query: `label_values(${series}, ${name})`, refId: name },
  refresh: 2,
})

const VARIABLES = [
  { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' },
  labelOf('baton_build_info', 'namespace', 'Namespace'),
  labelOf('baton_build_info{namespace=~"$namespace"}', 'job', 'Job'),
  {
    ...labelOf(`baton_build_info{${DEPLOYMENT}}`, 'replica', 'Replica'),
    multi: true,
    includeAll: true,
    allValue: '.*',
    current: { text: ['All'], value: ['$__all'] },
  },
]

function panelAt({ title, kind, unit, queries }: Panel, id: number, gridPos: object): object {
  return {
    id,
    type: kind,
    title,
    gridPos,
    datasource: DATASOURCE,
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    options:
      kind === 'stat'
        ? { colorMode: 'none', reduceOptions: { calcs: ['lastNotNull'] } }
        : { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } },
    targets: queries.map(([expr, legendFormat], i) => ({
      refId: String.fromCharCode(65 + i),
      datasource: DATASOURCE,
      expr,
      legendFormat,
      ...(kind === 'stat' && { instant: true }),
    })),
  }
}

import { ERROR_CODES } from '../protocol/errors.ts'
import { TAKEOVER_CAUSES, TAKEOVER_OUTCOMES } from '../protocol/operators.ts'

type Labels = Readonly<Record<string, readonly string[]>>

/**
 * One series of Prometheus. `counter`: told what to add. `gauge`: told what to add, or what it is. `duration`: told
 * milliseconds, exported in seconds. `size`: told as it is.
 */
export interface Series<L extends Labels = Labels> {
  readonly kind: 'counter' | 'gauge' | 'duration' | 'size'
  readonly name: string
  readonly help: string
  /** Each label with the values that it may have; with none where the caller bounds them. */
  readonly labels: L
  /** Upper bounds of a histogram's buckets, in what is exported. */
  readonly buckets: readonly number[]
}

type Unlabelled = Readonly<Record<never, readonly string[]>>
const NONE: Unlabelled = {}

function counter(name: string, help: string): Series<Unlabelled>
function counter<const L extends Labels>(name: string, help: string, labels: L): Series<L>
function counter(name: string, help: string, labels: Labels = NONE): Series {
  return { kind: 'counter', name, help, labels, buckets: [] }
}

function gauge(name: string, help: string): Series<Unlabelled> {
  return { kind: 'gauge', name, help, labels: NONE, buckets: [] }
}

function duration(name: string, help: string, buckets: readonly number[]): Series<Unlabelled>
function duration<const L extends Labels>(name: string, help: string, buckets: readonly number[], labels: L): Series<L>
function duration(name: string, help: string, buckets: readonly number[], labels: Labels = NONE): Series {
  return { kind: 'duration', name, help, labels, buckets }
}

function size(name: string, help: string, buckets: readonly number[]): Series<Unlabelled> {
  return { kind: 'size', name, help, labels: NONE, buckets }
}

/** Seconds of a call to a neighbour, of a human's patience, and of a whole answer. */
const CALL = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5]
const PATIENCE = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
const ANSWER = [1, 2.5, 5, 10, 30, 60, 120, 300, 900]
const LATENESS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]

/** Where bugs are caught: at a socket; at a message of the bus; at a subscriber of a session; at an answer's text; where an answer is taken over; last, in the process. */
export const DOORS = ['socket', 'bus', 'subscriber', 'answer', 'takeover', 'process'] as const

/** How an answer ended: by the model's finish reason where it is `complete`, by the error's code where it is one. */
export const ANSWER_ENDS = [
  'stop',
  'length',
  'content_filter',
  'other',
  'stopped',
  'llm_failed',
  'interrupted',
  'internal',
] as const
export type AnswerEnd = (typeof ANSWER_ENDS)[number]

/** Statuses of a provider that mean something of their own; others are told as `2xx`, `4xx` …, no reply at all as `none`. */
export const MODEL_STATUSES = [
  '200',
  '400',
  '401',
  '403',
  '404',
  '408',
  '429',
  '500',
  '502',
  '503',
  '504',
  '529',
  '2xx',
  '3xx',
  '4xx',
  '5xx',
  'none',
] as const
export type ModelStatus = (typeof MODEL_STATUSES)[number]

/** Everything that a replica reports of itself beside what the runtime says. */
export const SERIES = {
  connections: gauge('baton_connections', 'Sockets connected to this replica'),
  connectsRefused: counter('baton_connects_refused_total', 'Sockets that were not let in, by reason', {
    reason: ['draining', 'origin', 'rate_limited', 'unauthorized', 'keys', 'internal'],
  }),
  socketsClosed: counter('baton_sockets_closed_total', 'Sockets that this replica closed, by reason', {
    reason: ['drain', 'age', 'unread', 'expired', 'rate_limited', 'malformed', 'internal'],
  }),
  slowReaders: counter('baton_slow_readers_total', 'Times that a client read too slowly and lost deltas'),
  sessionsOpen: gauge('baton_sessions_open', 'Sessions with a subscriber on this replica'),
  errors: counter('baton_errors_total', 'Errors told to clients, by code', { code: ERROR_CODES }),
  caught: counter(
    'baton_caught_total',
    'Bugs that cost one piece of work instead of the process, by where they were caught',
    { door: DOORS },
  ),
  httpRequests: counter(
    'baton_http_requests_total',
    'HTTP requests, by route; with status 499 where the connection was gone before any reply',
    { method: [], route: [], status: [] },
  ),
  httpSeconds: duration(
    'baton_http_request_duration_seconds',
    'From the first byte of an HTTP request to the end of its reply; of an event stream, too',
    [0.005, 0.025, 0.1, 0.5, 1, 5, 30, 120],
    { route: [] },
  ),

  answersRunning: gauge('baton_answers_running', 'Answers that this replica is producing'),
  answers: counter('baton_answers_total', 'Answers that ended here, by how', { end: ANSWER_ENDS }),
  answerSeconds: duration(
    'baton_answer_duration_seconds',
    'From the acknowledged message to the stored end of its answer',
    ANSWER,
  ),
  firstToken: duration(
    'baton_first_token_seconds',
    'From the acknowledged message to the first stored text of its answer',
    PATIENCE,
  ),
  tokens: counter('baton_tokens_total', 'Pieces of text taken from the model'),
  deltas: counter('baton_deltas_total', 'Deltas of answers that this replica produced'),
  overBudget: counter('baton_over_budget_total', 'Answers refused because the tokens of the day are used up'),
  modelRequests: counter('baton_model_requests_total', 'Replies of the provider, by status', {
    status: MODEL_STATUSES,
  }),
  modelRetries: counter('baton_model_retries_total', 'Times that the model was asked again after a failure'),
  modelTokens: counter(
    'baton_model_tokens_total',
    'Tokens of answers that ended here, as the provider counts them, or estimated where it does not',
    {
      model: [],
      direction: ['input', 'output'],
    },
  ),
  retrieverFailures: counter(
    'baton_retriever_failures_total',
    'Times that the retriever failed and the answer was given without sources',
  ),

  takeovers: counter('baton_takeovers_total', 'Answers taken over, by cause and outcome', {
    cause: TAKEOVER_CAUSES,
    outcome: TAKEOVER_OUTCOMES,
  }),
  takeoverSilence: duration(
    'baton_takeover_silence_seconds',
    'From learning that the owner of an answer is gone to the first new text of it',
    PATIENCE,
  ),
  handovers: counter('baton_handovers_total', 'Answers given to other replicas in a drain'),
  deaths: counter('baton_replica_deaths_total', 'Other replicas found dead by this one, by sign', {
    sign: ['connection', 'lease'],
  }),
  leaseLateness: duration('baton_lease_lateness_seconds', 'How late the lease was renewed', LATENESS),
  leaseLapses: counter('baton_lease_lapses_total', 'Times that the lease had run out before it was renewed'),
  busDropped: counter('baton_bus_dropped_total', 'Messages to other replicas that were dropped', {
    reason: ['slow', 'failed'],
  }),
  busMalformed: counter('baton_bus_malformed_total', 'Messages of other replicas that could not be read'),
  gaps: counter('baton_gaps_repaired_total', 'Times that news of a session was missing and was read from the store'),

  redisSeconds: duration('baton_redis_call_duration_seconds', 'Round trip of a call to Redis, by its class', CALL, {
    class: ['append', 'read', 'write', 'keep', 'lease'],
  }),
  appendSeconds: duration('baton_append_duration_seconds', 'Round trip of one append call to the store', CALL),
  appendAnswers: size(
    'baton_append_batch_size',
    'Answers that one append call carried',
    [1, 2, 5, 10, 20, 50, 100, 200, 500],
  ),
  outages: counter('baton_redis_outages_total', 'Times that Redis was away and sessions were served from memory'),
  returned: counter('baton_returned_sessions_total', 'Sessions held in memory while Redis was away, by outcome', {
    outcome: ['returned', 'given_up'],
  }),
  loopLag: duration('baton_eventloop_lag_seconds', 'How late timers of the event loop fire, sampled', LATENESS),
} as const

export type SeriesName = keyof typeof SERIES
type LabelsOf<N extends SeriesName> = (typeof SERIES)[N]['labels']
type Values<L extends Labels> = {
  readonly [K in keyof L]: L[K] extends readonly [] ? string : L[K][number]
}
type Instrument<L extends Labels> = keyof L extends never
  ? (value: number) => void
  : (value: number, labels: Values<L>) => void

/**
 * What the layers report of themselves, a call for each series. A series without labels costs an addition, so the token path
 * pays no more than that; the metrics endpoint makes Prometheus series of them when it is scraped.
 */
export type Meter = { readonly [N in SeriesName]: Instrument<LabelsOf<N>> }

export const noMeter: Meter = Object.fromEntries(
  Object.keys(SERIES).map((name) => [name, () => {}]),
) as unknown as Meter

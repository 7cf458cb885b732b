import { setTimeout as sleep } from 'node:timers/promises'
import { type Faults, noFaults, type Received } from './clients/tally.ts'
import { quantile } from './lib/statistics.ts'
import type { SentStream } from './model/main.ts'
import type { Load } from './sizes.ts'
import type { Stage } from './stage.ts'
import { speechOf } from './systems/catalogue.ts'
import { type Cores, type Cost, coresBetween, costBetween, type UsageAt, usageOf } from './usage.ts'
import { CROWD_STREAMS, TOKEN_LENGTH } from './workload.ts'

/** From the moment that the model sent a token to the moment that the client had it, in milliseconds. */
export interface Latency {
  readonly p50: number
  readonly p99: number
}

/** One system under one load, once. */
export interface Measurement {
  /** Per token that reached a client. */
  readonly cost: Cost
  readonly latency: Latency
  readonly deltasPerToken: number
  readonly bytesPerToken: number
  /** Tokens a second that reached the clients, as a share of those that the model sent: below 1 the system falls behind. */
  readonly delivered: number
  readonly cores: Cores
  readonly faults: Faults
}

/** What is to happen at points of a measurement, beside the measuring. */
export interface Watch {
  /** The sessions are open; nothing is asked yet. */
  opened?(): Promise<void>
  begin?(): Promise<void>
  end?(): Promise<void>
}

const TAIL_SECONDS = 0.5
/** How long a system that has fallen behind may take to come to the end. */
const FINISH_MS = 60_000

/** Puts `load` on the system of `stage`, on the replicas at `urls`, and measures while it is steady. */
export async function measure(
  stage: Stage,
  load: Load,
  watch: Watch = {},
  urls: readonly string[] = stage.urls,
): Promise<Measurement> {
  const { processes, clients, model, system } = stage
  const during = <T>(work: Promise<T>) => processes.during(work)
  await during(clients.open(urls, speechOf(system), load.streams))
  await watch.opened?.()
  const head = load.head ?? 0
  const paced = Math.ceil(load.rate * (load.rampSeconds + load.warmupSeconds + load.seconds + TAIL_SECONDS))
  await during(clients.ask({ tokens: head + paced, rate: load.rate, head }, load.rampSeconds * 1000))
  await during(sleep(load.warmupSeconds * 1000))

  await watch.begin?.()
  const from = await during(reading(stage))
  await during(sleep(load.seconds * 1000))
  const to = await during(reading(stage))
  await watch.end?.()

  const { receivedAt, faults } = await during(clients.finish(FINISH_MS))
  const sent = (await during(model.collect())).filter(({ stream }) => stream < CROWD_STREAMS)
  const asked = noFaults()
  if (sent.length !== receivedAt.length) asked.errors++ // the model was asked again, or not at all
  return evaluate(from, to, sent, receivedAt, { ...faults, errors: faults.errors + asked.errors })
}

interface Reading {
  readonly received: Received
  readonly usage: UsageAt
}

async function reading(stage: Stage): Promise<Reading> {
  return { received: await stage.clients.mark(), usage: usageOf(stage) }
}

/** Answers that follow one another without a pause, in a number of sessions. */
export interface Exchanges {
  /** CPU per token, and per question with its answer. */
  readonly token: Cost
  readonly answer: Cost
  readonly answersPerSecond: number
  /** Of each answer's first token. */
  readonly first: Latency
  readonly faults: Faults
}

/** Measures answers back to back while `seconds` pass. The sessions must be open. */
export async function measureExchanges(
  stage: Stage,
  ask: { readonly tokens: number; readonly rate: number },
  seconds: number,
  warmupSeconds: number,
  watch: Watch = {},
): Promise<Exchanges> {
  const { processes, clients, model } = stage
  const during = <T>(work: Promise<T>) => processes.during(work)
  await clients.askOnAndOn({ ...ask, head: 0 }, (1000 * ask.tokens) / ask.rate)
  await during(sleep(warmupSeconds * 1000))
  await watch.begin?.()
  const from = await during(reading(stage))
  await during(sleep(seconds * 1000))
  const to = await during(reading(stage))
  await watch.end?.()
  await during(clients.rest())
  const first = firstLatencies(await during(model.collect()), await during(clients.firstAt()))
  const answers = to.received.answers - from.received.answers
  return {
    token: costBetween(from.usage, to.usage, tokensIn(from.received, to.received)),
    answer: costBetween(from.usage, to.usage, answers),
    answersPerSecond: answers / ((to.usage.at - from.usage.at) / 1000),
    first: latencyOf(first),
    faults: await during(clients.faults()),
  }
}

function tokensIn(from: Received, to: Received): number {
  return (to.units - from.units) / TOKEN_LENGTH
}

function evaluate(
  from: Reading,
  to: Reading,
  sent: readonly SentStream[],
  receivedAt: readonly Float64Array[],
  faults: Faults,
): Measurement {
  const tokens = tokensIn(from.received, to.received)
  const { latencies, sentInWindow } = compare(from.usage.at, to.usage.at, sent, receivedAt)
  return {
    cost: costBetween(from.usage, to.usage, tokens),
    latency: latencyOf(latencies),
    deltasPerToken: (to.received.deltas - from.received.deltas) / tokens,
    bytesPerToken: (to.received.bytes - from.received.bytes) / tokens,
    delivered: tokens / sentInWindow,
    cores: coresBetween(from.usage, to.usage),
    faults,
  }
}

export function latencyOf(latencies: Iterable<number>): Latency {
  const sorted = Float64Array.from(latencies).sort()
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) }
}

/** Latencies of the tokens that were sent within the time given. */
function compare(from: number, to: number, sent: readonly SentStream[], receivedAt: readonly Float64Array[]) {
  const latencies: number[] = []
  let sentInWindow = 0
  for (const { stream, sentAt } of sent) {
    const received = receivedAt[stream] ?? []
    sentAt.forEach((at, i) => {
      const came = received[i] ?? 0
      if (at < from || at >= to) return
      sentInWindow++
      if (came > 0) latencies.push(came - at)
    })
  }
  return { latencies, sentInWindow }
}

/** Answers of a stream were sent in the order in which they came. */
function firstLatencies(sent: readonly SentStream[], firstAt: readonly (readonly number[])[]): number[] {
  const seen = new Map<number, number>()
  return sent.flatMap(({ stream, sentAt }) => {
    const nth = seen.get(stream) ?? 0
    seen.set(stream, nth + 1)
    const came = firstAt[stream]?.[nth]
    return came === undefined ? [] : [came - (sentAt[0] ?? came)]
  })
}

import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClientResults } from './clients/main.ts'
import type { Faults, Received } from './clients/tally.ts'
import { now } from './lib/clock.ts'
import { cpuOf, cpuOfMachine } from './lib/cpu.ts'
import { pidOf } from './lib/processes.ts'
import { quantile } from './lib/statistics.ts'
import type { SentStream } from './model/main.ts'
import type { Load } from './options.ts'
import type { Stage } from './stage.ts'
import { TOKEN_LENGTH } from './workload.ts'

/** From the moment that the model sent a token to the moment that the client had it, in milliseconds. */
export interface Latency {
  readonly p50: number
  readonly p99: number
}

/** One system under one load, once. CPU is in microseconds per token that reached a client. */
export interface Measurement {
  readonly app: number
  readonly redis: number
  /** App and Redis. */
  readonly all: number
  readonly latency: Latency
  readonly deltasPerToken: number
  readonly bytesPerToken: number
  /** Tokens a second that reached the clients, as a share of those that the model sent: below 1 the system falls behind. */
  readonly delivered: number
  /** CPU as a share of one core: the system's process, the model stand-in, the clients, and all that is not the bench. */
  readonly cores: { readonly app: number; readonly model: number; readonly clients: number; readonly others: number }
  readonly faults: Faults
}

/** What is to happen when the measuring begins and ends, beside the measuring. */
export interface Watch {
  begin(): Promise<void>
  end(): Promise<void>
}

const TAIL_SECONDS = 0.5
/** How long a system that has fallen behind may take to come to the end. */
const FINISH_MS = 60_000

/** Puts `load` on the system of `stage` and measures while it is steady. */
export async function measure(stage: Stage, load: Load, watch?: Watch): Promise<Measurement> {
  const { processes, clients, model, url } = stage
  const during = <T>(work: Promise<T>) => processes.during(work)
  await during(clients.open(url, load.streams))
  const tokens = Math.ceil(load.rate * (load.rampSeconds + load.warmupSeconds + load.seconds + TAIL_SECONDS))
  await during(clients.send(tokens, load.rate, load.rampSeconds * 1000))
  await during(sleep(load.warmupSeconds * 1000))

  await watch?.begin()
  const from = await during(reading(stage))
  await during(sleep(load.seconds * 1000))
  const to = await during(reading(stage))
  await watch?.end()

  const results = await during(clients.finish(FINISH_MS))
  return evaluate(from, to, await during(model.collect()), results)
}

interface Reading {
  readonly at: number
  readonly received: Received
  readonly cpu: { app: number; redis: number; model: number; clients: number; bench: number; machine: number }
}

async function reading({ clients, children }: Stage): Promise<Reading> {
  const received = await clients.mark()
  const used = (child: ChildProcess | undefined) => (child === undefined ? 0 : cpuOf(pidOf(child)))
  const cpu = {
    app: used(children.app),
    redis: used(children.redis),
    model: used(children.model),
    clients: used(children.clients),
    bench: cpuOf(process.pid),
    machine: cpuOfMachine(),
  }
  return { at: now(), received, cpu }
}

function tokensIn(from: Received, to: Received): number {
  return (to.units - from.units) / TOKEN_LENGTH
}

function evaluate(from: Reading, to: Reading, sent: readonly SentStream[], results: ClientResults): Measurement {
  const tokens = tokensIn(from.received, to.received)
  const cpu = (of: keyof Reading['cpu']) => to.cpu[of] - from.cpu[of]
  const cores = (us: number) => us / 1000 / (to.at - from.at)
  const ours = cpu('app') + cpu('redis') + cpu('model') + cpu('clients') + cpu('bench')
  const { latencies, sentInWindow } = compare(from.at, to.at, sent, results.receivedAt)
  const faults = { ...results.faults }
  if (sent.length !== results.receivedAt.length) faults.errors++ // the model was asked again, or not at all
  return {
    app: cpu('app') / tokens,
    redis: cpu('redis') / tokens,
    all: (cpu('app') + cpu('redis')) / tokens,
    latency: { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) },
    deltasPerToken: (to.received.deltas - from.received.deltas) / tokens,
    bytesPerToken: (to.received.bytes - from.received.bytes) / tokens,
    delivered: tokens / sentInWindow,
    cores: {
      app: cores(cpu('app')),
      model: cores(cpu('model')),
      clients: cores(cpu('clients')),
      others: Math.max(0, cores(cpu('machine') - ours)),
    },
    faults,
  }
}

/** Latencies, ascending, of the tokens that were sent within the time given. */
function compare(from: number, to: number, sent: readonly SentStream[], receivedAt: readonly Float64Array[]) {
  const latencies: number[] = []
  let sentInWindow = 0
  for (const { stream, sentAt } of sent) {
    sentAt.forEach((at, i) => {
      if (at < from || at >= to) return
      sentInWindow++
      const came = receivedAt[stream]?.[i] ?? 0
      if (came > 0) latencies.push(came - at)
    })
  }
  return { latencies: Float64Array.from(latencies).sort(), sentInWindow }
}

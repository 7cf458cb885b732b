// npm run crowd: very many sockets on few replicas, with kills. `--help` tells how to ask.
import { setTimeout as sleep } from 'node:timers/promises'
import { faultsIn } from '../bench/clients/tally.ts'
import { now } from '../bench/lib/clock.ts'
import type { Processes } from '../bench/lib/processes.ts'
import { until } from '../bench/lib/ready.ts'
import { runMain } from '../bench/lib/run-main.ts'
import { latencyOf, measure } from '../bench/measure.ts'
import { kib, latencyText, mib, percent } from '../bench/report/figures.ts'
import { weightOf } from '../bench/scenarios/memory.ts'
import { onStage, type Stage } from '../bench/stage.ts'
import { BATON, replicated } from '../bench/systems/catalogue.ts'
import { HELP, type Plan, planOf } from './options.ts'

/** Answers of a minute at the rate that was asked for. */
const ANSWER_SECONDS = 60
const RAMP_MS = 20_000
const SETTLE_MS = 5000
const RETURN_MS = 180_000
/** Some more answers, which only come and go between two kills: when each of their tokens was sent and came is noted. */
const PROBE = { streams: 10, rate: 20, rampSeconds: 0.5, warmupSeconds: 1, seconds: 10 }
/** A replica that is late with what it writes takes no further answers on. */
const REFUSED = /was refused: overloaded/

async function play(plan: Plan, stage: Stage): Promise<number> {
  const { processes, clients, urls } = stage
  const during = <T>(work: Promise<T>) => processes.during(work)
  const sockets = plan.idle + plan.streams
  const light = weightOf(stage)
  const from = now()
  await during(clients.gather(urls, sockets, { refuges: urls }))
  const full = weightOf(stage)
  console.log(
    `${sockets} sockets with a session in ${((now() - from) / 1000).toFixed(0)} s: ${mib(light)} -> ${mib(full)} MiB, ` +
      `${kib((full - light) / sockets)} KiB each, garbage included`,
  )
  const answer = { tokens: ANSWER_SECONDS * plan.rate, rate: plan.rate, head: 0 }
  await clients.crowdConverses(answer, plan.streams, RAMP_MS)
  await during(sleep(RAMP_MS + SETTLE_MS))
  let faults = 0
  for (let phase = 0; phase <= plan.kills; phase++) {
    faults += await watch(plan, stage)
    if (phase < plan.kills) await kill(stage, phase % plan.replicas)
  }
  const isAtRest = await during(clients.crowdRests(2000 * ANSWER_SECONDS))
  const tally = await during(clients.crowdTally())
  const { answers, refused, outages, takenBack } = tally
  console.log(
    `${answers} answers came whole${isAtRest ? '' : ', NOT ALL ENDED'}; asked again after ${JSON.stringify(refused)}; faults ${JSON.stringify(tally.faults)}`,
  )
  for (const loss of tally.losses) console.log(loss)
  if (!isAtRest) for (const member of await during(clients.crowdWaiting())) console.log(`waits: ${member}`)
  if (outages > 0)
    console.log(
      `${outages} times a socket was told that its replica had lost Redis; ${takenBack} characters were taken back`,
    )
  return faults + faultsIn(tally.faults) + (isAtRest ? 0 : 1)
}

/** The time between two kills, and what text does meanwhile. */
async function watch({ seconds, kills }: Plan, stage: Stage): Promise<number> {
  const { processes, clients } = stage
  const endsAt = now() + (seconds * 1000) / (kills + 1)
  const probe = await measure(stage, PROBE).catch((error: Error) => {
    if (!REFUSED.test(error.message)) throw error
    console.log(`no further answers: ${error.message}`)
    return null
  })
  const before = await processes.during(clients.crowdTally())
  await processes.during(sleep(Math.max(0, endsAt - now())))
  const { answers } = await processes.during(clients.crowdTally())
  console.log(`${mib(weightOf(stage))} MiB, ${answers - before.answers} answers ended`)
  if (probe === null) return 0
  const { latency, cores, faults } = probe
  console.log(
    `text p50 / p99 ${latencyText(latency)} ms, app ${percent(cores.app)} of a core, others ${percent(cores.others)}`,
  )
  return faultsIn(faults)
}

async function kill(stage: Stage, replica: number): Promise<void> {
  const { processes, clients } = stage
  const before = await processes.during(clients.crowdTally())
  await stage.restart(replica)
  await processes.during(until('all sockets are back', async () => (await clients.crowdAway()) === 0, RETURN_MS))
  await processes.during(sleep(SETTLE_MS))
  const { returns, silences } = await processes.during(clients.crowdTally())
  const back = returns.slice(before.returns.length)
  console.log(
    `killed: ${back.length} sockets back, p50 / p99 ${latencyText(latencyOf(back))} ms; ` +
      `silence of running answers ${latencyText(latencyOf(silences.slice(before.silences.length)))} ms`,
  )
}

async function main(processes: Processes): Promise<number> {
  const plan = planOf(process.argv.slice(2))
  if (plan === null) {
    console.log(HELP)
    return 0
  }
  const faults = await onStage(replicated(BATON, plan.replicas), processes, (stage) => play(plan, stage))
  if (faults > 0) console.log(`${faults} faults: text was lost, doubled or wrong, or requests failed.`)
  return faults > 0 ? 1 : 0
}

await runMain('crowd', main)

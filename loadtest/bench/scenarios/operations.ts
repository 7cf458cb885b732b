import { setTimeout as sleep } from 'node:timers/promises'
import { faultsIn } from '../clients/tally.ts'
import { until } from '../lib/ready.ts'
import { scriptCountsOf } from '../lib/redis-counts.ts'
import { type Latency, latencyOf } from '../measure.ts'
import { costBar, goal, latencyText } from '../report/figures.ts'
import type { Finding } from '../report/finding.ts'
import { onStage, type Stage } from '../stage.ts'
import { BATON, replicated } from '../systems/catalogue.ts'
import { type Cost, costBetween, usageOf } from '../usage.ts'
import { type Bench, type Scenario, STAGE_SECONDS } from './scenario.ts'

/** A question whose answer comes at once. */
const QUESTION = { tokens: 1, head: 1, rate: 1000 }
const QUESTIONS = 10
/** Messages of a session that is opened: questions and answers. */
const HISTORY = 2 * QUESTIONS
/** Answers that are taken over have so much text, and go on slowly, so that tokens hardly count. */
const TAKEN = { head: 200, tokens: 260, rate: 10 }
const TAKEOVER_MS = 20_000
/** What comes after a takeover is compared with what went on during it, over as long a time. */
const WINDOW_MS = 2000

interface Operation {
  readonly name: string
  readonly count: number
  readonly cost: Cost
  /** Calls to Redis per operation, and what they took there, in microseconds. */
  readonly scripts: number
  readonly scriptUs: number
}

/** What is done once for a session or a message. */
export const operations: Scenario = {
  name: 'operations',
  title: 'what opening, asking and taking over cost',
  seconds: (sizes) => 2 * STAGE_SECONDS + sizes.operations / 60 + 8,
  async run(bench) {
    const { processes, sizes } = bench
    const once = await onStage(replicated(BATON, 2), processes, (stage) => sessionsAndMessages(stage, bench))
    const takeover = await onStage(replicated(BATON, 2), processes, (stage) => takeovers(stage, sizes.takeovers))
    bench.say(`  a takeover: ${takeover.cost.all.toFixed(0)} µs, silence ${latencyText(takeover.silence)} ms`)
    return [findingOf(once, takeover, sizes.takeovers)]
  },
}

async function sessionsAndMessages(stage: Stage, { sizes, say }: Bench) {
  const { processes, clients, model, urls } = stage
  const [first = '', second = ''] = urls
  const count = sizes.operations
  const done: Operation[] = []
  const weigh = async (name: string, pieces: number, work: () => Promise<unknown>) => {
    const operation = await weighed(stage, name, pieces, () => processes.during(work()))
    done.push(operation)
    say(`  ${name}: ${operation.cost.all.toFixed(0)} µs, ${operation.scripts.toFixed(2)} calls to Redis`)
  }
  await weigh('connection and new session', count, () => clients.open([first], 'socket.io', count))
  await weigh('question and answer of one token', count * QUESTIONS, () => clients.askTimes(QUESTION, QUESTIONS))
  await model.forget()
  const sessions = await clients.sessions()
  const messages: number[] = []
  const reopen = (url: string) => async () => messages.push(await clients.reopen(url, sessions))
  await weigh(`session:open with ${HISTORY} messages, on a replica that has not seen it`, count, reopen(second))
  await weigh(`session:open with ${HISTORY} messages, on the same replica again`, count, reopen(second))
  const { faults } = await processes.during(clients.finish(1000))
  return { done, faults: faultsIn(faults) + messages.filter((number) => number !== count * HISTORY).length }
}

async function weighed(stage: Stage, name: string, count: number, work: () => Promise<unknown>): Promise<Operation> {
  const redis = stage.broker?.env.REDIS_URL ?? ''
  const scriptsBefore = await scriptCountsOf(redis)
  const before = usageOf(stage)
  await work()
  const after = usageOf(stage)
  const scripts = await scriptCountsOf(redis)
  return {
    name,
    count,
    cost: costBetween(before, after, count),
    scripts: (scripts.calls - scriptsBefore.calls) / count,
    scriptUs: (scripts.us - scriptsBefore.us) / count,
  }
}

interface Takeover {
  readonly cost: Cost
  /** In the text, at a client whose connection ended with the owner, in milliseconds. */
  readonly silence: Latency
  readonly faults: number
}

/** One replica dies with all answers; the other has them all soon after. */
async function takeovers({ processes, clients, replicas, ...stage }: Stage, count: number): Promise<Takeover> {
  const whole = { processes, clients, replicas, ...stage }
  const [owner, other] = replicas
  if (owner === undefined || other === undefined) throw new Error('a takeover takes two replicas')
  const during = <T>(work: Promise<T>) => processes.during(work)
  await during(clients.gather([owner.url], count, { refuge: other.url }))
  await during(clients.crowdAsks(TAKEN, count))
  await processes.stop(owner.process)
  const from = usageOf(whole)
  const silences = async () => (await clients.crowdTally()).silences
  await during(until('all answers go on', async () => (await silences()).length >= count, TAKEOVER_MS))
  await during(sleep(Math.max(0, WINDOW_MS - (usageOf(whole).at - from.at))))
  const to = usageOf(whole)
  await during(sleep(to.at - from.at))
  const later = usageOf(whole)
  const silence = latencyOf(await silences())
  await during(clients.crowdEnds(count, TAKEOVER_MS))
  const { faults } = await clients.crowdTally()
  const [taking, going] = [costBetween(from, to, count), costBetween(to, later, count)]
  const cost = {
    app: taking.app - going.app,
    store: taking.store - going.store,
    nginx: 0,
    all: taking.all - going.all,
  }
  return { cost, silence, faults: faultsIn(faults) }
}

function findingOf(
  { done, faults }: { done: readonly Operation[]; faults: number },
  takeover: Takeover,
  taken: number,
): Finding {
  const open = done.find(({ name }) => name.startsWith('session:open'))
  const cells = ({ app, store, all }: Cost) => [app, store, all].map((us) => us.toFixed(0))
  return {
    name: 'operations',
    title: 'What is done once',
    about:
      'CPU in microseconds of replicas and Redis for each, and calls to Redis (scripts; those of leases and such are in them, too). ' +
      `A takeover: the owner of ${taken} answers is killed and another replica goes on with them; CPU beyond what the answers ` +
      `take afterwards, the return of the clients included. Their text was silent for ${latencyText(takeover.silence)} ms (p50 / p99), from its last delta before to the first after.`,
    columns: ['operation', 'app µs', 'Redis µs', 'all µs', 'calls to Redis', 'of them, in Redis µs'],
    rows: [
      ...done.map(({ name, cost, scripts, scriptUs }) => [
        name,
        ...cells(cost),
        scripts.toFixed(2),
        scriptUs.toFixed(0),
      ]),
      ['takeover of an answer, and the return of its client', ...cells(takeover.cost), '-', '-'],
    ],
    charts: [
      {
        title: 'CPU',
        unit: 'µs',
        bars: [
          ...['connect, new session', 'question, answer', 'open, unseen', 'open, again'].flatMap((label, i) => {
            const operation = done[i]
            return operation ? [costBar(label, operation.cost, undefined)] : []
          }),
          costBar('takeover', takeover.cost, undefined),
        ],
      },
    ],
    goals: [
      ...goal(`µs of CPU of session:open with a history of ${HISTORY} messages`, open?.cost.all, 150),
      ...goal('calls to Redis of a session:open', open && Math.floor(open.scripts + 0.5), 1),
    ],
    faults: faults + takeover.faults,
    data: { done, takeover },
  }
}

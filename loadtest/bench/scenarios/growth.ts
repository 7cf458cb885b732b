import { faultsIn } from '../clients/tally.ts'
import { type Exchanges, type Measurement, measure, measureExchanges } from '../measure.ts'
import { costBar, goal, spreadText } from '../report/figures.ts'
import type { Finding } from '../report/finding.ts'
import { interleave, type Run, ratioIn, spreadIn } from '../rounds.ts'
import { onStage, type Stage, setStage } from '../stage.ts'
import { BATON, withEnv } from '../systems/catalogue.ts'
import { TOKEN_LENGTH } from '../workload.ts'
import { type Bench, type Scenario, STAGE_SECONDS, secondsOf } from './scenario.ts'

/** A question whose answer comes at once, to fill a session. */
const FILLER = { tokens: 1, head: 1, rate: 1000 }
const SHORT = { tokens: 20, rate: 200 }
const WARMUP_SECONDS = 0.3
/** Questions a second that a replica answers while sessions are filled, roughly. */
const FILLED_PER_SECOND = 1200

/** Whether a token costs more late in a long answer, and a question more in a long session. */
export const growth: Scenario = {
  name: 'growth',
  title: 'cost against the length of the answer and of the session',
  seconds: ({ rounds, lengths, steady, messages, longSessions, chattingSeconds }) =>
    2 * STAGE_SECONDS +
    rounds * lengths.length * (secondsOf(steady) + 0.5) +
    rounds * messages.length * (chattingSeconds + 0.5) +
    (longSessions * messages.reduce((sum, count) => sum + count / 2, 0)) / FILLED_PER_SECOND,
  run: async (bench) => [await answers(bench), await sessions(bench)],
}

async function answers({ sizes, processes, say }: Bench): Promise<Finding> {
  const runs = await onStage(BATON, processes, (stage) =>
    interleave(sizes.rounds, sizes.lengths, async (length, round) => {
      const measured = await measure(stage, { ...sizes.steady, head: length / TOKEN_LENGTH })
      say(
        `  round ${round}/${sizes.rounds}  answers of ${length} characters: ${measured.cost.all.toFixed(1)} µs a token`,
      )
      return measured
    }),
  )
  const cost = ({ cost: { all } }: Measurement) => all
  return {
    ...shown(
      runs,
      sizes.lengths,
      'characters',
      'token',
      ({ cost: of }) => of,
      (of) => faultsIn(of.faults),
    ),
    name: 'growth',
    title: 'Cost of a token against the length of its answer',
    about: `CPU per token of answers that have so many characters already; ${sizes.steady.streams} at ${sizes.steady.rate} tokens/s.`,
    goals: goal(
      `a token of an answer of ${sizes.lengths.at(-1)} characters against ${sizes.lengths[0]}`,
      last(runs, sizes.lengths, cost),
      1.05,
    ),
  }
}

async function sessions({ sizes, processes, say }: Bench): Promise<Finding> {
  const stages = new Map<number, Stage>()
  try {
    for (const count of sizes.messages) {
      // The context is the same in all: a longer prompt is the model's business.
      const limits = { SESSION_MAX_MESSAGES: String(count), CONTEXT_MESSAGES: '2' }
      const stage = await setStage(withEnv(BATON, 'baton', '', limits), processes)
      stages.set(count, stage)
      await processes.during(stage.clients.open(stage.urls, 'socket.io', sizes.longSessions))
      await processes.during(stage.clients.askTimes(FILLER, count / 2))
      await stage.model.forget()
      say(`  ${sizes.longSessions} sessions filled to ${count} messages`)
    }
    const runs = await interleave(sizes.rounds, sizes.messages, async (count, round) => {
      const stage = stages.get(count)
      if (stage === undefined) throw new Error('a stage that was not set')
      const measured = await measureExchanges(stage, SHORT, sizes.chattingSeconds, WARMUP_SECONDS)
      say(
        `  round ${round}/${sizes.rounds}  sessions of ${count} messages: ${measured.answer.all.toFixed(0)} µs a question`,
      )
      return measured
    })
    const cost = ({ answer: { all } }: Exchanges) => all
    return {
      ...shown(
        runs,
        sizes.messages,
        'messages',
        'question',
        ({ answer }) => answer,
        (of) => faultsIn(of.faults),
      ),
      name: 'growth',
      title: 'Cost of a question against the length of its session',
      about:
        `CPU per question with its answer of ${SHORT.tokens} tokens, back to back in ${sizes.longSessions} sessions that are full at so many ` +
        'messages (SESSION_MAX_MESSAGES). The model is given two messages in each (CONTEXT_MESSAGES).',
      goals: goal(
        `a question in a session of ${sizes.messages.at(-1)} messages against ${sizes.messages[0]}`,
        last(runs, sizes.messages, cost),
        1.05,
      ),
    }
  } finally {
    for (const stage of stages.values()) await stage.strike()
  }
}

function last<T>(runs: readonly Run<number, T>[], items: readonly number[], value: (of: T) => number) {
  return ratioIn(runs, items.at(-1) ?? 0, items[0] ?? 0, value)?.median
}

function shown<T>(
  runs: readonly Run<number, T>[],
  items: readonly number[],
  unit: string,
  piece: string,
  costOf: (of: T) => Measurement['cost'],
  faultsOf: (of: T) => number,
): Pick<Finding, 'columns' | 'rows' | 'charts' | 'faults' | 'data'> {
  const part = (item: number, name: keyof Measurement['cost']) => spreadIn(runs, item, (of) => costOf(of)[name])
  const middle = (item: number, name: keyof Measurement['cost']) => part(item, name)?.median ?? 0
  return {
    columns: [unit, 'app µs', 'Redis µs', `all µs per ${piece}`, `to ${items[0]}`],
    rows: items.map((item) => [
      String(item),
      middle(item, 'app').toFixed(1),
      middle(item, 'store').toFixed(1),
      spreadText(part(item, 'all'), 1),
      spreadText(
        ratioIn(runs, item, items[0] ?? 0, (of) => costOf(of).all),
        2,
      ),
    ]),
    charts: [
      {
        title: `CPU per ${piece}`,
        unit: 'µs',
        bars: items.map((item) =>
          costBar(
            `${item} ${unit}`,
            { app: middle(item, 'app'), store: middle(item, 'store'), nginx: 0, all: 0 },
            part(item, 'all'),
          ),
        ),
      },
    ],
    faults: runs.reduce((sum, { result }) => sum + faultsOf(result), 0),
    data: runs,
  }
}

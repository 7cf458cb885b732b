import { faultsIn } from '../clients/tally.ts'
import { type Exchanges, measureExchanges, type Watch } from '../measure.ts'
import { costBar, goal, latencyText, spreadText } from '../report/figures.ts'
import { interleave, ratioIn, spreadIn } from '../rounds.ts'
import type { Sizes } from '../sizes.ts'
import { onStage, type Stage } from '../stage.ts'
import { type Scenario, STAGE_SECONDS, withBaseline } from './scenario.ts'

const ANSWER = { tokens: 20, rate: 40 }
const WARMUP_SECONDS = 1
const END_SECONDS = 0.5

export async function chat(stage: Stage, { chatting, chattingSeconds }: Sizes, watch?: Watch): Promise<Exchanges> {
  await stage.processes.during(stage.clients.open(stage.urls, 'socket.io', chatting))
  return measureExchanges(stage, ANSWER, chattingSeconds, WARMUP_SECONDS, watch)
}

/** Where the beginnings and ends of answers weigh as much as their tokens. */
export const short: Scenario = {
  name: 'short',
  title: 'short answers back to back, against the relay',
  seconds: ({ rounds, chattingSeconds }) =>
    rounds * 2 * (STAGE_SECONDS + WARMUP_SECONDS + chattingSeconds + END_SECONDS),
  async run(bench) {
    const { sizes, processes, say } = bench
    const systems = withBaseline(bench, 'relay', 'baton')
    const runs = await interleave(sizes.rounds, systems, (system, round) =>
      onStage(system, processes, async (stage) => {
        const measured = await chat(stage, sizes)
        say(
          `  round ${round}/${sizes.rounds}  ${system.name.padEnd(6)} ${measured.token.all.toFixed(1)} µs a token, ` +
            `${measured.answersPerSecond.toFixed(0)} answers a second`,
        )
        return measured
      }),
    )
    const [relay, baton] = systems
    const spread = (system: (typeof systems)[number], of: (exchanges: Exchanges) => number) =>
      spreadIn(runs, system, of)
    const against = (system: (typeof systems)[number], other = bench.baseline) =>
      other && ratioIn(runs, system, other, ({ token }) => token.all)
    const toRelay = (system: (typeof systems)[number]) => relay && against(system, relay)
    const parts = (system: (typeof systems)[number]) => ({
      app: spread(system, ({ token }) => token.app)?.median ?? 0,
      store: spread(system, ({ token }) => token.store)?.median ?? 0,
      nginx: 0,
      all: 0,
    })
    const first = (system: (typeof systems)[number]) => ({
      p50: spread(system, (exchanges) => exchanges.first.p50)?.median ?? 0,
      p99: spread(system, (exchanges) => exchanges.first.p99)?.median ?? 0,
    })
    return [
      {
        name: 'short',
        title: 'Short answers back to back',
        about:
          `${sizes.chatting} sessions, each of which asks again as soon as its answer of ${ANSWER.tokens} tokens (at ${ANSWER.rate} a second) has ended: ` +
          'CPU per token, with all that questions, beginnings and ends cost.',
        columns: [
          'system',
          'app µs',
          'Redis µs',
          'all µs',
          'to relay',
          'to baseline',
          'µs an answer',
          'first text p50 / p99 ms',
        ],
        rows: systems.map((system) => [
          system.name,
          parts(system).app.toFixed(1),
          parts(system).store.toFixed(1),
          spreadText(
            spread(system, ({ token }) => token.all),
            1,
          ),
          spreadText(toRelay(system), 2),
          spreadText(against(system), 2),
          spreadText(
            spread(system, ({ answer }) => answer.all),
            0,
          ),
          latencyText(first(system)),
        ]),
        charts: [
          {
            title: 'CPU per token',
            unit: 'µs',
            bars: systems.map((system) =>
              costBar(
                system.name,
                parts(system),
                spread(system, ({ token }) => token.all),
              ),
            ),
          },
        ],
        goals: goal(
          `CPU per token of answers of ${ANSWER.tokens} tokens back to back, gateway and Redis, against the relay`,
          baton && toRelay(baton)?.median,
          1.4,
        ),
        faults: runs.reduce((sum, { result }) => sum + faultsIn(result.faults), 0),
        data: runs.map(({ item, round, result }) => ({ system: item.name, round, ...result })),
      },
    ]
  },
}

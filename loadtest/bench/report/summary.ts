import { faultsIn } from '../clients/tally.ts'
import type { Run } from '../comparison.ts'
import { type Spread, spreadOf } from '../lib/statistics.ts'
import type { Measurement } from '../measure.ts'
import type { Plan } from '../options.ts'

/** A system over all rounds. Ratios are made within a round, where the machine was the same for both. */
export interface Row {
  readonly system: string
  readonly title: string
  /** CPU in microseconds per token. */
  readonly app: Spread
  readonly redis: Spread
  readonly all: Spread
  /** `all` against the bare relay's and the plain composition's; absent where they did not run. */
  readonly toRelay?: Spread
  readonly toPlain?: Spread
  /** Milliseconds. */
  readonly idle: { readonly p50: Spread; readonly p99: Spread }
  readonly loaded: { readonly p50: Spread; readonly p99: Spread }
  readonly deltasPerToken: Spread
  readonly bytesPerToken: Spread
  readonly delivered: Spread
  /** Characters lost, doubled or wrong, answers without their end, and errors, of all rounds. */
  readonly faults: number
}

export interface Goal {
  readonly text: string
  readonly value: number
  readonly limit: number
}

export function summarise(plan: Plan, runs: readonly Run[]): Row[] {
  return plan.systems.map(({ name, title }) => {
    const own = runs.filter((run) => run.system === name)
    const spread = (value: (run: Run) => number) => spreadOf(own.map(value))
    const toRelay = ratios(own, runs, 'relay')
    const toPlain = ratios(own, runs, 'plain')
    const latency = (of: (run: Run) => Measurement) => ({
      p50: spread((run) => of(run).latency.p50),
      p99: spread((run) => of(run).latency.p99),
    })
    return {
      system: name,
      title,
      app: spread(({ full }) => full.app),
      redis: spread(({ full }) => full.redis),
      all: spread(({ full }) => full.all),
      ...(toRelay && { toRelay }),
      ...(toPlain && { toPlain }),
      idle: latency(({ idle }) => idle),
      loaded: latency(({ full }) => full),
      deltasPerToken: spread(({ full }) => full.deltasPerToken),
      bytesPerToken: spread(({ full }) => full.bytesPerToken),
      delivered: spread(({ full }) => full.delivered),
      faults: own.reduce((sum, { idle, full }) => sum + faultsIn(idle.faults) + faultsIn(full.faults), 0),
    }
  })
}

function ratios(own: readonly Run[], runs: readonly Run[], reference: string): Spread | undefined {
  const values = own.flatMap((run) => {
    const other = runs.find(({ system, round }) => system === reference && round === run.round)
    return other === undefined ? [] : [run.full.all / other.full.all]
  })
  return values.length === 0 ? undefined : spreadOf(values)
}

/** The bars that Baton is to be under, those of them that were measured. */
export function goalsOf(rows: readonly Row[]): Goal[] {
  const row = (name: string) => rows.find(({ system }) => system === name)
  const toPlain = row('baton')?.toPlain
  const atOnce = row('baton-0ms')
  return [
    ...(toPlain === undefined
      ? []
      : [
          {
            text: 'CPU per token, gateway and Redis, against the plain composition',
            value: toPlain.median,
            limit: 0.5,
          },
        ]),
    ...(atOnce === undefined
      ? []
      : [{ text: 'latency p50 in ms, idle, DELTA_WINDOW_MS=0', value: atOnce.idle.p50.median, limit: 5 }]),
  ]
}

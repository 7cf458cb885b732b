import type { Processes } from '../lib/processes.ts'
import type { Finding } from '../report/finding.ts'
import type { Sizes } from '../sizes.ts'
import { behindNginx, type System, systemNamed } from '../systems/catalogue.ts'

/** What a scenario has to work with. */
export interface Bench {
  readonly sizes: Sizes
  /** Those that can be had here, and are asked for. */
  readonly systems: readonly System[]
  /** Another build of Baton, which takes part wherever Baton does. */
  readonly baseline: System | undefined
  /** All garbage is collected before each step. */
  readonly sweep: boolean
  readonly processes: Processes
  say(line: string): void
}

/** The systems of these names, and the baseline. */
export function withBaseline({ baseline }: Pick<Bench, 'baseline'>, ...names: readonly string[]): readonly System[] {
  return [...names.map(systemNamed), ...(baseline === undefined ? [] : [baseline])]
}

/** The same where three replicas stand behind nginx. */
export function withBaselineBehindNginx({ baseline }: Pick<Bench, 'baseline'>, ...names: readonly string[]) {
  return [...names.map(systemNamed), ...(baseline === undefined ? [] : [behindNginx(baseline, 3)])]
}

/** One question to the systems, and its answer. */
export interface Scenario {
  readonly name: string
  readonly title: string
  /** About how long it takes, in seconds. */
  seconds(sizes: Sizes, systems: readonly System[]): number
  run(bench: Bench): Promise<Finding[]>
}

/** To start all processes of a system, and to end them. */
export const STAGE_SECONDS = 2
/** Between what is asked for and what is measured. */
const LOAD_SECONDS = 1

/** How long `measure` takes for a load. */
export function secondsOf(load: { rampSeconds: number; warmupSeconds: number; seconds: number }): number {
  return load.rampSeconds + load.warmupSeconds + load.seconds + LOAD_SECONDS
}

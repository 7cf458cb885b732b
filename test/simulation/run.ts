import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Violation } from './history.ts'
import { checkEnd, hasSettled, hasSpread } from './invariants.ts'
import type { Plan } from './plan.ts'
import { genuine, type Twin } from './twins.ts'
import { World } from './world.ts'

/** How long a run may go on when nothing goes wrong any more, in simulated milliseconds. */
const PATIENCE_MS = 30_000
/** When somebody who asked, and sees nothing of it because mail was lost, looks again. */
const BLIND_MS = 10_000
/** More occurrences than any right run has. */
const STEP_LIMIT = 200_000

export interface Outcome {
  /** The first only: what follows from it says little. */
  readonly violation: Violation | null
  /** Mishaps that the dice decided for. */
  readonly mishaps: number
  /** Occurrences, and simulated milliseconds. */
  readonly steps: number
  readonly ms: number
  /** Equal for equal runs. */
  readonly fingerprint: number
  /** Empty where the run was not traced. */
  readonly trace: readonly string[]
}

export interface RunOptions {
  readonly twin?: Twin
  readonly traced?: boolean
}

/** Plays one plan from its beginning until everything has ended, or a rule was broken. */
export async function run(plan: Plan, { twin = genuine, traced = false }: RunOptions = {}): Promise<Outcome> {
  Error.stackTraceLimit = traced ? 10 : 0 // refusals are part of every run, and their stacks would be a twentieth of its time
  const world = new World(plan, twin, traced)
  const { scheduler, history, mischief, trace } = world
  // In a real replica this would be the end of the process.
  const onStray = (error: unknown) => history.violated('G1', 'a rejection that nobody handles', error)
  process.on('unhandledRejection', onStray)
  try {
    await play(world)
    await nextTurn() // Node looks for such rejections only when all ticks are done
  } finally {
    process.off('unhandledRejection', onStray)
  }
  return {
    violation: history.violations[0] ?? null,
    mishaps: mischief.count,
    steps: scheduler.steps,
    ms: scheduler.now,
    fingerprint: scheduler.fingerprint,
    trace: trace?.lines ?? [],
  }
}

async function play(world: World): Promise<void> {
  const { scheduler, history, bus, plan, clients } = world
  const until = async (condition: (world: World) => boolean): Promise<void> => {
    const isOver = () => history.violations.length > 0 || scheduler.steps > STEP_LIMIT || condition(world)
    await scheduler.run(isOver, plan.calmAt + PATIENCE_MS)
  }
  world.begin()
  // Mail that was lost without a word is made up for when something else comes, or when somebody looks again: whoever asked
  // does, and sees nothing of it. An answer that is seen to stream has to go on by itself.
  const isBlind = () => bus.lost > 0 && scheduler.now > plan.calmAt + BLIND_MS
  await until((now) => hasSettled(now) || isBlind())
  if (isBlind()) for (const { page } of clients) if (!page.isStreaming) page.reload()
  await until(hasSettled)
  if (bus.lost > 0) for (const { page } of clients) page.reload()
  await until(() => hasSpread(world) && hasSettled(world))
  if (history.violations.length === 0) await checkEnd(world)
}

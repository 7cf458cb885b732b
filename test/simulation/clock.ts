import type { Clock } from '../../src/ports/clock.ts'
import type { Life } from './life.ts'
import type { Scheduler } from './scheduler.ts'

/** When every run begins, in epoch milliseconds. */
const BEGINNING = Date.UTC(2026, 2, 1, 12)

/** Time as one process sees it: its timers wait while it is frozen and never come once it is dead. */
export function clockOf(scheduler: Scheduler, life: Life | null): Clock {
  const now = () => BEGINNING + Math.floor(scheduler.now)
  return {
    now,
    wallTime: now,
    after: (ms, run) => scheduler.after(ms, run, life),
    soon: (run) => void scheduler.after(0, run, life),
  }
}

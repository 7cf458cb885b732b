import type { Clock } from '../../src/ports/clock.ts'
import type { Life } from './life.ts'
import type { Scheduler } from './scheduler.ts'

/** When every run begins, in epoch milliseconds. */
const BEGINNING = Date.UTC(2026, 2, 1, 12)

/** Time as one process sees it: its timers wait while it is frozen and never come once it is dead. */
export function clockOf(scheduler: Scheduler, life: Life | null): Clock {
  const now = () => BEGINNING + Math.floor(scheduler.now)
  const after = (ms: number, run: () => void) => scheduler.after(ms, run, life)
  return {
    now,
    wallTime: now,
    after,
    every(ms, run) {
      let isOver = false
      const beat = () => {
        if (isOver) return
        run()
        after(ms, beat)
      }
      after(ms, beat)
      return {
        cancel: () => {
          isOver = true
        },
      }
    },
    soon: (run) => void scheduler.after(0, run, life),
  }
}

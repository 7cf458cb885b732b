import type { Clock } from '../../ports/clock.ts'
import type { TokenBudget } from '../../ports/token-budget.ts'
import { dayOf, untilTomorrow } from '../day.ts'

/** Counts for one replica that is alone (STORE=memory). */
export function memoryTokenBudget(limit: number, clock: Clock): TokenBudget {
  let day = ''
  let spent = 0
  const turnOver = (): void => {
    if (day === dayOf(clock.wallTime())) return
    day = dayOf(clock.wallTime())
    spent = 0
  }
  return {
    async exhausted() {
      turnOver()
      return spent < limit ? null : untilTomorrow(clock.wallTime())
    },
    spend(tokens) {
      turnOver()
      spent += tokens
    },
  }
}

import type { Clock } from '../../ports/clock.ts';
import type { TokenBudget } from '../../ports/token-budget.ts';
/** Counts for one replica that is alone (STORE=memory). */
export declare function memoryTokenBudget(limit: number, clock: Clock): TokenBudget;

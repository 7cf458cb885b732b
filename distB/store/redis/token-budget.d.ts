import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { TokenBudget } from '../../ports/token-budget.ts';
import type { RedisConnections } from './connect.ts';
export interface RedisTokenBudgetOptions {
    /** Tokens a day, at least 1. */
    readonly limit: number;
    readonly clock: Clock;
    readonly log: Log;
}
/**
 * Counts over all replicas in one key a day. While Redis is away nobody is refused, and what is spent is counted when it is
 * back: the budget bounds a bill, it is not the service.
 */
export declare class RedisTokenBudget implements TokenBudget {
    #private;
    constructor(connections: Pick<RedisConnections, 'commands' | 'keys'>, options: RedisTokenBudgetOptions);
    exhausted(): Promise<number | null>;
    spend(tokens: number): void;
}

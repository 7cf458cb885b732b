import type { Load } from '../ports/load.ts';
import type { Meter } from '../ports/meter.ts';
import type { Begun, Quotas } from '../ports/quotas.ts';
import { type GiveBack, type RateLimiter } from '../ports/rate-limiter.ts';
import type { TokenBudget } from '../ports/token-budget.ts';
import { BatonError } from '../protocol/errors.ts';
import type { AnswerRunner } from './answer/answer-runner.ts';
import type { Caller } from './api.ts';
export interface AdmissionOptions {
    readonly limiter: RateLimiter;
    readonly budget: TokenBudget;
    readonly quotas: Quotas;
    readonly load: Load;
    readonly runner: AnswerRunner;
    readonly meter: Meter;
}
/** Whether something new may be begun for a caller: each limit takes its part of it, or says why not (X5). */
export declare class Admission {
    #private;
    constructor(options: AdmissionOptions);
    /** Takes this answer of the session from all that the caller is allowed. */
    answer(caller: Caller, sessionId: string, answer: Begun): Promise<GiveBack | BatonError>;
    /** Takes a session that is to be made. Rejects where the caller may make none now. */
    session(caller: Caller): Promise<GiveBack>;
}

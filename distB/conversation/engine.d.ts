import type { Bus } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import type { Load } from '../ports/load.ts';
import type { Log } from '../ports/log.ts';
import type { Membership } from '../ports/membership.ts';
import type { Meter } from '../ports/meter.ts';
import type { Model } from '../ports/model.ts';
import type { Quotas } from '../ports/quotas.ts';
import type { RateLimiter } from '../ports/rate-limiter.ts';
import type { Recall } from '../ports/recall.ts';
import type { Operated } from '../ports/report.ts';
import type { Retriever } from '../ports/retriever.ts';
import type { SessionSockets } from '../ports/session-sockets.ts';
import type { SessionStore } from '../ports/session-store.ts';
import type { TokenBudget } from '../ports/token-budget.ts';
import type { Tracer } from '../ports/tracer.ts';
import type { ConversationApi } from './api.ts';
import type { Reports } from './reports.ts';
export interface ConversationDeps {
    /** This replica and incarnation, as others reach it: `r1.4f2a9c`. */
    readonly address: string;
    readonly store: SessionStore;
    readonly bus: Bus;
    readonly membership: Membership;
    readonly sockets: SessionSockets;
    readonly model: Model;
    readonly retriever: Retriever;
    readonly limiter: RateLimiter;
    readonly clock: Clock;
    readonly load: Load;
    readonly random: () => number;
    /** A new UUID v4. */
    readonly newId: () => string;
    readonly meter: Meter;
    readonly log: Log;
    /** None where absent. */
    readonly tracer?: Tracer;
    /** None where absent. */
    readonly budget?: TokenBudget;
    /** None where absent. */
    readonly quotas?: Quotas;
    /** What operators are told of the process, and can have it do; nothing where absent. */
    readonly operated?: Operated;
    readonly settings: {
        readonly SYSTEM_PROMPT: string;
        readonly LLM_MODEL: string;
        readonly LLM_RETRIES: number;
        readonly LLM_REASONING: 'hide' | 'show' | 'store';
        readonly DELTA_WINDOW_MS: number;
        readonly CONTEXT_MESSAGES: number;
        readonly CONTEXT_TOKENS: number;
        readonly MAX_ANSWER_BYTES: number;
        readonly MAX_CONTENT_BYTES: number;
        readonly SESSION_TTL: number;
        readonly MAX_SESSIONS_PER_USER: number;
        readonly TRUST_USER_ID: boolean;
        readonly LEASE_MS: number;
    };
}
export interface ConversationEngine {
    readonly api: ConversationApi;
    /** For a store that goes on without its shared one (G). */
    readonly recall: Recall;
    /** For operators. */
    readonly reports: Reports;
    /** The bus delivers again, after messages may have been lost. */
    busInterrupted(): void;
    /** Answers that this replica produces at the moment. */
    answersRunning(): number;
    /** Lets answers finish for half of `withinMs`, then hands what still runs over to other replicas (F5). */
    drain(withinMs: number): Promise<void>;
    close(): Promise<void>;
}

import type { Bus } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import { type Operated, type Order } from '../ports/report.ts';
import type { AnswerRunner } from './answer/answer-runner.ts';
import type { FailureDetector } from './failover/failure-detector.ts';
import type { RecentTakeovers } from './failover/recent-takeovers.ts';
export interface ReportsOptions {
    readonly address: string;
    readonly bus: Bus;
    readonly detector: FailureDetector;
    readonly runner: AnswerRunner;
    readonly takeovers: RecentTakeovers;
    /** Null where the process tells nothing of itself, and obeys nobody. */
    readonly operated: Operated | null;
    readonly clock: Clock;
    readonly newId: () => string;
}
/** What replicas tell operators: each of itself, when one of them is asked. Nothing is told or kept while nobody asks. */
export declare class Reports {
    #private;
    constructor(options: ReportsOptions);
    /** By address, what each replica says of itself, as it came; null for one that says nothing. */
    all(): Promise<ReadonlyMap<string, unknown>>;
    /** Has a replica obey an order, which `orderFor` makes for it and this request; false where it does not say that it does. */
    order(replica: string, orderFor: (id: string) => Order): Promise<boolean>;
    isKnown(replica: string): boolean;
    /** Another replica asks. */
    asked(from: string, id: string, order: Order | null): void;
    /** Another replica answers. */
    reported(id: string, report: unknown): void;
}

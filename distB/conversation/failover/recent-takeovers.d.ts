import type { Clock } from '../../ports/clock.ts';
import { type TakeoverReport } from '../../ports/report.ts';
/** The takeovers of this replica that operators may want to look at: the latest, of the last hour. */
export declare class RecentTakeovers {
    #private;
    constructor(clock: Clock);
    add(takeover: Omit<TakeoverReport, 'at'>): void;
    get list(): readonly TakeoverReport[];
}

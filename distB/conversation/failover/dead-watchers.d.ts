import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Membership } from '../../ports/membership.ts';
import type { SessionStore } from '../../ports/session-store.ts';
export interface DeadWatchersOptions {
    readonly store: SessionStore;
    readonly membership: Membership;
    readonly clock: Clock;
    readonly log: Log;
}
/**
 * Ends the watches that a dead replica left behind: else everything that happens in its sessions would be sent to nobody until
 * they expire. That a message reached nobody is a sign, no more: a replica whose lease stands, or which is connected, stays.
 */
export declare class DeadWatchers {
    #private;
    constructor(options: DeadWatchersOptions);
    /** What was told of a session has reached nobody at that replica. */
    unreached(replica: string, sessionId: string): void;
}

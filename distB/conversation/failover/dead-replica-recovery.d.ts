import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Membership } from '../../ports/membership.ts';
import type { FailureDetector } from './failure-detector.ts';
export interface DeadReplicaRecoveryOptions {
    /** This replica. */
    readonly address: string;
    readonly membership: Membership;
    readonly detector: FailureDetector;
    readonly clock: Clock;
    readonly log: Log;
    readonly leaseMs: number;
    /** Its abort ends the work. */
    readonly signal: AbortSignal;
    /** Who owns the session's running answer; null where none runs. */
    ownerOf(sessionId: string): Promise<string | null>;
    /** Takes the session's running answer from `owner`, and gives whether that still had it. */
    adopt(sessionId: string, owner: string): Promise<boolean>;
    /** Shows the subscribers here what the store holds of the session, where they wait for nothing that would show it. Never rejects. */
    look(sessionId: string): Promise<void>;
}
/**
 * What one dead replica has left (F2). While it is open its heirs take over what they find, and mark it as taken; once it is
 * closed they look at all of it again, and untrack it. In the first round of each phase a replica does its share only, so
 * that the work is spread, and then whatever others have left undone.
 */
export declare class DeadReplicaRecovery {
    #private;
    constructor(dead: string, options: DeadReplicaRecoveryOptions);
    /** Resolves once nothing is left, or the replica turned out to be alive. Never rejects. */
    run(): Promise<void>;
}

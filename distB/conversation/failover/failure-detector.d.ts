import type { Bus } from '../../ports/bus.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Membership } from '../../ports/membership.ts';
import type { Meter } from '../../ports/meter.ts';
/** `unknown`: what this replica sees does not count, or it cannot tell one that is coming back from one that is gone. */
export type ReplicaState = 'alive' | 'dead' | 'unknown';
export interface FailureDetectorOptions {
    readonly address: string;
    readonly membership: Membership;
    readonly bus: Bus;
    readonly clock: Clock;
    readonly meter: Meter;
    readonly log: Log;
    readonly leaseMs: number;
    /** A replica was found dead, here or by another one. Called once for each. */
    onDeath(replica: string): void;
    /** The others may have taken this replica for dead: its lease had run out. */
    onLapse(): void;
}
/**
 * Keeps this replica's lease, and notices the death of the next ones on the ring of addresses: a SIGKILL by the fall of
 * their connections, a freeze or a lost host by their lease. The replica that notices tells the rest. Where nothing runs there is
 * nothing to take over: the connections of a neighbour are watched closely only while it owns something, which it says
 * itself and which each look shows.
 *
 * What is seen counts only while this replica's own connections can be seen and its own lease stands. After its start, an outage
 * of the store, or a pause of this process, a missing lease proves nothing for a whole lease's time. A replica that was seen
 * connected since then and is not any more is dead all the same.
 */
export declare class FailureDetector {
    #private;
    constructor(options: FailureDetectorOptions);
    start(): void;
    stop(): void;
    /** The other replicas that live, as far as is known. */
    get others(): readonly string[];
    /** Those of them that may take answers over: not those that drain, as far as is known. */
    get heirs(): readonly string[];
    /** The replica drains. */
    noteDraining(replica: string): void;
    /** This replica may own something from now on: those that would notice its death are told. */
    announce(): void;
    /** The replica may own something from now on. */
    watchOwner(replica: string): void;
    /** Learns who is there now. Rejects where the store is away. */
    readMembers(): Promise<void>;
    /** How the replica stands by what can be felt now. Asked by those that meet an answer of it. */
    stateOf(replica: string): Promise<ReplicaState>;
    /** Whether it is certain that the replica is dead. */
    isDead(replica: string): Promise<boolean>;
    /** Another replica found it dead, or it was removed. */
    declareDead(replica: string): void;
    /** The time, in epoch milliseconds, since which the replica is known to be dead; undefined where it is not. */
    deadSince(replica: string): number | undefined;
    /** Whether it has said that it drains. */
    isDraining(replica: string): boolean;
    /** It is removed. Where it lives on, or its last word arrives only now, it is a member again like any other. */
    forget(replica: string): void;
    /** It lives after all. */
    revive(replica: string): void;
}

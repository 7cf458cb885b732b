import type { Log } from '../../ports/log.ts';
import type { RedisConnections } from './connect.ts';
import type { Scripts } from './scripts.ts';
export interface IndexEntry {
    readonly sessionId: string;
    /** Epoch milliseconds. */
    readonly lastActivity: number;
}
/**
 * Which sessions a user has (S6). It lies in another slot than the sessions, so it is written beside them: before a
 * session is made, and after each of its refreshes. Entries of expired sessions are harmless; they are taken out when
 * a list is read, and a few when a session is added, so that it stays bounded.
 */
export declare class UserIndex {
    #private;
    constructor({ commands, keys }: Pick<RedisConnections, 'commands' | 'keys'>, scripts: Scripts, ttlSeconds: number, log: Log);
    /** Enters a session; to be sent before the session is made, so that none exists that its user cannot find. */
    enter(userId: string, sessionId: string, lastActivity: string): Promise<void>;
    /** Enters a session that was just refreshed. Not waited for: the next refresh makes up for one that fails. */
    touch(userId: string | null, sessionId: string, lastActivity: string): void;
    /** Takes out a session that was cleared. */
    leave(userId: string | null, sessionId: string): void;
    /**
     * The `limit` sessions of the latest activity before `before` (epoch ms; null: of all), expired ones among them, and those
     * whose activity is that of the last of these: the next page can begin below it. Costs no more than that.
     */
    page(userId: string, before: number | null, limit: number): Promise<readonly IndexEntry[]>;
    /** How many sessions the user has; expired ones are among them until the next sweep of them all. */
    count(userId: string): Promise<number>;
    /**
     * Takes out all entries whose sessions have expired. Looks at those only that saw no activity for as long as a session
     * lives without: the expired ones, and those that were opened since.
     */
    sweepExpired(userId: string): Promise<void>;
    /** Takes out those of a few random entries whose sessions have expired. */
    sweep(userId: string): void;
    /**
     * Takes out entries whose sessions do not exist, and gives how many. Younger ones than a session lives without activity
     * are left: their session may be about to be made.
     */
    drop(userId: string, dead: readonly IndexEntry[]): Promise<number>;
    /** Takes out the oldest sessions beyond `most`, never `but`, a few at a time, and gives them (X6). */
    trimSessionsOf(userId: string, most: number, but: string): Promise<readonly string[]>;
}

import type { Bus } from '../../ports/bus.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Meter } from '../../ports/meter.ts';
import type { SessionSockets } from '../../ports/session-sockets.ts';
import type { SessionStore, Snapshot, StoredSession, Watch } from '../../ports/session-store.ts';
import type { Subscriber } from '../../ports/subscriber.ts';
import type { Activity, Delta } from '../../protocol/events.ts';
import type { Message } from '../../protocol/message.ts';
import { type Change, SessionFeed } from './session-feed.ts';
export interface SessionFeedsOptions {
    readonly address: string;
    readonly store: SessionStore;
    readonly bus: Bus;
    readonly sockets: SessionSockets;
    readonly clock: Clock;
    readonly meter: Meter;
    readonly log: Log;
    /** A session was read whose answer this replica may have to take over. */
    onOwner(sessionId: string, owner: string): void;
}
/** The sessions that somebody on this replica follows. */
export declare class SessionFeeds {
    #private;
    constructor(options: SessionFeedsOptions);
    has(sessionId: string, subscriber: Subscriber): boolean;
    watchOf(sessionId: string): Watch | null;
    /** Adds a subscriber. Its feed holds news until `opened` says what the subscriber was given. */
    join(sessionId: string, subscriber: Subscriber): SessionFeed;
    /** Removes a subscriber; the last one takes the feed along and this replica stops watching. */
    leave(feed: SessionFeed, subscriber: Subscriber): void;
    /** The store was read for somebody who had joined before: brings the feed up to it, and asks a remote owner for more. */
    opened(feed: SessionFeed, snapshot: Snapshot, messages: readonly Message[]): void;
    /** The session's TTL was set again. */
    refreshed(sessionId: string, ttlSeconds: number): void;
    /** Tells the subscribers here, and those of the other replicas among `watchers`. */
    message(sessionId: string, change: Change, watchers: Iterable<string>): void;
    /** The session goes on by what this replica has of it. */
    rebase(sessionId: string, messages: readonly Message[]): void;
    /** The session may have changed without its subscribers here having been told of each change. */
    look(sessionId: string): void;
    /** The same, but for a session of whose answer something is expected: that tells, or its silence makes this replica look. */
    lookAtRest(sessionId: string): Promise<void>;
    /** What the store holds stands; what was told of the session above `after` was provisional (G4). */
    replace(session: StoredSession, messages: readonly Message[], after: number): void;
    /** Bus messages may have been lost: every session is read again. */
    rereadAll(): Promise<void>;
    /** The session seems to be gone: the next sweep asks once more, and tells. */
    doubt(sessionId: string): void;
    delta(delta: Delta, watchers: Iterable<string>): void;
    /** Says what goes on with an answer while no text of it comes (F7). */
    activity(event: Activity, watchers: Iterable<string>): void;
    /** The session is gone; its subscribers are let go. */
    end(sessionId: string): void;
    close(): void;
}

import type { Watch } from '../../ports/session-store.ts';
import type { Subscriber } from '../../ports/subscriber.ts';
import type { Activity, Delta } from '../../protocol/events.ts';
import type { Message } from '../../protocol/message.ts';
/** A message as it changed; `version` is the session's with that change, where it is known. */
export interface Change {
    readonly message: Message;
    readonly version?: number | undefined;
}
export interface SessionFeedEvents {
    /** Something is missing: the session is to be read. */
    onGap(feed: SessionFeed): void;
    /** A bug showed while the subscriber was told something. */
    onFault(feed: SessionFeed, subscriber: Subscriber, error: unknown): void;
}
/**
 * Everything that the subscribers of one session on this replica are told, in one order.
 *
 * Modes: `reading` while the store is being read (news is held until it is known what it adds to), then `live`. A live
 * feed that meets a gap calls `onGap` and reads again; `show` ends the reading.
 *
 * This is the one place that compares what was told with what is stored. What is stored beyond it is told as it comes;
 * where the store holds anything else, the subscribers are given what it holds (`session:sync`, G4).
 */
export declare class SessionFeed {
    #private;
    readonly sessionId: string;
    /** As the store knows it. */
    readonly watch: Watch;
    readonly subscribers: Set<Subscriber>;
    /** Epoch milliseconds at which the session is gone unless its TTL was refreshed elsewhere (S3). */
    expiresAt: number;
    /** The subscribers were told something since the last check. */
    heard: boolean;
    /** During the reading under way, messages of the bus were lost or the session returned to Redis: it is read again after it. */
    isOutdated: boolean;
    /** The next reading is to bring all messages: earlier ones may have changed, too. */
    looksBack: boolean;
    constructor(sessionId: string, watch: Watch, events: SessionFeedEvents);
    /** Something of an answer has still to come. */
    get expecting(): boolean;
    get reading(): boolean;
    /** A subscriber adds what memory holds to what it held before, which may be more than this replica knows of (G6). */
    oweSync(): void;
    /** What the store holds is still to be told whole. */
    get lacksSync(): boolean;
    /** The reading is to bring what is above this seq. */
    get newsAfter(): number;
    /** News that comes from here on is held until the store was read. Gives the reading's number. */
    startReading(): number;
    /**
     * What the store holds under `version`. The reply to the last `reading` that began is complete: where it holds less than was
     * told, or something else, the subscribers are given it whole. What a subscriber opened with may be older than what the
     * others were told.
     */
    show(messages: readonly Message[], version: number, reading?: number): void;
    /**
     * What the store holds stands, and what was told above `after` was provisional (G4, G5). What came before may have changed
     * as well, without a word: another replica went on with it, or the store lost it.
     */
    replace(messages: readonly Message[], version: number, after: number): void;
    /** The session goes on by what this replica has of it: what comes next is told as following these messages. */
    rebase(messages: readonly Message[]): void;
    delta(delta: Delta): void;
    /** Dropped unless the answer streams. Dropped during a reading, too: it is repeated, or text comes. */
    activity(event: Activity): void;
    message(change: Change): void;
}

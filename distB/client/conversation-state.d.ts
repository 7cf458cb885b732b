/**
 * What a client holds of one session, as pure transitions (contract D3, E): nothing here knows of sockets or time.
 *
 * `startOpening` → what comes is held · `opened` → the snapshot, then what was held · `received` → taken at once.
 * `gap` says that something between is missing: the holder opens the session again.
 */
import type { Activity, ActivityKind, Delta, GatewayEvents, MessageEvent, SessionSync } from '../protocol/events.ts';
import type { Message } from '../protocol/message.ts';
/** What changes a conversation: events of the gateway, and messages that an acknowledgement carried. */
export type SessionEvent = {
    readonly name: 'message';
    readonly data: MessageEvent;
} | {
    readonly name: 'delta';
    readonly data: Delta;
} | {
    readonly name: 'session:sync';
    readonly data: SessionSync;
} | {
    readonly name: 'activity';
    readonly data: Activity;
} | {
    readonly name: 'backend';
    readonly data: GatewayEvents['backend'];
} | {
    readonly name: 'acknowledged';
    readonly data: Acknowledged;
};
interface Acknowledged {
    readonly messages: readonly Message[];
    readonly persisted: boolean;
}
/** The messages of a session above a `seq`, as a `session:open` is acknowledged with them. */
export interface Snapshot {
    readonly sessionId: string;
    readonly messages: readonly Message[];
    /** They came from Redis. */
    readonly durable: boolean;
    /** Where they begin; where nothing is said of it, as asked. */
    readonly after?: number | undefined;
}
/** What goes on while the text of the running answer does not come (F7). */
export interface Doing {
    readonly kind: ActivityKind;
    /** The model's own words as far as they came, where they are shown. */
    readonly text?: string;
}
export interface Conversation {
    readonly sessionId: string | null;
    /** By `seq`. */
    readonly messages: readonly Message[];
    /** What came before the acknowledgement of a running `session:open`; null where none runs. */
    readonly held: readonly SessionEvent[] | null;
    /** The `after` of that `session:open`. */
    readonly asked: number;
    /** Something is missing that only another `session:open` can bring. */
    readonly gap: boolean;
    /** From this `seq` on nothing is known to be in Redis as it is held here (G5); infinite where everything is. */
    readonly provisionalFrom: number;
    /** From this `seq` on messages are known by acknowledgements alone: what changed before them may not have been told. */
    readonly acknowledgedFrom: number;
    /** What was told last of what goes on, and how far the answer was by then: with more of its text that is over. */
    readonly activity: {
        readonly what: Doing;
        readonly messageId: string;
        readonly attempt: number;
        readonly length: number;
    } | null;
}
export declare const EMPTY: Conversation;
/**
 * A `session:open` with `after` is sent. From here to `opened` or `openFailed` events are held: they may be newer than the
 * snapshot that is on its way.
 */
export declare function startOpening(conversation: Conversation, after?: number): Conversation;
/** The connection was lost before the acknowledgement: what was held is part of the next snapshot, which has to begin as early. */
export declare function openFailed(conversation: Conversation): Conversation;
/**
 * A `session:open` was acknowledged. A session under another id replaces what there was. Else a snapshot from Redis
 * replaces what is held above its `after`; one from memory is merged, and stays provisional.
 */
export declare function opened(conversation: Conversation, snapshot: Snapshot): Conversation;
/** An event of the gateway; one of another session changes nothing. */
export declare function received(conversation: Conversation, event: SessionEvent): Conversation;
/**
 * Messages that an acknowledgement carried; `persisted` as it said (true where it says nothing of it). They are there at
 * once, and again after a snapshot that is on its way, which may have been taken before them.
 */
export declare function acknowledged(conversation: Conversation, messages: readonly Message[], persisted?: boolean): Conversation;
/** The answer that streams, if any. */
export declare function streamingAnswer(conversation: Conversation): Message | undefined;
/** What goes on while the running answer's next text does not come; null where none runs, or text came since it was told. */
export declare function activityOf({ messages, activity }: Conversation): Doing | null;
/** Everything that is held is known to be in Redis, as it was when it was told. */
export declare function isSettled({ held, provisionalFrom }: Conversation): boolean;
/**
 * `after` for the next `session:open`: everything up to this `seq` is held and can change no more. The last answer can
 * (it may stream, or be regenerated meanwhile), and so can what is provisional. Undefined where all must be fetched.
 */
export declare function resumeAfter({ messages, provisionalFrom, acknowledgedFrom }: Conversation): number | undefined;
export {};

import { type Clock } from '../ports/clock.ts';
import type { PageRequest, SessionPage, SessionStore, Snapshot } from '../ports/session-store.ts';
import type { Subscriber } from '../ports/subscriber.ts';
import type { History, HistoryRequest, MessageRef, Opened, OpenRequest } from '../protocol/events.ts';
import type { Message, SessionInfo } from '../protocol/message.ts';
import type { Admission } from './admission.ts';
import type { Caller, Subscription } from './api.ts';
import type { SessionCache } from './follow/session-cache.ts';
import type { SessionFeeds } from './follow/session-feeds.ts';
export interface SessionDeps {
    /** This replica and incarnation, as others reach it: `r1.4f2a9c`. */
    readonly address: string;
    readonly store: SessionStore;
    readonly cache: SessionCache;
    readonly feeds: SessionFeeds;
    readonly admission: Admission;
    readonly clock: Clock;
    readonly newId: () => string;
    /** Whether a user id is believed that no token confirms (X3). */
    readonly trustUserIds: boolean;
    readonly maxSessionsPerUser: number;
    /** The user has too many sessions: this one goes (X6). */
    onExcess(sessionId: string): Promise<void>;
    /** A session was read whose answer another replica owns, or this one by a claim that it does not know of. */
    onOwner(sessionId: string, owner: string): void;
}
/** The use cases of sessions: open, follow, look. Each is a call to the store and the telling of who follows. */
export declare class Sessions {
    #private;
    constructor(deps: SessionDeps);
    open(caller: Caller, request: OpenRequest, subscriberFor: ((sessionId: string) => Subscriber) | null): Promise<Opened & {
        subscription: Subscription | null;
    }>;
    follow(caller: Caller, sessionId: string, subscriber: Subscriber): Promise<Subscription>;
    history(caller: Caller, request: HistoryRequest): Promise<History & {
        session: SessionInfo;
    }>;
    extend(caller: Caller, sessionId: string): Promise<number>;
    look(caller: Caller, sessionId: string, after?: number): Promise<{
        session: SessionInfo;
        messages: readonly Message[];
    }>;
    stats(caller: Caller, sessionId: string): Promise<SessionInfo & {
        sizeBytes: number;
    }>;
    ownerOf(caller: Caller, sessionId: string): Promise<string | null>;
    list(caller: Caller, userId: string | undefined, page: PageRequest): Promise<SessionPage>;
    answerOf(caller: Caller, sessionId: string, messageId: string, signal: AbortSignal): Promise<Message>;
    /** Rejects where there is no such session, or it is not the caller's. */
    read(caller: Caller, sessionId: string, after: number): Promise<Snapshot>;
    /** Of the messages the one of that id alone, where there is one. */
    find(caller: Caller, { sessionId, messageId }: MessageRef): Promise<Snapshot>;
}

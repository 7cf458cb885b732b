import type { Bus } from '../ports/bus.ts';
import { type Clock } from '../ports/clock.ts';
import type { SessionSockets } from '../ports/session-sockets.ts';
import { type SessionStore } from '../ports/session-store.ts';
import type { MessageRef, Regenerated, SendRequest, Sent, Stopped } from '../protocol/events.ts';
import type { Admission } from './admission.ts';
import type { AnswerRunner } from './answer/answer-runner.ts';
import type { Caller } from './api.ts';
import type { OwnedSessions } from './failover/owned-sessions.ts';
import type { SessionCache } from './follow/session-cache.ts';
import type { SessionFeeds } from './follow/session-feeds.ts';
import type { Sessions } from './sessions.ts';
export interface MessageDeps {
    /** This replica and incarnation, as others reach it: `r1.4f2a9c`. */
    readonly address: string;
    readonly sessions: Sessions;
    readonly store: SessionStore;
    readonly cache: SessionCache;
    readonly feeds: SessionFeeds;
    readonly runner: AnswerRunner;
    readonly ownedSessions: OwnedSessions;
    readonly bus: Bus;
    readonly sockets: SessionSockets;
    readonly admission: Admission;
    readonly clock: Clock;
    readonly newId: () => string;
    readonly contextMessages: number;
    readonly maxContentBytes: number;
    /** A claim of this replica was sent and not answered: finds out whether the answer is ours, and gives it. Never rejects. */
    onUnanswered(sessionId: string): Promise<boolean>;
    /** Somebody is to wait for an answer of the session that was begun by another call. */
    onMet(sessionId: string): void;
}
/** The use cases of messages: send, stop, regenerate; and clearing, which ends what runs. */
export declare class Messages {
    #private;
    constructor(deps: MessageDeps);
    send(caller: Caller, request: SendRequest): Promise<Sent>;
    stop(caller: Caller, ref: MessageRef): Promise<Stopped>;
    regenerate(caller: Caller, ref: MessageRef): Promise<Regenerated>;
    clear(caller: Caller, sessionId: string): Promise<void>;
}

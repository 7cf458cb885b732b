/** What the scripts reply, as ioredis gives it, and what it means to the port. */
import { type Repeated, type RunningAnswer, type Snapshot, type Started, type StoredSession } from '../../ports/session-store.ts';
import type { Message } from '../../protocol/message.ts';
export type SessionFields = [
    createdAt: string,
    userId: string,
    lastActivity: string,
    seq: string,
    firstSeq: string,
    version: string
];
export type Slot = [
    id: string,
    seq: string,
    attempt: string,
    owner: string,
    epoch: string,
    startedAt: string,
    contributors: string,
    takeovers: string,
    responseId: string | null,
    sequence: string | null,
    text: string | null
];
export type Messages = (string | null)[];
export type OpenReply = [SessionFields, Messages | null, Slot | null] | null;
export type ReadReply = [SessionFields, Messages, Slot | null, ttlMs: number] | null;
export type StartedReply = [
    'started',
    SessionFields,
    epoch: number,
    seq: number,
    watchers: string[],
    context: Messages | null
];
export type RepeatedReply = ['repeated', message: string | null, answer: string | null, Slot | null];
export type BeginReply = StartedReply | RepeatedReply | ['busy', Slot] | ['missing'] | ['taken'];
export type SentReply = RepeatedReply | ['missing'] | ['unknown'];
export type RegenerateReply = StartedReply | ['busy', Slot] | ['conflict'] | ['missing'];
export type FinishReply = [SessionFields, watchers: string[]] | null;
export type ClaimReply = [SessionFields, Slot, message: string | null, watchers: string[]] | null;
export type RestartReply = [epoch: number, watchers: string[]] | null;
export type ReconcileReply = ['reconciled', SessionFields, Messages, Slot | null, watchers: string[]] | ['busy', Slot] | ['behind', lastSeq: number];
export type Kept = [watchers: string[], userId: string, lastActivity: string] | null;
/** -1: its keys are at another node. */
export type KeepReply = (Kept | -1)[];
export declare function sessionOf(id: string, fields: SessionFields, ttlSeconds: number): StoredSession;
/** Of messages, oldest first, those that can be read: one that is spoilt, or claims a place behind its successor's, takes no other with it. */
export declare function messagesOf(messages: Messages): readonly Message[];
/** Throws `StoreFault` where it cannot be read. */
export declare function messageOf(json: string | null): Message;
export declare function runningOf(slot: Slot): RunningAnswer;
/** The message of a claimed answer; where what is stored of it cannot be read, as it was when it began. */
export declare function claimedOf(json: string | null, { messageId, seq, attempt }: RunningAnswer, createdAt: string): Message;
export declare function snapshotOf(session: StoredSession, messages: Messages | null, slot: Slot | null): Snapshot;
export declare function startedOf(id: string, reply: StartedReply, ttlSeconds: number): Started;
export declare function repeatedOf([kind, message, answer, slot]: RepeatedReply): Repeated;

import type { Backend, Message } from '../protocol/message.ts'
import type { Bookmark } from './model.ts'

/** A session without its messages. */
export interface StoredSession {
  readonly id: string
  readonly userId: string | null
  readonly createdAt: string
  readonly lastActivity: string
  /** `seq` of the newest message; 0 where there is none. */
  readonly lastSeq: number
  /** `seq` of the oldest message that is kept; older ones were trimmed (S4). */
  readonly firstSeq: number
  readonly ttlSeconds: number
  /** Rises with every change to the messages, never with a delta. A copy with the same version is current (S5). */
  readonly version: number
}

/** The answer slot of a session while an answer streams (M3, F1). */
export interface RunningAnswer {
  readonly messageId: string
  readonly seq: number
  readonly attempt: number
  /** Address of the replica that may append. */
  readonly owner: string
  /** The fencing token: the session's version at the moment of the claim, so never given out twice while the store keeps its data. */
  readonly epoch: number
  /** Epoch milliseconds of the first claim, for `processing_time_ms`. */
  readonly startedAt: number
  /** Ids of the replicas that added text before the present owner, in order. */
  readonly contributors: readonly string[]
  /** How often the answer was taken from an owner that had not handed it over. */
  readonly takeovers: number
  readonly bookmark: Bookmark | null
  /** The stored text so far. It is long (X6): `find`, `busy`, and a `read` that gives no message may leave it out. */
  readonly text: string
  /** The text's key is gone (evicted, deleted by an operator): `text` is not what was shown, and the answer can only be ended (G6). */
  readonly isTextLost?: true
}

export interface Snapshot {
  readonly session: StoredSession
  /** Oldest first, as stored (the streaming answer is empty: its text is in `running`). Null where the caller's copy is current. */
  readonly messages: readonly Message[] | null
  readonly running: RunningAnswer | null
}

/** A message before the store gave it its `seq`. */
export type Draft = Omit<Message, 'seq'>

/** Where what a call stored is, as its acknowledgement says it (M1). */
export interface Durability {
  readonly backend: Backend
  /** It outlives this process, and is on as many of the store's replicas as was asked for. */
  readonly persisted: boolean
}

/** A time during which somebody at a replica follows a session: it is told of the session's events. */
export interface Watch {
  /** The replica's address. */
  readonly watcher: string
  /** Rises with every watch of that replica, so that the end of an old one, come late, ends no new one. */
  readonly id: number
}

/** Stands among a session's watchers where the list of them was lost: any replica may be one (G6). */
export const ANYBODY = '*'

/** A watch that is over. */
export interface EndedWatch {
  readonly watcher: string
  /** Null for whichever there is, because the replica is dead, or nobody's (`ANYBODY`). */
  readonly id: number | null
}

/** An answer slot was claimed: the caller is its owner under `epoch`. */
export interface Started extends Durability {
  readonly kind: 'started'
  readonly session: StoredSession
  readonly epoch: number
  readonly seq: number
  /** Addresses of the other replicas with sockets of this session, or `ANYBODY`. */
  readonly watchers: readonly string[]
  /** The last `contextSize` messages before the answer, oldest first, the user's the last; null where the caller's copy was current. */
  readonly context: readonly Message[] | null
  /** The answer before, ended by this very call: it streamed still, and its slot was lost (G6). Null where there was none. */
  readonly lost: Message | null
}
export interface Repeated extends Durability {
  readonly kind: 'repeated'
  readonly message: Message
  /** As it is now, with its text so far. */
  readonly answer: Message
}
/** Another answer streams (M3). */
export interface Busy {
  readonly kind: 'busy'
  readonly running: RunningAnswer
}
/** The id is that of a message of another role in the session (X7). */
export interface IdTaken {
  readonly kind: 'taken'
}
/** No message of a user has that id. */
export interface Unknown {
  readonly kind: 'unknown'
}
/** No such session, or not this user's (X3). */
export interface Missing {
  readonly kind: 'missing'
}
/** The session changed since the caller looked. */
export interface Conflict {
  readonly kind: 'conflict'
}
/** Somebody else owns the answer by now, or it has ended. */
export interface Fenced {
  readonly kind: 'fenced'
}

export interface NewSession {
  readonly id: string
  /** Null where it is nobody's: AUTH=none, and no user was named. */
  readonly userId: string | null
  /** ISO 8601. */
  readonly createdAt: string
}

/** What every reading of a session names. */
export interface SessionRequest {
  readonly sessionId: string
  /** Whose the session has to be (X3). Null, as by default, where it may be anybody's. */
  readonly userId?: string | null
}

/** Tells the states of a session apart. Its version alone does not: a store that has lost data gives a version again to other messages. */
export type SessionState = Pick<StoredSession, 'version' | 'lastSeq' | 'lastActivity'>

export function isSameState(one: SessionState, other: SessionState): boolean {
  return one.version === other.version && one.lastSeq === other.lastSeq && one.lastActivity === other.lastActivity
}

export interface OpenRequest extends SessionRequest {
  readonly watch: Watch | null
  /** The state that the caller has a copy of; null where it has none. */
  readonly known: SessionState | null
  /** All messages where there is none. */
  readonly window?: MessageWindow | undefined
}

export interface ReadRequest extends SessionRequest {
  /** Only messages with `seq` above this; none at `Number.MAX_SAFE_INTEGER`. */
  readonly after: number
  /** Entered again where its entry was lost. Null by default: nobody's. */
  readonly watch?: Watch | null
}

export interface FindRequest extends SessionRequest {
  readonly messageId: string
}

export interface MessagePageRequest extends SessionRequest {
  /** Only messages with `seq` below this. */
  readonly before: number
  /** Messages at most; at least 1. */
  readonly limit: number
  /** Bytes of JSON: as soon as the newest messages are more than this, so that it shows, no older one is read. */
  readonly bytes: number
}
export interface MessagePage {
  readonly session: StoredSession
  /** Oldest first, as stored. */
  readonly messages: readonly Message[]
}

export interface BeginRequest {
  readonly sessionId: string
  /** Null where sessions are not bound to users (AUTH=none). */
  readonly userId: string | null
  readonly message: Draft
  readonly answer: Draft
  readonly owner: string
  /** The state that the caller has a copy of; null where it has none. */
  readonly known: SessionState | null
  /** How many messages before the answer the model is to be given. */
  readonly contextSize: number
}

export interface RegenerateRequest {
  readonly sessionId: string
  /** The last answer, emptied, with its new attempt. */
  readonly answer: Message
  readonly owner: string
  /** The state in which the caller saw the answer as the session's last; any other is a conflict. */
  readonly known: SessionState
}

export interface AppendItem {
  readonly sessionId: string
  readonly epoch: number
  /** The answer's id where none of its text is stored yet: a store that has lost data gives epochs again. Else null, its text tells. */
  readonly messageId: string | null
  /** UTF-8 bytes stored before this item, so that a repeat of it is recognised. */
  readonly storedBytes: number
  /** Well-formed UTF-16. */
  readonly text: string
  readonly bookmark: Bookmark | null
}
/**
 * `stored`: the text is in the store, now or since an earlier try of the same item; `later`: this session alone has no room
 * or no store at the moment: the same item is to be tried again.
 */
export type AppendResult = 'stored' | 'fenced' | 'later'

export interface FinishRequest {
  readonly sessionId: string
  readonly epoch: number
  /** The answer's final state. */
  readonly message: Message
  /** When it ended, ISO 8601: the session's last activity. */
  readonly at: string
}

export interface Finished {
  readonly kind: 'finished'
  readonly version: number
  readonly lastActivity: string
  readonly watchers: readonly string[]
}

export interface ClaimRequest {
  readonly sessionId: string
  /** Under which its owner holds it. */
  readonly epoch: number
  readonly owner: string
  /** Its owner drains, and leaves it to others (F5). False by default. */
  readonly isHandedOver?: boolean
}

export interface Claimed {
  readonly kind: 'claimed'
  readonly session: StoredSession
  readonly running: RunningAnswer
  readonly message: Message
  readonly watchers: readonly string[]
}

export interface RestartRequest {
  readonly sessionId: string
  readonly epoch: number
  /** The empty answer with its new attempt. */
  readonly message: Message
}

/** The owner's answer is of another attempt, under another epoch. */
export interface Restarted {
  readonly kind: 'restarted'
  readonly epoch: number
  readonly watchers: readonly string[]
}

/** How many of the newest messages a window has in any case, as far as its bytes allow: enough to tell what comes next by. */
export const LEAST_MESSAGES = 20

/** Which of a session's messages are wanted, where not all are. */
export interface MessageWindow {
  /** Those with `seq` above this, and `LEAST_MESSAGES` of the newest in any case; all where the session does not reach that far. */
  readonly after: number
  /** Of them the newest, as soon as these are more bytes of JSON than this, so that it shows: no older one is read. */
  readonly bytes: number
}

export interface PageRequest {
  /** Only sessions whose last activity was before this, ISO 8601; null for the first page. */
  readonly before: string | null
  /** At least 1. */
  readonly limit: number
}
export interface SessionPage {
  readonly sessions: readonly StoredSession[]
  /** How many the user has in all. */
  readonly total: number
}

/**
 * Sessions, their messages, and who may write the running answer.
 *
 * Guarantees, which test/contract checks for every implementation:
 * - Each method is atomic. Those that write a session are one round trip, and their cost grows neither with the length
 *   of the session nor with that of the answer.
 * - What a resolved promise says was stored is stored. A rejected one (`StoreUnavailable`) says nothing: it may have been.
 * - A call about many sessions goes as far as it can: what it gives for one whose node cannot be asked says so (`later`, undefined).
 *   It rejects where it can be carried out for none.
 * - A session whose parts are no session's (X6) costs nobody else anything: nobody can read it, its answer is `fenced` and lost,
 *   and what else is asked of it rejects with `StoreFault`.
 * - Every write can be repeated with the same arguments after a rejection without being applied twice.
 * - Every key of a session lives for the TTL counted from the last open, message (a repeated one, too), extend, claim or keep; none is
 *   ever without. Where an operator took it away, the session lives, and gets it back with the next reading or write.
 * - Times are the caller's: the store keeps what it is given. A list of sessions has each at the latest of its activities.
 */
export interface SessionStore {
  readonly backend: Backend
  /** A session that it lacks may still come: other replicas may not yet have written what they held while it was away (G1). */
  readonly isSettling: boolean

  create(session: NewSession, watch: Watch | null): Promise<StoredSession>

  /**
   * Refreshes the TTL, enters the watcher among those that are told of the session's events, and reads, all at one
   * instant: whatever is stored later reaches the watcher. Null where there is no such session, or it is another user's.
   */
  open(request: OpenRequest): Promise<Snapshot | null>

  /** Reads without refreshing anything. Null where there is no such session, or it is another user's, as for `find` and `page`. */
  read(request: ReadRequest): Promise<Snapshot | null>

  /** Reads the message of that id, as stored, without refreshing anything; no message where the session has none of that id. */
  find(request: FindRequest): Promise<Snapshot | null>

  /** Reads a page of messages, the newest before some `seq`, without refreshing anything. */
  page(request: MessagePageRequest): Promise<MessagePage | null>

  /** S4: stores the user's message and the empty answer, and claims the answer slot, or says why not. An answer whose slot was lost ends (F4). */
  begin(request: BeginRequest): Promise<Started | Repeated | Busy | IdTaken | Missing>
  /** What `begin` would give for the id of a message that it stored before (M2). */
  sent(sessionId: string, userId: string | null, messageId: string): Promise<Repeated | Unknown | Missing>
  /** Claims the slot for another attempt at the last answer. */
  regenerate(request: RegenerateRequest): Promise<Started | Busy | Conflict | Missing>

  /** Names the node that serves the session, as far as is known: a slow one should keep nobody else's appends waiting. */
  nodeOf(sessionId: string): string
  /** Appends to running answers, each on its own: one item's refusal is no other's. Results in the order of the items. */
  append(items: readonly AppendItem[]): Promise<readonly AppendResult[]>
  /** Writes the answer's final state and frees the slot; also where the slot alone was lost and nothing has changed since (G6). */
  finish(request: FinishRequest): Promise<Finished | Fenced>
  /** Where the end of an answer is that was just stored, for its acknowledgement (M1). */
  ended(sessionId: string, messageId: string): Promise<Durability>
  /** Takes the answer from the owner who holds it under `epoch`: from then on that owner is fenced. */
  claim(request: ClaimRequest): Promise<Claimed | Fenced>
  /** Begins the running answer's next attempt, `message`, from nothing, under a new epoch of the same owner (F3). */
  restart(request: RestartRequest): Promise<Restarted | Fenced>
  /** Refreshes the TTL of running answers' sessions; gives their present watchers, null for one that is another's or has lost a key (G6). */
  keep(
    answers: readonly { sessionId: string; epoch: number }[],
  ): Promise<readonly (readonly string[] | null | undefined)[]>

  /** Ends a watch, unless the replica has begun another. */
  unwatch(sessionId: string, watch: EndedWatch): Promise<void>
  /** Gives the TTL in seconds, null where there is no such session. */
  extend(sessionId: string): Promise<number | null>
  /** False where `clear` would be refused, so that nothing else is done in vain. */
  canClear(sessionId: string): boolean
  /** Removes the session and everything of it. Gives who watched it; null where there was none. */
  clear(sessionId: string): Promise<readonly string[] | null>
  /** Milliseconds each session has left; 0 for one that is gone. */
  remaining(sessionIds: readonly string[]): Promise<readonly (number | undefined)[]>
  /** Memory that the session takes, in bytes, roughly; 0 where there is none. */
  sizeOf(sessionId: string): Promise<number>

  /**
   * A page of the user's live sessions, latest activity first: `limit` of them, and those that share the last one's
   * activity, so that the next page begins below it (S6), and how many live. Its cost grows with the page, and with what has
   * expired since the last one; never with the user's messages.
   */
  sessionsOf(userId: string, page: PageRequest): Promise<SessionPage>
  /**
   * Takes the user's oldest sessions beyond `most` out of its list, never `but`, and gives their ids: they are to be
   * cleared (X6). A few at a time.
   */
  trimSessionsOf(userId: string, most: number, but: string): Promise<readonly string[]>

  close(): Promise<void>
}

/** Before a call that `StoreUnavailable` refused is tried again, in milliseconds. */
export const STORE_RETRY_MS = 250

/** The store did not answer, or refused to: the call may or may not have been applied. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
}

/** What went wrong, for the log: the words of Redis where it had some. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof StoreUnavailable ? (error.cause ?? error) : error
  return cause instanceof Error ? cause.message : String(cause)
}

/** At which level a call that failed and is repeated is logged: who knows of all calls tells of an outage, once. */
export function retryLevel(error: unknown): 'debug' | 'warn' {
  return error instanceof StoreUnavailable ? 'debug' : 'warn'
}

/** The store cannot carry the call out, and could not at a repeat: what it holds is not what Baton writes, or the call is at fault. */
export class StoreFault extends Error {
  override readonly name = 'StoreFault'
}

import type { Durability, PageRequest, SessionPage } from '../ports/session-store.ts'
import type { Subscriber } from '../ports/subscriber.ts'
import type {
  History,
  HistoryRequest,
  MessageRef,
  Opened,
  OpenRequest,
  Regenerated,
  SendRequest,
  Sent,
  Stopped,
} from '../protocol/events.ts'
import type { Message, SessionInfo } from '../protocol/message.ts'

/** Who is calling, as the transport established it. */
export interface Caller {
  /** The authenticated user; null under AUTH=none, where the session id is the capability. */
  readonly user: string | null
  /** Whom the token counts the user among, for quotas; undefined where nobody said. */
  readonly group?: string | undefined
  /** The client's address, or the network that is as good as one, for limits (X5). */
  readonly clientAddress: string
}

/** An answer in its final status, and where that is stored (M1). */
export interface EndedAnswer extends Durability {
  readonly message: Message
}

export interface Subscription {
  /** The session's messages at the instant from which the subscriber misses nothing, the streaming one with its text so far. */
  readonly messages: readonly Message[]
  readonly session: SessionInfo
  /** Ends the following; idempotent. */
  close(): void
}

/**
 * The use cases, as every transport calls them. All of them reject with `BatonError`. Where a caller has a user,
 * sessions of others do not exist for it (`session_not_found`).
 */
export interface ConversationApi {
  /**
   * Opens, resumes or makes a session. With `subscriber`, follows it from before the snapshot, so that nothing is missed between.
   * One that is made is made for `purpose`: where that rejects, nothing is counted, or goes, for it.
   */
  open(
    caller: Caller,
    request: OpenRequest,
    subscriber: ((sessionId: string) => Subscriber) | null,
    purpose?: (sessionId: string) => Promise<void>,
  ): Promise<Opened & { subscription: Subscription | null }>
  send(caller: Caller, request: SendRequest): Promise<Sent>
  stop(caller: Caller, request: MessageRef): Promise<Stopped>
  regenerate(caller: Caller, request: MessageRef): Promise<Regenerated>
  history(caller: Caller, request: HistoryRequest): Promise<History & { session: SessionInfo }>
  extend(caller: Caller, sessionId: string): Promise<number>
  clear(caller: Caller, sessionId: string): Promise<void>

  /** The session as it is, with its messages above `after` (all where absent), without refreshing its TTL. */
  look(
    caller: Caller,
    sessionId: string,
    after?: number,
  ): Promise<{ session: SessionInfo; messages: readonly Message[] }>
  /** `look` with the bytes that the session takes in the store. */
  stats(caller: Caller, sessionId: string): Promise<SessionInfo & { sizeBytes: number }>
  /** Id of the replica that produces the running answer; null where none runs. */
  ownerOf(caller: Caller, sessionId: string): Promise<string | null>
  /** A page of the live sessions of the caller, or, without authentication, of `userId`; latest activity first. */
  list(caller: Caller, userId: string | undefined, page: PageRequest): Promise<SessionPage>

  /** Tells `subscriber` of everything that happens to the session from the snapshot on. */
  follow(caller: Caller, sessionId: string, subscriber: Subscriber): Promise<Subscription>
  /** The answer once it has reached its final status, wherever it is produced. Rejects with the signal's reason on abort. */
  answerOf(caller: Caller, sessionId: string, messageId: string, signal: AbortSignal): Promise<EndedAnswer>
}

/** Names and payloads of the Socket.IO events (contract E), free of any schema library so that clients can share them. */
import type { ErrorBody } from './errors.ts'
import type { Backend, Message, Metadata, SessionInfo } from './message.ts'

export interface OpenRequest {
  readonly sessionId?: string | undefined
  readonly userId?: string | undefined
  readonly resume?: 'latest' | undefined
  /** Only messages with a higher `seq` come back. */
  readonly after?: number | undefined
  /** And of these the newest that take no more bytes as JSON, but one in any case. */
  readonly maxBytes?: number | undefined
}
export interface SendRequest {
  readonly sessionId: string
  readonly id: string
  readonly content: string
  readonly metadata?: Metadata | undefined
}
export interface MessageRef {
  readonly sessionId: string
  readonly messageId: string
}
export interface HistoryRequest {
  readonly sessionId: string
  readonly before?: number | undefined
  readonly limit?: number | undefined
}
export interface SessionRef {
  readonly sessionId: string
}
export interface RenewRequest {
  readonly token: string
}

export interface Opened {
  readonly session: SessionInfo
  readonly resumed: boolean
  readonly messages: readonly Message[]
  /** `seq` above which `messages` begin; absent from an older gateway, which begins them where it was asked to. */
  readonly after?: number
  readonly replica: string
  readonly backend: Backend
}
export interface Sent {
  readonly message: Message
  readonly answer: Message
  readonly persisted: boolean
  readonly backend: Backend
}
/** `persisted` and `backend` are absent from an older gateway. */
export interface Stopped {
  readonly message: Message
  readonly persisted?: boolean
  readonly backend?: Backend
}
export interface Regenerated {
  readonly answer: Message
  readonly persisted?: boolean
  readonly backend?: Backend
}
export interface History {
  readonly messages: readonly Message[]
  readonly hasMore: boolean
}

/** Every client event with its payload and what acknowledges it. */
export interface ClientEvents {
  'session:open': { request: OpenRequest; reply: Opened }
  'message:send': { request: SendRequest; reply: Sent }
  'message:stop': { request: MessageRef; reply: Stopped }
  'message:regenerate': { request: MessageRef; reply: Regenerated }
  'session:history': { request: HistoryRequest; reply: History }
  'session:extend': { request: SessionRef; reply: { ttlSeconds: number } }
  'session:clear': { request: SessionRef; reply: Record<string, never> }
  'auth:renew': { request: RenewRequest; reply: { expiresInMs: number | null } }
}
export type ClientEvent = keyof ClientEvents
export type RequestOf<E extends ClientEvent> = ClientEvents[E]['request']
export type ReplyOf<E extends ClientEvent> = ClientEvents[E]['reply']

export type Acknowledgement<Reply> = ({ readonly ok: true } & Reply) | { readonly ok: false; readonly error: ErrorBody }

export interface MessageEvent {
  readonly sessionId: string
  readonly message: Message
}
export interface Delta {
  readonly sessionId: string
  readonly messageId: string
  readonly attempt: number
  /** Position of `text` in the message's `content`, in UTF-16 code units (D2). */
  readonly offset: number
  readonly text: string
}
/** What the session holds above `after`: it replaces all that a client holds above it (D3, G4). */
export interface SessionSync {
  readonly sessionId: string
  readonly after: number
  readonly messages: readonly Message[]
}
export type ActivityKind = 'thinking' | 'searching' | 'retrying' | 'resuming'
/** What goes on while an answer's text does not come (F7); told at most four times a second, never stored. */
export interface Activity {
  readonly sessionId: string
  readonly messageId: string
  readonly kind: ActivityKind
  /** The model's own words, where they are to be shown. */
  readonly text?: string
}
export type EndReason = 'cleared' | 'expired'
export interface SessionEnded {
  readonly sessionId: string
  readonly reason: EndReason
}

/** The token of this connection ends soon, and the connection with it unless it is renewed. */
export interface AuthExpiring {
  readonly expiresInMs: number
}

/** Every event that the gateway sends. */
export interface GatewayEvents {
  message: MessageEvent
  delta: Delta
  'session:sync': SessionSync
  activity: Activity
  'session:ended': SessionEnded
  backend: { readonly backend: Backend }
  draining: { readonly reconnectInMs: number }
  'auth:expiring': AuthExpiring
}
export type GatewayEvent = keyof GatewayEvents

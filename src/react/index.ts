'use client'

/** `@baton-chat/client/react`: the client SDK as a hook. Each export by its name: a client module of React's may not pass on all of another. */
export {
  type Arrival,
  type Backend,
  BatonClient,
  type BatonClientOptions,
  ClientError,
  type ClientErrorCode,
  type ClientState,
  type ConnectionState,
  type EndReason,
  type ErrorCode,
  failureOf,
  type Message,
  type MessageStatus,
  type Metadata,
  type Outgoing,
  type Role,
  type Sent,
  type SessionInfo,
  type StorageChoice,
  type StorageLike,
  type Timings,
  type TokenSource,
} from '../client/index.ts'
export { type Baton, useBaton } from './use-baton.ts'

/** The client SDK: one class, the state it shows, and its error. */
export type { ErrorCode } from '../protocol/errors.ts';
export type { EndReason, Sent } from '../protocol/events.ts';
export type { Backend, Message, MessageStatus, Metadata, Role, SessionInfo } from '../protocol/message.ts';
export { BatonClient, type BatonClientOptions } from './client.ts';
export type { ClientState, ConnectionState } from './client-state.ts';
export type { TokenSource } from './connection.ts';
export { ClientError, type ClientErrorCode } from './errors.ts';
export type { Outgoing } from './outbox.ts';
export type { Arrival, Timings } from './session-link.ts';
export type { StorageChoice, StorageLike } from './storage.ts';

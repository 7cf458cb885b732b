import type { Namespace } from 'socket.io';
type Adapter = Namespace['adapter'];
/** By which the sockets of other replicas are reached. */
export interface AdapterClients {
    readonly publisher: unknown;
    readonly subscriber: unknown;
    readonly channelPrefix: string;
}
/**
 * One channel for all: of what the adapter carries there is only the end of a session that somebody clears, while a channel
 * per session would cost every `session:open` a subscription. What else comes is no replica's: much of it would have the
 * adapter answer, and what throws then is caught by nobody (X6).
 */
export declare function shardedAdapter({ publisher, subscriber, channelPrefix }: AdapterClients): (nsp: Namespace) => Adapter;
export {};

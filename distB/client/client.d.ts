import type { ManagerOptions, SocketOptions } from 'socket.io-client';
import type { Sent } from '../protocol/events.ts';
import type { Message, Metadata } from '../protocol/message.ts';
import { type ClientState } from './client-state.ts';
import type { TokenSource } from './connection.ts';
import { type Arrival, type Timings } from './session-link.ts';
import { type StorageChoice } from './storage.ts';
export interface BatonClientOptions {
    /** Where the gateway is; default: where the page came from. */
    readonly url?: string;
    readonly userId?: string;
    readonly token?: TokenSource;
    /** Where no session is stored, take up the user's latest one from any device (S6). */
    readonly resume?: 'latest';
    /** Where the session's id and unsent messages are kept; default: `local` in a browser, else `none`. */
    readonly storage?: StorageChoice;
    /** Prefix of the storage's keys; default: `baton`, with the user's id where there is one. */
    readonly storageKey?: string;
    readonly socketOptions?: Partial<ManagerOptions & SocketOptions>;
    readonly timings?: Partial<Timings>;
}
/** One conversation with a gateway: connects, opens, sends, follows, and after any loss goes on where it was. */
export declare class BatonClient {
    #private;
    constructor(options?: BatonClientOptions);
    get state(): ClientState;
    /** Whether the storage holds a conversation, or messages that were not sent yet: something that `open` would go on with. */
    get hasStored(): boolean;
    /** Calls back after every change; what changes in one turn is told together. Returns the function that ends it. */
    subscribe(listener: (state: ClientState) => void): () => void;
    /**
     * Calls back with everything that the gateway sends, as it comes and before it is merged into the state: for meters.
     * Returns the function that ends it.
     */
    observe(observer: (arrival: Arrival) => void): () => void;
    /**
     * Connects and opens the stored session, or a new one. Tries until it is open, while the state's `error` says why it is not yet; rejects
     * only where the address can be no gateway's (`invalid`), where the gateway refuses for good, or where the client is closed.
     */
    open(): Promise<void>;
    /** Ends connection and timers. The session, and an answer that streams, go on at the gateway. */
    close(): void;
    /**
     * Sends a message, now or as soon as that is possible, exactly once. Resolves with the acknowledgement. Rejects where
     * the gateway refuses it for good; then it stays in the state's `outbox` as `failed`. `id`: a UUID in lower case, where
     * the caller has one; of the same id twice the gateway keeps one (M2).
     */
    send(content: string, metadata?: Metadata, id?: string): Promise<Sent>;
    /**
     * Follows a message that the client holds, such as the `answer` that a `send` resolved with, over lost connections: calls
     * back with it as it is now and after every change, and resolves with it once it is final. Where it was lost (G1), goes on
     * with the answer, under another id, that its question got instead. Rejects where the rest will not come: the conversation is
     * over, the client was closed or refused for good; or with the reason of `signal`.
     */
    follow(messageId: string, onView?: (message: Message) => void, signal?: AbortSignal): Promise<Message>;
    /** Sends a `failed` message of the outbox again. */
    retry(id: string): void;
    /** Forgets a `failed` message of the outbox. */
    discard(id: string): void;
    /** Ends the answer that streams, keeping its text so far; null where none does. */
    stop(): Promise<Message | null>;
    /** Has the last answer made again: the same message with the next `attempt`. */
    regenerate(): Promise<Message>;
    /** Brings messages older than the oldest that is held, or than `before`, into the state. Resolves with whether there are more still. */
    history(before?: number, limit?: number): Promise<boolean>;
    /** Removes the session for everyone who has it open. The next message begins a new one. */
    clear(): Promise<void>;
    /** Leaves the session as it is and begins a new one; what was not sent yet is not sent. */
    newConversation(): void;
    /** The same, for the session of this id; where that is over, a new one begins. */
    switchTo(sessionId: string | null): void;
}

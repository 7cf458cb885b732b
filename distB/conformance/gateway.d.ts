import type { IncomingMessage } from 'node:http';
import { Connection } from './connection.ts';
import { type Asked, type Reply } from './http.ts';
import { Talk } from './talk.ts';
export interface Target {
    /** Of the gateway, with its scheme, without a slash at its end. */
    readonly url: string;
    /** Who asks, where the gateway runs with AUTH=jwt. */
    readonly token?: string | undefined;
    /** An origin that the gateway is to refuse (X4). */
    readonly foreignOrigin?: string | undefined;
}
/** The gateway that is checked: what a check reaches it by. It leaves nothing there. */
export declare class Gateway {
    #private;
    readonly target: Target;
    readonly signal: AbortSignal;
    constructor(target: Target, signal: AbortSignal);
    /** A connection, which is closed when the check is over. `token` is the target's by default. */
    connect(token?: string | undefined): Promise<Connection>;
    /** A new session with a connection that has it open. */
    talk(payload?: object): Promise<Talk>;
    /** Another connection, which opens the session of `talk`. */
    join(talk: Talk): Promise<Talk>;
    /** One question and its answer, as three connections saw it; said once, for all checks that only look at it. */
    conversation(): Promise<Conversation>;
    /** `path` begins with a slash. */
    http(path: string, asked?: Partial<Asked>): Promise<Reply>;
    /** A reply that streams; what is left of it is dropped when the check is over. */
    stream(path: string, asked?: Partial<Asked>): Promise<IncomingMessage>;
    /** A session that is to be removed in the end. */
    made(sessionId: string): void;
    /** Drops what a check has left open. */
    endCheck(): void;
    /** Removes every session that was made, whatever the gateway says to that. */
    close(): Promise<void>;
}
export type Conversation = Awaited<ReturnType<typeof converse>>;
declare function converse(gateway: Gateway): Promise<{
    sessionId: string;
    sent: {
        persisted: boolean;
        backend: "memory" | "redis";
        message: {
            id: string;
            seq: number;
            role: "assistant" | "system" | "user";
            content: string;
            status: "complete" | "error" | "stopped" | "streaming";
            attempt: number;
            createdAt: string;
            metadata: Record<string, unknown>;
        };
        answer: {
            id: string;
            seq: number;
            role: "assistant" | "system" | "user";
            content: string;
            status: "complete" | "error" | "stopped" | "streaming";
            attempt: number;
            createdAt: string;
            metadata: Record<string, unknown>;
        };
    };
    final: {
        id: string;
        seq: number;
        role: "assistant" | "system" | "user";
        content: string;
        status: "complete" | "error" | "stopped" | "streaming";
        attempt: number;
        createdAt: string;
        metadata: Record<string, unknown>;
    };
    asker: Talk;
    watcher: Talk;
    stranger: Talk;
}>;
/** Any model answers this with a few words. */
export declare const SHORT = "Please say hello in one short sentence.";
/** Most models answer this with many. */
export declare const LONG = "Please tell me a long story of at least 800 words.";
export {};

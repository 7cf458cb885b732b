import type { ClientEvent, GatewayEvent } from '../protocol/events.ts';
import { type ErrorBody, type EventOf, type ReplyOf } from './shapes.ts';
/** Milliseconds for a connection, an acknowledgement, or news that has nothing to wait for. */
export declare const PATIENCE_MS = 10000;
/** An event of the gateway, in its shape. */
export type News = {
    [E in GatewayEvent]: {
        readonly name: E;
        readonly payload: EventOf<E>;
    };
}[GatewayEvent];
/** A Socket.IO CONNECT was refused. */
export declare class Refused extends Error {
    readonly name = "Refused";
    readonly data: unknown;
    constructor(message: string, data: unknown);
}
/** One Socket.IO connection, spoken frame by frame. It keeps all that it was told. */
export declare class Connection {
    #private;
    /** In the order in which it came. */
    readonly news: News[];
    /** Rejects with `Refused` where the gateway does not let it in, with `Failure` where it does not come about. */
    static open(url: string, token: string | undefined, signal: AbortSignal): Promise<Connection>;
    private constructor();
    get isOpen(): boolean;
    /** Sends an event with any payload and gives the acknowledgement as it came. */
    emit(event: string, payload: unknown): Promise<unknown>;
    /** Sends an event and gives its reply, in its shape. Rejects with `Failure` where it is not `ok`. */
    ask<E extends ClientEvent>(event: E, payload: object): Promise<ReplyOf<E>>;
    /** Sends an event that is to be refused, and gives the error. Rejects with `Failure` where it is not refused. */
    refusal(event: string, payload: unknown): Promise<ErrorBody>;
    send(frame: string): void;
    /** Waits until `look` finds something; it looks again whenever a frame has come. Rejects with `Failure` after `ms`. */
    until<T>(look: () => T | undefined, what: string, ms?: number): Promise<T>;
    /** Waits. Rejects where the run ends, or the connection does. */
    pause(ms: number): Promise<void>;
    close(): void;
}
export declare function isObject(value: unknown): value is Record<string, unknown>;

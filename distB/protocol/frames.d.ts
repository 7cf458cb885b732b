/**
 * The text frames of Socket.IO protocol 5 over Engine.IO protocol 4 in the namespace `/`, for clients that have no library for
 * them (SPEC.md, section 1). Pure.
 */
/** What a frame from the gateway says. */
export type Packet = {
    readonly kind: 'handshake';
    readonly pingInterval: number;
    readonly pingTimeout: number;
} | {
    readonly kind: 'ping';
} | {
    readonly kind: 'connected';
} | {
    readonly kind: 'refused';
    readonly message: string;
    readonly data: unknown;
} | {
    readonly kind: 'disconnected';
} | {
    readonly kind: 'event';
    readonly name: string;
    readonly payload: unknown;
} | {
    readonly kind: 'acknowledgement';
    readonly id: number;
    readonly payload: unknown;
};
/** A frame that is none of the protocol's, or of a part of it that the gateway has no use for. */
export declare class UnknownFrame extends Error {
    readonly name = "UnknownFrame";
}
export declare const CONNECT = "40";
export declare const PONG = "3";
export declare const DISCONNECT = "41";
/** A CONNECT that says who connects. */
export declare function connectFrame(auth: object): string;
/** An event that is to be acknowledged under `id`. */
export declare function eventFrame(id: number, name: string, payload: unknown): string;
/** Throws `UnknownFrame`. */
export declare function decode(frame: string): Packet;
/** Where the gateway is, as WebSocket clients write it. */
export declare function socketUrl(url: string): string;

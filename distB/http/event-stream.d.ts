import type { ServerResponse } from 'node:http';
import type { Backlog } from '../network/backlog.ts';
export interface EventStreamLimits {
    /** Bytes that may wait for a slow reader before `full` says so. */
    readonly bufferedBytes: number;
    readonly heartbeatMs: number;
}
export declare const EVENT_STREAM_LIMITS: EventStreamLimits;
export declare const EVENT_STREAM_HEADERS: {
    'content-type': string;
    'cache-control': string;
    'x-accel-buffering': string;
};
/** One response as a stream of server-sent events, with what it takes to keep a slow or silent reader cheap. */
export declare class EventStream {
    #private;
    /** Takes over a response whose headers are not sent yet. */
    constructor(response: ServerResponse, headers: Record<string, string | string[] | number | undefined>, backlog: Backlog, limits?: EventStreamLimits);
    /** The reader is so slow that nothing more should be sent until `onDrain`. */
    get full(): boolean;
    get ended(): boolean;
    /** Nothing happens where the stream has ended. */
    send(event: string, data: object, id?: string): void;
    /** Calls `run` once when a full stream has been read empty. */
    onDrain(run: () => void): void;
    /** Calls `run` once when the response is over, from either side. */
    onClose(run: () => void): void;
    end(): void;
}

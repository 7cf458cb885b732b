import type { EventReader } from './event-reader.ts';
/** Bytes that are read of a body that is no stream of events, and of one that tells of an error. */
export declare const MAX_PLAIN_BYTES: number;
/**
 * Reads what a provider sends: a stream of events, or one JSON document, which counts as one event. The first byte tells them
 * apart, as media types say little: providers send streams as `application/octet-stream`, or with no type at all. A
 * body in which no event has begun after 64 KiB is no stream.
 */
export declare class BodyReader implements EventReader {
    #private;
    constructor(maxEventBytes: number);
    get isError(): boolean;
    push(bytes: Buffer): void;
    next(): string | null;
    end(): string | null;
}

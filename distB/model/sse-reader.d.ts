import type { EventReader } from './event-reader.ts';
/** Bytes of one event where nothing else is said; what goes on beyond that is garbage. */
export declare const MAX_EVENT_BYTES: number;
/**
 * Reads server-sent events out of the bytes of a response, however the network cut them.
 *
 * This is the hot path of every token, so it departs from a line splitter in two ways. Bytes are decoded once per network
 * chunk and only up to its last blank line: what is decoded are whole events, so no UTF-8 sequence is ever split, and a
 * chunk that ends with an event, as nearly all do, is never copied. And events are pulled, not pushed, so that the
 * caller can stop between two of them.
 *
 * Lines end with \n, \r\n or \r. Fields other than `data` are skipped, since the providers' data names its own type, but for
 * an event named `error`. The byte order mark is left to the caller, who sees the first byte anyway.
 */
export declare class SseReader implements EventReader {
    #private;
    isError: boolean;
    constructor(maxEventBytes?: number);
    push(fresh: Buffer): void;
    next(): string | null;
    /** The standard has a last event dropped that no blank line ends; providers send such. It counts where it is plainly whole. */
    end(): string | null;
}

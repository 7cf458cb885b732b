import { garbage } from './errors.js';
import { isWhole } from './json.js';
import { SseReader } from './sse-reader.js';
/** Bytes that are read of a body that is no stream of events, and of one that tells of an error. */
export const MAX_PLAIN_BYTES = 64 * 1024;
/** Whitespace and the bytes of a byte order mark. */
const PREAMBLE = new Set([0x09, 0x0a, 0x0d, 0x20, 0xef, 0xbb, 0xbf]);
/**
 * Reads what a provider sends: a stream of events, or one JSON document, which counts as one event. The first byte tells them
 * apart, as media types say little: providers send streams as `application/octet-stream`, or with no type at all. A
 * body in which no event has begun after 64 KiB is no stream.
 */
export class BodyReader {
    #maxEventBytes;
    #reader = null;
    /** How many bytes may still come before the first event. */
    #allowance = MAX_PLAIN_BYTES;
    #isStream = false;
    constructor(maxEventBytes) {
        this.#maxEventBytes = maxEventBytes;
    }
    get isError() {
        return this.#reader?.isError ?? false;
    }
    push(bytes) {
        if (this.#isStream)
            return this.#reader?.push(bytes);
        this.#allowance -= bytes.length;
        this.#begin(bytes);
        if (this.#allowance < 0 && !this.#isStream)
            throw garbage('what is no stream of events');
    }
    next() {
        const data = this.#reader === null ? null : this.#reader.next();
        if (data !== null)
            this.#isStream = true;
        return data;
    }
    end() {
        return this.#reader === null ? null : this.#reader.end();
    }
    #begin(bytes) {
        if (this.#reader !== null)
            return this.#reader.push(bytes);
        const start = bytes.findIndex((byte) => !PREAMBLE.has(byte));
        if (start < 0)
            return;
        const first = String.fromCharCode(bytes[start] ?? 0);
        if (first === '<')
            throw garbage('a page instead of a stream of events');
        const isDocument = first === '{' || first === '[';
        this.#isStream = ':deir'.includes(first);
        this.#reader = isDocument ? new DocumentReader() : new SseReader(this.#maxEventBytes);
        this.#reader.push(bytes.subarray(start));
    }
}
/** One JSON document, known when it has ended. */
class DocumentReader {
    isError = false;
    #chunks = [];
    push(bytes) {
        this.#chunks.push(bytes);
    }
    next() {
        return null;
    }
    end() {
        const text = Buffer.concat(this.#chunks).toString();
        this.#chunks = [];
        return isWhole(text) ? text : null;
    }
}
//# sourceMappingURL=body-reader.js.map
import { garbage } from './errors.ts'
import type { EventReader } from './event-reader.ts'
import { GrowingBuffer } from './growing-buffer.ts'
import { isWhole } from './json.ts'
import { SseReader } from './sse-reader.ts'

/** Bytes that are read of a body that is neither a stream of events nor a document, and of one that tells of an error. */
export const MAX_PLAIN_BYTES = 64 * 1024

/** Whitespace and the bytes of a byte order mark. */
const PREAMBLE = new Set([0x09, 0x0a, 0x0d, 0x20, 0xef, 0xbb, 0xbf])

/**
 * Reads what a provider sends: a stream of events, or one JSON document, which counts as one event. The first byte tells them
 * apart, as media types say little: providers send streams as `application/octet-stream`, or with no type at all. A
 * body in which neither has begun after 64 KiB is none, and a document may be as long as an event.
 */
export class BodyReader implements EventReader {
  readonly #maxEventBytes: number
  #reader: EventReader | null = null
  /** How many bytes may still come before the first event has ended. */
  #allowance = MAX_PLAIN_BYTES
  #isStream = false

  constructor(maxEventBytes: number) {
    this.#maxEventBytes = maxEventBytes
  }

  get isError(): boolean {
    return this.#reader?.isError ?? false
  }

  push(bytes: Buffer): void {
    if (this.#isStream) return this.#reader?.push(bytes)
    this.#allowance -= bytes.length
    this.#begin(bytes)
    if (this.#allowance < 0 && !this.#isStream) throw garbage('what is no stream of events')
  }

  next(): string | null {
    const data = this.#reader === null ? null : this.#reader.next()
    if (data !== null) this.#isStream = true
    return data
  }

  end(): string | null {
    return this.#reader === null ? null : this.#reader.end()
  }

  #begin(bytes: Buffer): void {
    if (this.#reader !== null) return this.#reader.push(bytes)
    const start = bytes.findIndex((byte) => !PREAMBLE.has(byte))
    if (start < 0) return
    const first = String.fromCharCode(bytes[start] ?? 0)
    if (first === '<') throw garbage('a page instead of a stream of events')
    const isDocument = first === '{' || first === '['
    this.#isStream = ':deir'.includes(first)
    if (isDocument) this.#allowance += this.#maxEventBytes
    this.#reader = isDocument ? new DocumentReader() : new SseReader(this.#maxEventBytes)
    this.#reader.push(bytes.subarray(start))
  }
}

/** One JSON document, known when it has ended. */
class DocumentReader implements EventReader {
  readonly isError = false
  readonly #body = new GrowingBuffer()

  push(bytes: Buffer): void {
    this.#body.append(bytes)
  }

  next(): null {
    return null
  }

  end(): string | null {
    const text = this.#body.bytes.toString()
    this.#body.drop(this.#body.length)
    return isWhole(text) ? text : null
  }
}

import { garbage } from './errors.ts'

/** Bytes of one event, which may repeat a whole long answer; what goes on beyond that is garbage. */
export const MAX_EVENT_BYTES = 4 * 1024 * 1024

const LF = 10
const CR = 13
const SPACE = 32

/**
 * Reads server-sent events out of the bytes of a response, however the network cut them.
 *
 * This is the hot path of every token, so it departs from a line splitter in two ways. Bytes are decoded once per network
 * chunk and only up to its last blank line: what is decoded are whole events, so no UTF-8 sequence is ever split, and a
 * chunk that ends with an event, as nearly all do, is never copied. And events are pulled, not pushed, so that the
 * caller awaits once per chunk and can stop between two events.
 *
 * Lines end with \n or \r\n. Fields other than `data` are skipped: the providers' data names its own type. An event that
 * the end of the stream cuts short never appears, as the standard has it.
 */
export class SseReader {
  /** Whole events, decoded, and how far they have been given out. */
  #text = ''
  #at = 0
  /** What came after the last blank line: the beginning of an event whose end is still on its way. */
  #rest = Buffer.allocUnsafe(0)
  #restLength = 0

  /** Takes the next bytes. Only after `next` has given null. Throws `ModelError` on an event that does not end. */
  push(chunk: Uint8Array): void {
    const fresh = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    if (this.#restLength === 0) {
      const end = this.#decode(fresh, 0)
      if (end < fresh.length) this.#append(fresh.subarray(end))
      return
    }
    // The two line ends of a blank line, at most \n\r\n, may lie on either side of the cut.
    const from = Math.max(0, this.#restLength - 2)
    this.#append(fresh)
    const end = this.#decode(this.#rest.subarray(0, this.#restLength), from)
    if (end > 0) {
      this.#rest.copyWithin(0, end, this.#restLength)
      this.#restLength -= end
    }
  }

  /** The data of the next whole event, or null where more bytes are needed. */
  next(): string | null {
    const text = this.#text
    let data = ''
    while (this.#at < text.length) {
      const start = this.#at
      let end = text.indexOf('\n', start)
      this.#at = end + 1
      if (end > start && text.charCodeAt(end - 1) === CR) end--
      if (end === start) {
        if (data !== '') return data
        continue // a blank line after a comment or after an event without data
      }
      if (!text.startsWith('data:', start)) continue
      const line = text.slice(text.charCodeAt(start + 5) === SPACE ? start + 6 : start + 5, end)
      data = data === '' ? line : `${data}\n${line}`
    }
    return null
  }

  /** Decodes the whole events of `bytes` and gives where they end. No blank line ends before `from`. */
  #decode(bytes: Buffer, from: number): number {
    const end = afterLastBlankLine(bytes, from)
    this.#text = end === 0 ? '' : bytes.toString('utf8', 0, end)
    this.#at = 0
    return end
  }

  #append(bytes: Buffer): void {
    const length = this.#restLength + bytes.length
    if (length > MAX_EVENT_BYTES) throw garbage(`an event of more than ${MAX_EVENT_BYTES} bytes`)
    if (length > this.#rest.length) {
      // Doubling keeps an event that comes a byte at a time from being copied at each of them.
      const grown = Buffer.allocUnsafe(Math.max(4096, length, this.#rest.length * 2))
      this.#rest.copy(grown, 0, 0, this.#restLength)
      this.#rest = grown
    }
    bytes.copy(this.#rest, this.#restLength)
    this.#restLength = length
  }
}

/** The index after the last blank line that ends after `from`, 0 where there is none. */
function afterLastBlankLine(bytes: Buffer, from: number): number {
  for (let at = bytes.length - 1; at > from; at--) {
    if (bytes[at] !== LF) continue
    const before = bytes[at - 1]
    if (before === LF || (before === CR && bytes[at - 2] === LF)) return at + 1
  }
  return 0
}

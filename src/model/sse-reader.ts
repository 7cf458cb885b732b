import { garbage } from './errors.ts'
import type { EventReader } from './event-reader.ts'
import { GrowingBuffer } from './growing-buffer.ts'
import { isWhole } from './json.ts'

/** Bytes of one event where nothing else is said; what goes on beyond that is garbage. */
export const MAX_EVENT_BYTES = 4 * 1024 * 1024

const LF = 10
const CR = 13
const SPACE = 32
/** No line of JSON begins with it: Vertex AI and others send the comment that keeps a connection open as data, `data: : keepalive`. */
const COLON = 58
/** Names of events that only keep the connection open. Their data may be no JSON: older versions of sse-starlette send the time. */
const KEEP_ALIVES = new Set(['ping', 'heartbeat', 'keepalive', 'keep-alive', 'keep_alive'])

/**
 * Reads server-sent events out of the bytes of a response, however the network cut them.
 *
 * This is the hot path of every token, so it departs from a line splitter in two ways. Bytes are decoded once per network
 * chunk and only up to its last blank line: what is decoded are whole events, so no UTF-8 sequence is ever split, and a
 * chunk that ends with an event, as nearly all do, is never copied. And events are pulled, not pushed, so that the
 * caller can stop between two of them.
 *
 * Lines end with \n, \r\n or \r. Fields other than `data` are skipped, since the providers' data names its own type, but for
 * the name of an event that is an error or a keep-alive, and a field named `error`, in which llama.cpp sent errors until the end of
 * 2025. The byte order mark is left to the caller, who sees the first byte anyway.
 */
export class SseReader implements EventReader {
  isError = false
  readonly #maxEventBytes: number
  /** Whole events, decoded, and how far they have been given out. */
  #text = ''
  #at = 0
  /** What came after the last blank line: the beginning of an event whose end is still on its way. */
  readonly #rest = new GrowingBuffer()

  constructor(maxEventBytes = MAX_EVENT_BYTES) {
    this.#maxEventBytes = maxEventBytes
  }

  push(fresh: Buffer): void {
    if (this.#rest.length === 0) {
      const end = this.#decode(fresh, 0)
      if (end < fresh.length) this.#append(fresh.subarray(end))
      return
    }
    // The two line ends of a blank line, at most \r\n\r\n, may lie on either side of the cut.
    const from = Math.max(0, this.#rest.length - 3)
    this.#append(fresh)
    const end = this.#decode(this.#rest.bytes, from)
    if (end > 0) this.#rest.drop(end)
  }

  next(): string | null {
    const text = this.#text
    let data = ''
    let isKeepAlive = false
    this.isError = false
    while (this.#at < text.length) {
      const start = this.#at
      const end = text.indexOf('\n', start)
      this.#at = end + 1
      if (end === start) {
        if (data !== '' && !isKeepAlive) return data
        data = ''
        isKeepAlive = false
        this.isError = false
        continue // a blank line after a comment, a keep-alive or an event without data
      }
      if (!text.startsWith('data:', start)) {
        if (text.startsWith('event:', start)) {
          const name = text.slice(start + 6, end).trim()
          this.isError = name === 'error'
          isKeepAlive = KEEP_ALIVES.has(name)
        }
        if (text.startsWith('error:', start)) {
          this.isError = true
          data = text.slice(start + 6, end).trim()
        }
        continue
      }
      const from = text.charCodeAt(start + 5) === SPACE ? start + 6 : start + 5
      if (text.charCodeAt(from) === COLON) continue
      const line = text.slice(from, end)
      data = data === '' ? line : `${data}\n${line}`
    }
    return null
  }

  /** The standard has a last event dropped that no blank line ends; providers send such. It counts where it is plainly whole. */
  end(): string | null {
    this.#text = `${unified(this.#rest.bytes.toString())}\n\n`
    this.#at = 0
    this.#rest.drop(this.#rest.length)
    const data = this.next()
    return data !== null && isWhole(data) ? data : null
  }

  /** Decodes the whole events of `bytes` and gives where they end. No blank line ends before `from`. */
  #decode(bytes: Buffer, from: number): number {
    const end = afterLastBlankLine(bytes, from)
    const unread = this.#at < this.#text.length ? this.#text.slice(this.#at) : ''
    this.#text = end === 0 ? unread : unread + unified(bytes.toString('utf8', 0, end))
    this.#at = 0
    return end
  }

  #append(bytes: Buffer): void {
    const length = this.#rest.length + bytes.length
    if (length > this.#maxEventBytes) throw garbage(`an event of more than ${this.#maxEventBytes} bytes`)
    this.#rest.append(bytes)
  }
}

/** With \n at the end of every line. */
function unified(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
}

/**
 * The index after the last blank line that ends at `from` or later, 0 where there is none. A \r may turn out to be half of a
 * \r\n: the \n that then comes first in what follows is one more blank line, which means nothing.
 */
function afterLastBlankLine(bytes: Buffer, from: number): number {
  for (let at = bytes.length - 1; at >= from; at--) {
    const byte = bytes[at]
    if (byte !== LF && byte !== CR) continue
    const before = byte === LF && bytes[at - 1] === CR ? at - 2 : at - 1
    if (bytes[before] === LF || bytes[before] === CR) return at + 1
  }
  return 0
}

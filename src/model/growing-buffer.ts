/**
 * Bytes that come in pieces, copied: a piece may be one byte, and keeps a hundred. Doubling keeps what comes a byte at a time from
 * being copied at each of them.
 */
export class GrowingBuffer {
  #room = Buffer.allocUnsafe(0)
  #length = 0

  get length(): number {
    return this.#length
  }

  /** What has come, until more comes or some is dropped. */
  get bytes(): Buffer {
    return this.#room.subarray(0, this.#length)
  }

  append(piece: Buffer): void {
    const length = this.#length + piece.length
    if (length > this.#room.length) {
      const grown = Buffer.allocUnsafe(Math.max(4096, length, this.#room.length * 2))
      this.#room.copy(grown, 0, 0, this.#length)
      this.#room = grown
    }
    piece.copy(this.#room, this.#length)
    this.#length = length
  }

  /** The first so many go. */
  drop(count: number): void {
    this.#room.copyWithin(0, count, this.#length)
    this.#length -= count
  }
}

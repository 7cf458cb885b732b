import { LARGE_BYTES } from './backlog.ts'

/** Replies that are made at the same time, for all clients: while they are large, and while they are not. */
const FEWEST = 2
const MOST = 8

/**
 * Makes replies that may be large a bounded number at a time, first come first served. What one leaves behind for the garbage
 * collector is several times what goes out: while they are large, few are made at once (X6). While they are small it is the way
 * to Redis that takes time, and each one that was small lets one more be made beside the others.
 */
export class LargeReplies {
  readonly #waiting: (() => void)[] = []
  #atOnce = FEWEST
  #underWay = 0

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#underWay >= this.#atOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#underWay++
    try {
      return await work()
    } finally {
      this.#underWay--
      this.#admit()
    }
  }

  /** A reply of so many bytes was made. */
  made(bytes: number): void {
    this.#atOnce = bytes > LARGE_BYTES ? FEWEST : Math.min(MOST, this.#atOnce + 1)
    this.#admit()
  }

  #admit(): void {
    while (this.#underWay < this.#atOnce) {
      const next = this.#waiting.shift()
      if (next === undefined) return
      this.#underWay++
      next()
    }
  }
}

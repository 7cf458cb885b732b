/** Seeded randomness (mulberry32): the same seed gives the same numbers everywhere. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = Math.imul(seed ^ (seed >>> 16), 0x45d9f3b) ^ Math.floor(seed / 2 ** 32)
  }

  /** From 0 up to, but not including, 1. */
  readonly next = (): number => {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }

  /** A source of its own: what is drawn from one does not shift what the other gives. */
  fork(): Random {
    return new Random(Math.floor(this.next() * 2 ** 32))
  }

  chance(probability: number): boolean {
    return probability > 0 && this.next() < probability
  }

  between(low: number, high: number): number {
    return low + this.next() * (high - low)
  }

  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1))
  }

  pick<const T>(choices: readonly [T, ...T[]]): T
  pick<T>(choices: readonly T[]): T | undefined
  pick<T>(choices: readonly T[]): T | undefined {
    return choices[Math.floor(this.next() * choices.length)]
  }

  /** A UUID v4. */
  readonly uuid = (): string => {
    const word = () => {
      const number = Math.floor(this.next() * 2 ** 32)
      return hex(number >>> 16) + hex(number & 0xffff)
    }
    const [a, b, c] = [word(), word(), word()]
    return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-8${c.slice(5)}-${word()}${c.slice(0, 4)}`
  }
}

/** Four digits. V8 writes greater numbers to another base many times more slowly. */
function hex(number: number): string {
  return (number + 0x10000).toString(16).slice(1)
}

import type { Clock } from '../ports/clock.ts'
import { LARGE_BYTES } from './backlog.ts'
import type { Garbage } from './garbage.ts'

/** After so many bytes of large replies the garbage of what was allocated last is collected. What small ones leave, V8 collects well by itself. */
const SWEEP_BYTES = 512 * 1024
/** V8 stays thrifty for so long after a large reply: all the time it would cost a question a tenth of its CPU. */
const THRIFTY_MS = 10_000

/** Has garbage collected as replies leave it behind (X6): V8 by itself would do so some hundred MiB later. */
export class Sweeper {
  readonly #clock: Clock
  readonly #garbage: Garbage
  #unswept = 0
  /** 0 while V8 does as it likes. */
  #thriftyUntil = 0

  constructor(clock: Clock, garbage: Garbage) {
    this.#clock = clock
    this.#garbage = garbage
  }

  /** A reply of so many bytes was made. */
  note(bytes: number): void {
    const now = this.#clock.now()
    if (bytes <= LARGE_BYTES) {
      if (now >= this.#thriftyUntil) this.#beThriftyUntil(0)
      return
    }
    this.#beThriftyUntil(now + THRIFTY_MS)
    this.#unswept += bytes
  }

  /** Whether it is time to sweep, while nothing is in use that the last reply was made of. */
  get isDue(): boolean {
    return this.#unswept >= SWEEP_BYTES
  }

  sweep(): void {
    this.#unswept = 0
    this.#garbage.collectYoung()
  }

  #beThriftyUntil(time: number): void {
    const changes = time > 0 !== this.#thriftyUntil > 0
    this.#thriftyUntil = time
    if (changes) this.#garbage.setThrifty(time > 0)
  }
}

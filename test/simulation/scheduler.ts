import type { Timer } from '../../src/ports/clock.ts'
import type { Life } from './life.ts'

/** Something that happens at one instant, to `life` or, where that is null, to the world outside all replicas. */
export class Occurrence implements Timer {
  readonly at: number
  readonly order: number
  readonly run: () => void
  readonly life: Life | null
  cancelled = false

  constructor(at: number, order: number, run: () => void, life: Life | null) {
    this.at = at
    this.order = order
    this.run = run
    this.life = life
  }

  cancel(): void {
    this.cancelled = true
  }
}

/** Queues a microtask more cheaply than `queueMicrotask`, which makes an async resource of it. */
const settled = Promise.resolve()

/**
 * Simulated time: what is to happen, in the order of its time, then of its planning. The one source of asynchrony.
 *
 * The code under test is full of promises, and whatever follows from an occurrence through them has to have happened
 * before the next one. `process.nextTick`, called from a microtask, gives exactly that: Node takes the next tick only
 * when the microtask queue has run empty, however deep the chains in it are. It is deterministic, needs no turn of the event
 * loop, and costs a third of `setImmediate`; a fixed number of `await`s would be a guess at the length of the longest chain.
 */
export class Scheduler {
  /** Milliseconds since the beginning of the run. */
  now = 0
  /** Occurrences so far. */
  steps = 0
  /** Changes with every occurrence and its time: equal for equal runs. */
  fingerprint = 0
  #order = 0
  readonly #heap: Occurrence[] = []

  /** Plans `run` for the time `at`; what is planned for a time that has passed happens now. */
  at(at: number, run: () => void, life: Life | null): Occurrence {
    const occurrence = new Occurrence(Math.max(at, this.now), this.#order++, run, life)
    this.#push(occurrence)
    return occurrence
  }

  after(ms: number, run: () => void, life: Life | null): Occurrence {
    return this.at(this.now + ms, run, life)
  }

  /** Resolves after `ms`. */
  pause(ms: number, life: Life | null = null): Promise<void> {
    return new Promise((resolve) => this.at(this.now + ms, resolve, life))
  }

  /** Lets time run until `isOver`, or nothing is planned any more, or nothing before `limit`. What comes after that stays planned. */
  run(isOver: () => boolean, limit: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const goOn = () => void settled.then(step) // as a microtask: see above
      const step = () => {
        try {
          if (isOver() || !this.#next(limit)) resolve()
          else process.nextTick(goOn)
        } catch (error) {
          reject(error)
        }
      }
      goOn()
    })
  }

  /** Lets the next thing happen; gives whether there was one before `limit`. */
  #next(limit: number): boolean {
    const heap = this.#heap
    while (heap[0]?.cancelled) this.#pop()
    const next = heap[0]
    if (next === undefined || next.at > limit) return false
    this.#pop()
    this.now = next.at
    this.steps++
    this.fingerprint = Math.imul(this.fingerprint ^ (next.at * 1024), 0x01000193) ^ next.order
    if (next.life === null) next.run()
    else next.life.meet(next)
    return true
  }

  #push(occurrence: Occurrence): void {
    const heap = this.#heap
    let i = heap.length
    while (i > 0) {
      const parentAt = (i - 1) >> 1
      const parent = heap[parentAt]
      if (parent === undefined || !isBefore(occurrence, parent)) break
      heap[i] = parent
      i = parentAt
    }
    heap[i] = occurrence
  }

  #pop(): Occurrence | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined || first === last) return first
    let i = 0
    for (;;) {
      const left = heap[2 * i + 1]
      if (left === undefined) break
      const right = heap[2 * i + 2]
      const isRight = right !== undefined && isBefore(right, left)
      const child = isRight ? right : left
      if (!isBefore(child, last)) break
      heap[i] = child
      i = 2 * i + (isRight ? 2 : 1)
    }
    heap[i] = last
    return first
  }
}

function isBefore(a: Occurrence, b: Occurrence): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}

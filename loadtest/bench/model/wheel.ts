import { now } from '../lib/clock.ts'

/** Longest pause between two turns of a slot, in milliseconds: the finest that timers can do. */
const SLOT_MS = 1

/**
 * Gives every item one turn per period, all through one timer. Items are spread over the period, as independent
 * providers would be, and a late timer makes up for the slots it has missed.
 */
export class Wheel<T> {
  readonly #slots: T[][]
  readonly #slotMs: number
  readonly #stride: number
  /** Takes an item's turn; false takes it off the wheel. */
  readonly #turn: (item: T) => boolean
  #size = 0
  #added = 0
  /** Slots gone through since `#startedAt`. */
  #passed = 0
  #startedAt = 0

  constructor(periodMs: number, turn: (item: T) => boolean) {
    const slots = Math.max(1, Math.round(periodMs / SLOT_MS))
    this.#slots = Array.from({ length: slots }, () => [])
    this.#slotMs = periodMs / slots
    this.#stride = strideOf(slots)
    this.#turn = turn
  }

  add(item: T): void {
    this.#slots[(this.#added++ * this.#stride) % this.#slots.length]?.push(item)
    if (this.#size++ > 0) return
    this.#startedAt = now()
    this.#passed = 0
    this.#schedule()
  }

  #schedule(): void {
    const due = this.#startedAt + (this.#passed + 1) * this.#slotMs
    setTimeout(this.#tick, Math.max(0, due - now()))
  }

  readonly #tick = (): void => {
    while (this.#startedAt + (this.#passed + 1) * this.#slotMs <= now()) this.#go(this.#passed++ % this.#slots.length)
    if (this.#size > 0) this.#schedule()
  }

  #go(slot: number): void {
    const items = this.#slots[slot] ?? []
    const staying = items.filter(this.#turn)
    this.#size -= items.length - staying.length
    this.#slots[slot] = staying
  }
}

/** A step near the golden section that visits all slots: whatever number of items there is, they lie evenly. */
function strideOf(slots: number): number {
  let stride = Math.max(1, Math.round(slots * 0.618))
  while (commonDivisor(stride, slots) > 1) stride++
  return stride
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b)
}

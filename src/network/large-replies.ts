import type { Clock } from '../ports/clock.ts'
import { LARGE_BYTES } from './backlog.ts'
import { type Garbage, garbage } from './garbage.ts'
import { Sweeper } from './sweeper.ts'

/** Of small replies that are made at the same time, if all are as large as the last one. */
const BYTES_AT_ONCE = 1024 * 1024
const MOST_AT_ONCE = 8
/** Of large replies, for all clients together: who asks for more waits, so that everybody else does not. */
const LARGE_BYTES_PER_MS = 8 * 1024
/** Of large replies, for one client, after two at once: each keeps everybody else waiting for some milliseconds. */
const CLIENT_BYTES_PER_MS = 256
const CLIENT_BURST_MS = (1024 * 1024) / CLIENT_BYTES_PER_MS
/** What has been under way for so long waits for Redis, and keeps no other from being made. */
const SLOW_MS = 250

const MOST_ADDRESSES = 1000

/** Who asks for replies. What it was given last tells what it will be given next. */
export interface Asker {
  /** Those of one address wait behind each other, and the addresses take turns. */
  readonly address: string
  readonly gotLarge: boolean
  /** By the clock, in milliseconds: before it nothing more is made for this one. */
  readonly restsUntil: number
  /** It was given a reply of so many bytes. */
  given(bytes: number, now: number): void
}

/** One client, which rests once it has been given much. */
export class ClientAsker implements Asker {
  readonly address: string
  gotLarge = false
  /** When all that it was given would be out at the pace that it may have. */
  #evenAt = 0

  constructor(address: string) {
    this.address = address
  }

  get restsUntil(): number {
    return this.#evenAt - CLIENT_BURST_MS
  }

  given(bytes: number, now: number): void {
    this.gotLarge = bytes > LARGE_BYTES
    if (this.gotLarge) this.#evenAt = Math.max(now, this.#evenAt) + bytes / CLIENT_BYTES_PER_MS
  }
}

/**
 * Makes replies that may be large a bounded number at a time, of each address in turn. What one leaves behind for the garbage
 * collector is several times what goes out (X6): so few are made at once while they are large, and what the last ones left is
 * collected before the next is made, while nothing of them is in use. V8 by itself would collect in the middle of one, and
 * keep its strings until the whole heap is looked at. Who was given a large one waits with its like for the next: one at a
 * time, with rests, each in turns of the event loop of their own.
 */
export class LargeReplies {
  readonly #clock: Clock
  readonly #sweeper: Sweeper
  readonly #small: Places
  readonly #large: Places

  constructor(clock: Clock, collector: Garbage = garbage) {
    this.#clock = clock
    this.#sweeper = new Sweeper(clock, collector)
    this.#small = new Places(clock)
    this.#large = new Places(clock)
  }

  /**
   * Reads what is asked for and writes it, which gives the bytes of the reply; 0 where there was none. Nothing is done for one
   * who has gone by then.
   */
  async run<T>(
    asker: Asker,
    read: () => Promise<T>,
    write: (what: T) => number,
    hasGone: () => boolean = () => false,
  ): Promise<void> {
    const restMs = asker.restsUntil - this.#clock.now()
    if (restMs > 0) await new Promise<void>((resolve) => this.#clock.after(restMs, resolve))
    const places = asker.gotLarge ? this.#large : this.#small
    const leave = await places.enter(asker.address, hasGone)
    if (leave === null) return
    let bytes = 0
    try {
      if (this.#sweeper.isDue) await this.#sweep()
      bytes = await this.#make(asker, read, write)
      if (bytes === 0) return // which tells nothing of what is asked for
      asker.given(bytes, this.#clock.now())
      this.#sweeper.note(bytes)
      if (places === this.#small) this.#widen(bytes)
    } finally {
      if (places === this.#large) this.#clock.after(bytes / LARGE_BYTES_PER_MS, leave)
      else leave()
    }
  }

  /**
   * In a call of its own, and `run` gives nothing back: what has waited its turn is old for V8, and keeps whatever young it
   * ever held until the whole heap is looked at, even once it has ended. A megabyte of text of each reply stayed so.
   */
  async #make<T>(asker: Asker, read: () => Promise<T>, write: (what: T) => number): Promise<number> {
    const what = await read()
    if (asker.gotLarge) await this.#nextTurn()
    return write(what)
  }

  /** Or narrows: as many are made at once as are together no larger than one may be. */
  #widen(bytes: number): void {
    const fitting = Math.max(1, Math.floor(BYTES_AT_ONCE / bytes))
    this.#small.atOnce = Math.min(fitting, this.#small.atOnce + 1, MOST_AT_ONCE)
  }

  /** A turn later: until then promises hold what the last reply was made of, and it would be kept. */
  async #sweep(): Promise<void> {
    await this.#nextTurn()
    this.#sweeper.sweep()
  }

  #nextTurn(): Promise<void> {
    return new Promise((resolve) => this.#clock.soon(resolve))
  }
}

/** When it was taken. */
interface Place {
  readonly since: number
}

/** Who waits for a place. */
interface Waiter {
  hasGone(): boolean
  /** Null where it has gone. */
  admit(place: Place | null): void
}

/** Places for work that is under way, and those who wait for one. Who has had one for long keeps nobody from it. */
class Places {
  readonly #clock: Clock
  /** Those that count, the oldest first. */
  readonly #taken = new Set<Place>()
  /** By address, each with those who came first before the others. First the address whose turn is next. */
  readonly #waiting = new Map<string, Waiter[]>()
  #atOnce = 1
  #isWatched = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get atOnce(): number {
    return this.#atOnce
  }

  set atOnce(count: number) {
    this.#atOnce = count
    this.#admit()
  }

  /** Gives what gives the place to the next one; null where whoever waited has gone. */
  async enter(address: string, hasGone: () => boolean): Promise<(() => void) | null> {
    const place = await new Promise<Place | null>((admit) => {
      const line = this.#waiting.get(address)
      if (line === undefined) this.#waiting.set(address, [{ hasGone, admit }])
      else line.push({ hasGone, admit })
      this.#admit()
    })
    if (place === null) return null
    return () => {
      this.#taken.delete(place)
      this.#admit()
    }
  }

  #admit(): void {
    const now = this.#clock.now()
    this.#forgetSlow(now)
    while (this.#taken.size < this.#atOnce) {
      const next = this.#next()
      if (next === undefined) return
      if (next.hasGone()) {
        next.admit(null)
        continue
      }
      const place = { since: now }
      this.#taken.add(place)
      next.admit(place)
    }
    if (this.#waiting.size > 0) this.#watch(now)
  }

  /** Takes the first one of the address whose turn it is, which is behind the others then. */
  #next(): Waiter | undefined {
    for (const [address, line] of this.#waiting) {
      const first = line.shift()
      this.#waiting.delete(address)
      if (line.length > 0) this.#waiting.set(address, line)
      return first
    }
    return undefined
  }

  #forgetSlow(now: number): void {
    for (const place of this.#taken) {
      if (now - place.since < SLOW_MS) return
      this.#taken.delete(place)
    }
  }

  /** Looks again when the oldest has been there for long. */
  #watch(now: number): void {
    const [oldest] = this.#taken
    if (this.#isWatched || oldest === undefined) return
    this.#isWatched = true
    this.#clock.after(oldest.since + SLOW_MS - now, () => {
      this.#isWatched = false
      this.#admit()
    })
  }
}

/** Clients that are known by their addresses, of which the latest are kept that were given a large reply last. */
export class AddressAskers {
  readonly #large = new Set<string>()

  of(address: string): Asker {
    const large = this.#large
    return {
      address,
      get gotLarge() {
        return large.has(address)
      },
      restsUntil: 0, // it may stand for many clients
      given(bytes) {
        large.delete(address)
        if (bytes > LARGE_BYTES) large.add(address)
        const [oldest = ''] = large
        if (large.size > MOST_ADDRESSES) large.delete(oldest)
      },
    }
  }
}

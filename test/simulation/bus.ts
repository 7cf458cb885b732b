import type { Bus, BusMessage } from '../../src/ports/bus.ts'
import type { Life } from './life.ts'
import type { Mischief } from './mischief.ts'
import type { Random } from './random.ts'
import type { Scheduler } from './scheduler.ts'
import type { Trace } from './trace.ts'
import type { Weather } from './weather.ts'

/** What could not be sent, its sender makes up for after this. */
const RETRY_MS = 500

interface Box {
  readonly replica: number
  readonly life: Life
  /** When what it sent last arrives, by whom it was sent to. */
  readonly arrivals: Map<string, number>
  /** What is still to be made up for. */
  readonly owed: Set<Promise<void>>
  handler: (note: BusMessage) => void
}

export interface SimulatedBusDeps {
  readonly scheduler: Scheduler
  readonly random: Random
  readonly mischief: Mischief
  readonly weather: Weather
  readonly trace: Trace | null
}

/** Mail between replicas: in order per pair, at most once. */
export class SimulatedBus {
  /** How many messages were lost without a word: neither their sender nor their receiver knows. */
  lost = 0
  readonly #deps: SimulatedBusDeps
  readonly #boxes = new Map<string, Box>()

  constructor(deps: SimulatedBusDeps) {
    this.#deps = deps
  }

  busOf(address: string, replica: number, life: Life): Bus {
    const box: Box = { replica, life, arrivals: new Map(), owed: new Set(), handler: () => {} }
    this.#boxes.set(address, box)
    return {
      send: (to, note) => this.#send(box, address, to, note),
      receive: (handler) => {
        box.handler = handler
      },
      onUnreached() {}, // what a dead replica watched shows nothing
      settled: async () => {
        while (box.owed.size > 0) await Promise.all(box.owed)
      },
      close: async () => {},
    }
  }

  #send(from: Box, address: string, to: string, note: BusMessage): void {
    const { scheduler, random, mischief, weather, trace } = this.#deps
    const isCut = weather.refuses(from.replica)
    if (isCut || mischief.happens('loseBusMessages')) {
      trace?.note(address, `✗ message to ${to} is lost`, note)
      if (note.kind === 'message' || note.kind === 'delta' || note.kind === 'look') {
        const { sessionId } = note
        const { promise, resolve } = Promise.withResolvers<void>()
        from.owed.add(promise)
        const makeUp = () => {
          from.owed.delete(promise)
          this.#send(from, address, to, { kind: 'look', sessionId })
          resolve()
        }
        scheduler.after(RETRY_MS, makeUp, from.life)
      }
      return
    }
    const ms = random.between(0.2, 1.5) + (mischief.happens('slowBus') ? random.between(5, 300) : 0)
    const hangsUntil = weather.hangsUntil(from.replica)
    const arrival = Math.max(scheduler.now + ms, from.arrivals.get(to) ?? 0, hangsUntil)
    from.arrivals.set(to, arrival)
    scheduler.at(arrival, () => this.#deliver(address, to, note), null)
  }

  #deliver(from: string, to: string, note: BusMessage): void {
    const { scheduler, weather, trace } = this.#deps
    const box = this.#boxes.get(to)
    const isCut = box === undefined || weather.refuses(box.replica)
    if (isCut || weather.isMute(box.replica)) {
      if (!isCut) this.lost++
      return trace?.note(to, `✗ message from ${from} is lost`, note)
    }
    const hangsUntil = weather.hangsUntil(box.replica)
    scheduler.at(
      hangsUntil,
      () => {
        trace?.note(to, `✉ from ${from}`, note)
        box.handler(note)
      },
      box.life,
    )
  }
}

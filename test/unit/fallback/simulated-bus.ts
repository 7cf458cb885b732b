import type { BusMessage } from '../../../src/ports/bus.ts'
import type { Wire } from './wire.ts'

/** Mail over the same wires as the store, in order: lost where one of the two refuses, late where one hangs. */
export class SimulatedBus {
  readonly #boxes = new Map<string, { wire: Wire; handler: (note: BusMessage) => void }>()

  busOf(address: string, wire: Wire) {
    const box = { wire, handler: (_: BusMessage) => {} }
    this.#boxes.set(address, box)
    const waiting = new Map<object, Promise<void>>()
    return {
      send: (to: string, note: BusMessage) => {
        const target = this.#boxes.get(to)
        if (target === undefined || wire.weather === 'refusing') return
        const copy: BusMessage = structuredClone(note)
        const last = waiting.get(target) ?? Promise.resolve()
        const delivered = last.then(() => wire.passes()).then(() => target.wire.passes())
        waiting.set(
          target,
          delivered.then((passes) => void (passes && !target.wire.isDeaf && target.handler(copy))),
        )
      },
      receive: (handler: (note: BusMessage) => void) => {
        box.handler = handler
      },
      onUnreached() {},
      settled: async () => {},
      close: async () => {},
    }
  }
}

import type { Socket } from 'socket.io'
import type { Clock, Timer } from '../ports/clock.ts'
import type { Meter } from '../ports/meter.ts'

const MOST_AT_ONCE = 50
/** Of few sockets, too, not all leave at once. */
const LEAST_BATCHES = 4
/** How often it is looked whether a socket that is old enough has nothing under way. */
const RETIRE_RETRY_MS = 1000

const NEVER: Timer = { cancel() {} }

export interface DeparturesOptions {
  readonly clock: Clock
  readonly meter: Meter
  /** `SOCKET_MAX_AGE`, in seconds; 0 where a socket may get as old as it likes. */
  readonly maxAgeSeconds: number
}

/** Sends sockets away in such a way that their clients come back, to another replica (F5). */
export class Departures {
  readonly #options: DeparturesOptions

  constructor(options: DeparturesOptions) {
    this.#options = options
  }

  sendAway(socket: Socket, reason: 'drain' | 'age'): void {
    this.#options.meter.socketsClosed(1, { reason })
    socket.emit('draining', { reconnectInMs: Math.round(Math.random() * 500) })
    socket.conn.close() // unlike disconnect(), leaves the client's own reconnection on
  }

  /** All of them, in jittered batches within `withinMs`, so that the other replicas are not run over. */
  async drain(sockets: readonly Socket[], withinMs: number): Promise<void> {
    const { clock } = this.#options
    const until = clock.now() + withinMs
    const size = Math.min(MOST_AT_ONCE, Math.ceil(sockets.length / LEAST_BATCHES))
    const batches = Math.ceil(sockets.length / Math.max(1, size))
    for (let i = 0; i < batches; i++) {
      for (const socket of sockets.slice(i * size, (i + 1) * size)) this.sendAway(socket, 'drain')
      const pause = Math.max(0, Math.min(100, (until - clock.now()) / (batches - i))) // less where some took longer
      if (i < batches - 1) await new Promise<void>((resolve) => clock.after(pause * (0.5 + Math.random()), resolve))
    }
  }

  /**
   * Sends a socket away that has come to its age, once nothing keeps it busy. So the workers that nginx keeps for
   * old sockets after a reload end, and replicas that were added get their share; each at a time of its own.
   */
  retireInTime(socket: Socket, isBusy: () => boolean): Timer {
    const { clock, maxAgeSeconds } = this.#options
    if (maxAgeSeconds === 0) return NEVER
    const retire = () => {
      if (isBusy()) timer = clock.after(RETIRE_RETRY_MS, retire)
      else this.sendAway(socket, 'age')
    }
    let timer = clock.after(maxAgeSeconds * 1000 * (0.5 + Math.random() / 2), retire)
    return { cancel: () => timer.cancel() }
  }
}

import type { Socket } from 'socket.io-client'
import type { Acknowledgement, GatewayEvent, GatewayEvents, Opened } from '../protocol/events.ts'
import { discard, type Race } from './race.ts'

export interface RivalOpeningOptions {
  /** The connection in use, which was asked already. */
  readonly own: Socket | null
  /** Milliseconds that it may be silent. */
  readonly patienceMs: number
  authenticate(): Promise<void>
  raceOf(won: (socket: Socket) => void, lost: () => void): Race
  ask(socket: Socket): Promise<Acknowledgement<Opened>>
}

/** A connection on which the session was opened; what comes there is held until `offAny`. */
export interface Rival {
  readonly socket: Socket
  readonly reply: Opened
  readonly held: readonly [GatewayEvent, GatewayEvents[GatewayEvent]][]
}

/**
 * `session:open` on another connection, where the one in use is silent. Each state follows the one before it; what goes
 * wrong in any leads to `end`, and is not told: the connection in use decides.
 */
export class RivalOpening {
  #state: 'waiting' | 'connecting' | 'asking' | 'opened' | 'over' = 'waiting'
  readonly #options: RivalOpeningOptions
  readonly #timer: ReturnType<typeof setTimeout>
  readonly #race: Race
  #socket: Socket | null = null
  #resolve: (rival: Rival) => void = () => {}
  /** Never settles where no other connection opens the session. */
  readonly opened = new Promise<Rival>((resolve) => {
    this.#resolve = resolve
  })

  constructor(options: RivalOpeningOptions) {
    this.#options = options
    this.#race = options.raceOf((socket) => this.#ask(socket), this.end)
    this.#timer = setTimeout(() => this.#connect(), options.patienceMs)
    options.own?.onAny(this.end) // a replica that says anything is not frozen
  }

  async #connect(): Promise<void> {
    this.#state = 'connecting'
    await this.#options.authenticate().catch(this.end)
    if (this.#state === 'connecting') this.#race.start()
  }

  async #ask(socket: Socket): Promise<void> {
    this.#state = 'asking'
    this.#socket = socket
    const held: [GatewayEvent, GatewayEvents[GatewayEvent]][] = []
    socket.onAny((name, data) => held.push([name, data]))
    const reply = await this.#options.ask(socket).catch(() => null)
    if (!reply?.ok || !socket.connected) return this.end() // it may be gone again by now
    this.#state = 'opened'
    this.#resolve({ socket, reply, held })
  }

  /** The one way out: leaves nothing but the connection in use. */
  readonly end = (): void => {
    this.#state = 'over'
    clearTimeout(this.#timer)
    this.#options.own?.offAny(this.end)
    this.#race.end()
    if (this.#socket !== null) discard(this.#socket)
  }
}

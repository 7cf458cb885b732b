import type { ConversationApi, Subscription } from '../../src/conversation/api.ts'
import type { Subscriber } from '../../src/ports/subscriber.ts'
import type { Opened, OpenRequest } from '../../src/protocol/events.ts'
import type { Backend } from '../../src/protocol/message.ts'
import type { News } from '../support/text-checker.ts'
import type { Replica } from './replica.ts'
import type { World } from './world.ts'

/** The connection is gone, or the replica at its other end says nothing. */
export class LineLost extends Error {
  override readonly name = 'LineLost'
}

/** Nobody knows these callers by name: AUTH=none. */
const CALLER = { user: null, clientAddress: 'simulated' }

export interface LineUser {
  /** What the gateway sends, in order. */
  heard(line: Line, news: News): void
  /** `backend`: whether what is told from here on is in the store. */
  warned(line: Line, backend: Backend): void
  lost(line: Line): void
}

/**
 * One client's connection to one replica, with the little that a transport does: requests and their acknowledgements,
 * events of the session that was opened on it, each direction in order. It ends with the replica, or when either side ends it.
 */
export class Line {
  readonly replica: Replica
  readonly #world: World
  readonly #user: LineUser
  readonly #pending = new Set<(error: LineLost) => void>()
  #subscription: Subscription | null = null
  #sentAt = 0
  #heardAt = 0
  #broken = false
  /** The client has noticed that it is gone. */
  #ended = false

  constructor(world: World, replica: Replica, user: LineUser) {
    this.#world = world
    this.replica = replica
    this.#user = user
    replica.lines.add(this)
  }

  get isUp(): boolean {
    return !this.#ended
  }

  /** Opens a session and follows it on this connection, as the gateway does. */
  open(request: OpenRequest, timeoutMs: number): Promise<Opened> {
    return this.request(async (api) => {
      const { subscription, ...opened } = await api.open(CALLER, request, (sessionId) => this.#subscriberOf(sessionId))
      if (this.#broken) subscription?.close()
      else this.#subscription = subscription
      return opened
    }, timeoutMs)
  }

  /** Calls the gateway and waits for the acknowledgement; rejects with what it refuses with, or `LineLost`. */
  request<T>(call: (api: ConversationApi, caller: typeof CALLER) => Promise<T>, timeoutMs: number): Promise<T> {
    const { scheduler } = this.#world
    return new Promise((resolve, reject) => {
      if (this.#ended) return reject(new LineLost())
      const timer = scheduler.after(timeoutMs, () => this.end(), null)
      this.#pending.add(reject)
      const settle = (tell: () => void) => {
        if (!this.#pending.delete(reject)) return
        timer.cancel()
        tell()
      }
      this.#toReplica(() => {
        call(this.replica.api, CALLER).then(
          (value) => this.#toClient(() => settle(() => resolve(value))),
          (error: Error) => this.#toClient(() => settle(() => reject(error))),
        )
      })
    })
  }

  /** Tells the client whether what it is told from here on is in the store. */
  tell(backend: Backend): void {
    this.#toClient(() => this.#user.warned(this, backend))
  }

  /** The connection breaks; what is on its way is lost, and each side notices when it does. */
  break(): void {
    if (this.#broken) return
    this.#broken = true
    this.replica.lines.delete(this)
    const { scheduler, random } = this.#world
    scheduler.after(random.between(0, 20), () => this.#subscription?.close(), this.replica.life)
    scheduler.after(random.between(0, 20), () => this.#end(), null)
  }

  /** The client leaves it. */
  end(): void {
    this.break()
    this.#end()
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    for (const reject of this.#pending) reject(new LineLost())
    this.#pending.clear()
    this.#user.lost(this)
  }

  /** The same one for a session that is opened again on this connection. */
  #subscriber: Subscriber | null = null
  #subscriberOf(sessionId: string): Subscriber {
    const { history } = this.#world
    this.#subscriber ??= {
      message: (payload) => {
        if (!this.replica.wasAlone) history.shownMessage(sessionId, payload.message)
        this.#toClient(() => this.#user.heard(this, { event: 'message', payload }))
      },
      delta: (payload) => {
        if (!this.replica.wasAlone) history.shownDelta(payload)
        this.#toClient(() => this.#user.heard(this, { event: 'delta', payload }))
      },
      activity: () => {},
      sync: (payload) => this.#toClient(() => this.#user.heard(this, { event: 'session:sync', payload })),
      ended: () => {},
    }
    return this.#subscriber
  }

  #toReplica(run: () => void): void {
    const { scheduler, random } = this.#world
    this.#sentAt = Math.max(scheduler.now + random.between(0.2, 3), this.#sentAt)
    scheduler.at(this.#sentAt, () => this.#broken || run(), this.replica.life)
  }

  #toClient(run: () => void): void {
    if (this.#broken) return
    const { scheduler, random } = this.#world
    this.#heardAt = Math.max(scheduler.now + random.between(0.2, 3), this.#heardAt)
    scheduler.at(this.#heardAt, () => this.#broken || run(), null)
  }
}

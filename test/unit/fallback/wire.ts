import type { Clock } from '../../../src/ports/clock.ts'
import type { Membership } from '../../../src/ports/membership.ts'
import { StoreUnavailable } from '../../../src/ports/session-store.ts'
import type { SharedStore } from '../../../src/ports/shared-store.ts'

/** After this a call that got no reply is unavailable to its caller, applied or not. */
export const TIMEOUT_MS = 2000

/** `refusing`: every call fails at once. `hanging`: calls wait until it is fair again, and are applied then. */
export type Weather = 'fair' | 'refusing' | 'hanging'
/** What becomes of a call in fair weather; `lost`: it is applied and its caller hears that it failed. */
export type Fate = 'done' | 'refused' | 'lost'

/** One replica's connection to the shared store: calls and replies in order, none ever resent. */
export class Wire {
  /** Decides the fate of each call, by its name. */
  fate: (name: string) => Fate = () => 'done'
  /** Milliseconds that a call takes, either way. */
  latency: () => number = () => 1
  /** What other replicas say is lost. */
  isDeaf = false
  /** The connection was lost and is back. */
  onMended: () => void = () => {}
  /** Sessions that were read without being opened. */
  reads = 0
  readonly #clock: Clock
  #weather: Weather = 'fair'
  #waiting: (() => void)[] = []
  readonly #underWay = new Set<(error: Error) => void>()
  #arrivedAt = 0
  #repliedAt = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get weather(): Weather {
    return this.#weather
  }

  set weather(weather: Weather) {
    const mended = this.#weather === 'refusing' && weather !== 'refusing'
    this.#weather = weather
    if (mended) this.#clock.after(0, () => this.onMended())
    if (weather === 'refusing') for (const fail of [...this.#underWay]) fail(new Error('the connection broke'))
    if (weather === 'hanging') return
    for (const arrive of this.#waiting.splice(0)) arrive()
  }

  /** Resolves once a note has passed, with false where it was lost. */
  passes(): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const pass = (): void => {
      if (this.#weather === 'hanging') this.#waiting.push(pass)
      else resolve(this.#weather === 'fair')
    }
    this.#clock.after(this.latency(), pass)
    return promise
  }

  call<T>(name: string, apply: () => Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    if (name === 'read') this.reads++
    if (this.#weather === 'refusing') {
      this.#clock.after(0, () => reject(new StoreUnavailable('refused')))
      return promise
    }
    const fail = (error: Error): void => {
      this.#underWay.delete(fail)
      timeout.cancel()
      reject(new StoreUnavailable(error.message))
    }
    const timeout = this.#clock.after(TIMEOUT_MS, () => fail(new Error('timed out')))
    this.#underWay.add(fail)
    const reply = (tell: () => void): void => {
      this.#repliedAt = Math.max(this.#clock.now() + this.latency(), this.#repliedAt)
      this.#clock.after(this.#repliedAt - this.#clock.now(), () => {
        timeout.cancel()
        if (this.#underWay.delete(fail)) tell()
      })
    }
    const arrive = (): void => {
      if (this.#weather === 'hanging') return void this.#waiting.push(arrive)
      const fate = this.fate(name)
      if (fate === 'refused') return reply(() => reject(new StoreUnavailable('refused this one')))
      apply().then(
        (value) => reply(() => (fate === 'lost' ? reject(new StoreUnavailable('the reply was lost')) : resolve(value))),
        reject,
      )
    }
    this.#arrivedAt = Math.max(this.#clock.now() + this.latency(), this.#arrivedAt)
    this.#clock.after(this.#arrivedAt - this.#clock.now(), arrive)
    return promise
  }
}

/** The store behind the wire, which says that it is Redis. */
export function wiredStore(wire: Wire, store: SharedStore): SharedStore {
  return new Proxy(store, {
    get(target, name: keyof SharedStore) {
      if (name === 'backend') return 'redis'
      if (name === 'close') return async () => {}
      if (name === 'nodeOf') return () => ''
      const method = target[name] as (...args: unknown[]) => Promise<unknown>
      return (...args: unknown[]) =>
        wire.call(name, async () => {
          const result = await method.apply(target, args)
          const isClaim = typeof result === 'object' && result !== null && 'persisted' in result
          return isClaim ? { ...result, backend: 'redis', persisted: true } : result
        })
    },
  })
}

/** The membership that replicas share. */
export class MembershipTable {
  readonly #clock: Clock
  readonly #leaseMs: number
  readonly #members = new Set<string>()
  readonly #leases = new Map<string, number>()
  readonly #lists = new Map<string, Map<string, { readonly taken: boolean }>>()

  constructor(clock: Clock, leaseMs: number) {
    this.#clock = clock
    this.#leaseMs = leaseMs
  }

  listOf(address: string): Map<string, { readonly taken: boolean }> {
    const list = this.#lists.get(address) ?? new Map<string, { readonly taken: boolean }>()
    this.#lists.set(address, list)
    return list
  }

  #leaseMsOf(address: string): number {
    return Math.max(0, (this.#leases.get(address) ?? 0) - this.#clock.now())
  }

  /** As the replica reaches it. Connections stand as long as their replica does: only the lease tells of its silence. */
  behind(wire: Wire, address: string): Membership {
    let entries = 0
    return {
      renew: () =>
        wire.call('renew', async () => {
          this.#members.add(address)
          if (this.#leaseMsOf(address) === 0) entries++
          this.#leases.set(address, this.#clock.now() + this.#leaseMs)
          return entries
        }),
      leave: () => wire.call('leave', async () => void this.#leases.delete(address)),
      track: (id) => wire.call('track', async () => void this.listOf(address).set(id, { taken: false })),
      take: (id, replica) => wire.call('take', async () => void this.listOf(replica).set(id, { taken: true })),
      untrack: (id, replica) => wire.call('strike', async () => void this.listOf(replica).delete(id)),
      members: () => wire.call('members', async () => [...this.#members]),
      liveness: (addresses) =>
        wire.call('pulses', async () =>
          addresses.map((one) => {
            return { connected: true, leaseMs: this.#leaseMsOf(one), owns: this.listOf(one).size > 0 }
          }),
        ),
      connected: (addresses) => wire.call('connected', async () => addresses.map(() => true)),
      sessionsOf: (replica) =>
        wire.call('sessionsOf', async () =>
          [...this.listOf(replica)].map(([sessionId, { taken }]) => ({ sessionId, taken })),
        ),
      remove: (replica) =>
        wire.call('remove', async () => {
          const isNeeded = this.listOf(replica).size > 0 || this.#leaseMsOf(replica) > 0
          if (!isNeeded) this.#members.delete(replica)
          return !isNeeded
        }),
    }
  }
}

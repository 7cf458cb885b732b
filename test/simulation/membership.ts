import type { Liveness, Membership } from '../../src/ports/membership.ts'
import type { Scheduler } from './scheduler.ts'
import type { Wire } from './wire.ts'

/** The membership as Redis would hold it, shared by all replicas. */
export class MembershipTable {
  readonly members = new Set<string>()
  /** Entries that may stay behind because their replica could not reach the store: they cost whoever removes it a look. */
  readonly excused = new Set<string>()
  readonly #scheduler: Scheduler
  readonly #leaseMs: number
  readonly #leases = new Map<string, number>()
  readonly #lists = new Map<string, Map<string, { readonly taken: boolean }>>()
  readonly #isConnected: (address: string) => boolean

  constructor(scheduler: Scheduler, leaseMs: number, isConnected: (address: string) => boolean) {
    this.#scheduler = scheduler
    this.#leaseMs = leaseMs
    this.#isConnected = isConnected
  }

  /** Gives whether it had run out. */
  lease(address: string): boolean {
    const isNew = !this.isLeased(address)
    this.#leases.set(address, this.#scheduler.now + this.#leaseMs)
    return isNew
  }

  isLeased(address: string): boolean {
    return (this.#leases.get(address) ?? 0) > this.#scheduler.now
  }

  release(address: string): void {
    this.#leases.delete(address)
  }

  listOf(address: string): Map<string, { readonly taken: boolean }> {
    const list = this.#lists.get(address) ?? new Map<string, { readonly taken: boolean }>()
    this.#lists.set(address, list)
    return list
  }

  pulse(address: string): Liveness {
    const leaseMs = Math.max(0, (this.#leases.get(address) ?? 0) - this.#scheduler.now)
    return { connected: this.#isConnected(address), leaseMs, owns: this.listOf(address).size > 0 }
  }
}

/** The membership as one replica reaches it: with the calls of which `RedisMembership` consists, each atomic. */
export function wiredMembership(table: MembershipTable, wire: Wire, address: string): Membership {
  let entries = 0
  let isEntered = false
  const renew = async (): Promise<number> => {
    const isNew = await wire
      .glance('renew', undefined, async () => table.lease(address))
      .catch((error: Error) => {
        isEntered = false
        throw error
      })
    if (isNew) isEntered = false
    if (!isEntered) {
      entries++
      await wire.glance('enter', undefined, async () => void table.members.add(address))
    }
    isEntered = true
    return entries
  }
  const remove = async (replica: string): Promise<boolean> => {
    const isLeased = async () => table.isLeased(replica)
    const isNeeded = await wire.call(
      'remove',
      replica,
      async () => table.listOf(replica).size > 0 || (await isLeased()),
    )
    if (isNeeded) return false
    await wire.call('removed', replica, async () => void table.members.delete(replica))
    if (!(await wire.call('is removed', replica, isLeased))) return true
    await wire.call('unburied', replica, async () => void table.members.add(replica))
    return false
  }
  const excuse = (error: Error, session: string, replica: string): never => {
    table.excused.add(`${replica} ${session}`)
    throw error
  }
  return {
    remove,
    renew,
    leave: async () => {
      await wire.call('leave', undefined, async () => table.release(address))
      await remove(address)
    },
    track: async (session) => {
      const track = async () => {
        table.listOf(address).set(session, { taken: false })
        return table.isLeased(address)
      }
      const isLeased = await wire.call('track', session, track).catch((error) => excuse(error, session, address))
      if (!isLeased) await renew()
    },
    take: (session, replica) =>
      wire
        .call('take', [session, replica], async () => void table.listOf(replica).set(session, { taken: true }))
        .catch((error) => excuse(error, session, replica)),
    untrack: (session, replica) =>
      wire
        .call('strike', [session, replica], async () => void table.listOf(replica).delete(session))
        .catch((error) => excuse(error, session, replica)),
    members: async () => {
      const members = await wire.glance('members', undefined, async () => [...table.members])
      if (!members.includes(address)) isEntered = false
      return members
    },
    connected: (addresses) =>
      wire.glance('connected', addresses, async () => addresses.map((one) => table.pulse(one).connected)),
    liveness: (addresses) => wire.glance('pulses', addresses, async () => addresses.map((one) => table.pulse(one))),
    sessionsOf: (replica) =>
      wire.call('sessionsOf', replica, async () =>
        [...table.listOf(replica)].map(([sessionId, { taken }]) => ({ sessionId, taken })),
      ),
  }
}

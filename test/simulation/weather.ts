import type { Scheduler } from './scheduler.ts'

interface StoreHealth {
  readonly mode: 'refuse' | 'hang'
  /** Null: for all. */
  readonly replica: number | null
  readonly until: number
}

/** When the store cannot be reached, and by whom. Replicas are counted from 0. */
export class Weather {
  readonly #scheduler: Scheduler
  #outages: StoreHealth[] = []
  #mutes: { readonly replica: number; readonly until: number }[] = []

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler
  }

  outage(mode: 'refuse' | 'hang', replica: number | null, forMs: number): void {
    this.#outages.push({ mode, replica, until: this.#scheduler.now + forMs })
  }

  mute(replica: number, forMs: number): void {
    this.#mutes.push({ replica, until: this.#scheduler.now + forMs })
  }

  refuses(replica: number): boolean {
    return this.#outages.length > 0 && this.#until('refuse', replica) > this.#scheduler.now
  }

  /** When the store answers again; a time that has passed where it does. */
  hangsUntil(replica: number): number {
    return this.#outages.length === 0 ? 0 : this.#until('hang', replica)
  }

  isMute(replica: number): boolean {
    return this.#mutes.some((mute) => mute.replica === replica && mute.until > this.#scheduler.now)
  }

  #until(mode: StoreHealth['mode'], replica: number): number {
    let last = 0
    for (const { mode: its, replica: whose, until } of this.#outages)
      if (its === mode && (whose ?? replica) === replica && until > last) last = until
    return last
  }
}

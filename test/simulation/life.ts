import type { Occurrence, Scheduler } from './scheduler.ts'

/**
 * The life of one process. Modes: `alive`; `frozen` (SIGSTOP), in which all that happens to it waits until it thaws;
 * `dead` (SIGKILL), after which nothing of it ever runs again.
 */
export class Life {
  #state: 'alive' | 'frozen' | 'dead' = 'alive'
  #held: Occurrence[] = []
  readonly #scheduler: Scheduler

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler
  }

  get state(): 'alive' | 'frozen' | 'dead' {
    return this.#state
  }

  meet(occurrence: Occurrence): void {
    if (this.#state === 'alive') occurrence.run()
    else if (this.#state === 'frozen') this.#held.push(occurrence)
  }

  freeze(): void {
    if (this.#state === 'alive') this.#state = 'frozen'
  }

  thaw(): void {
    if (this.#state !== 'frozen') return
    this.#state = 'alive'
    for (const held of this.#held) {
      const run = () => void (held.cancelled || held.run())
      this.#scheduler.at(this.#scheduler.now, run, this)
    }
    this.#held = []
  }

  end(): void {
    this.#state = 'dead'
    this.#held = []
  }
}

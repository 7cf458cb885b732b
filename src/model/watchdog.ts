/** Bites where nothing is fed to it for so long. Feeding is cheap, because it is done for every read: no timer moves. */
export class Watchdog {
  readonly #ms: number
  readonly #bite: () => void
  #fedAt = 0
  #timer: NodeJS.Timeout | undefined

  /** It sleeps until it is started. */
  constructor(ms: number, bite: () => void) {
    this.#ms = ms
    this.#bite = bite
  }

  get isAwake(): boolean {
    return this.#timer !== undefined
  }

  feed(): void {
    this.#fedAt = performance.now()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  start(): void {
    this.stop()
    this.feed()
    this.#arm(this.#ms)
  }

  #arm(ms: number): void {
    this.#timer = setTimeout(() => this.#look(), ms)
  }

  #look(): void {
    const left = this.#fedAt + this.#ms - performance.now()
    if (left > 0) this.#arm(left)
    else this.#bite()
  }
}

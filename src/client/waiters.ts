import { ClientError } from './errors.ts'

interface Waiter {
  resolve(): void
  reject(error: ClientError): void
}

/** Callers who wait until the session is open. */
export class Waiters {
  readonly #waiting = new Set<Waiter>()

  /** Rejects after `timeoutMs`, where that is given. */
  wait(timeoutMs?: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(timer)
        this.#waiting.delete(waiter)
        act()
      }
      const waiter: Waiter = { resolve: () => settle(resolve), reject: (error) => settle(() => reject(error)) }
      const late = () => waiter.reject(new ClientError('disconnected', 'the session could not be opened in time'))
      const timer = timeoutMs === undefined ? undefined : setTimeout(late, Math.max(0, timeoutMs))
      this.#waiting.add(waiter)
    })
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0
  }

  resolveAll(): void {
    for (const waiter of this.#waiting) waiter.resolve()
  }

  rejectAll(error: ClientError): void {
    for (const waiter of this.#waiting) waiter.reject(error)
  }
}

import { setTimeout as pause } from 'node:timers/promises'

/** The longest that a condition of a test may take to come true, in milliseconds, where the rule gives no bound of its own. */
export const PATIENCE_MS = 15_000

/** Looks again and again until `look` gives something, and gives that; for states that nobody reports, such as Redis's. */
export async function eventually<T>(
  what: string,
  look: () => T | Promise<T>,
  withinMs = PATIENCE_MS,
): Promise<Exclude<T, false | null | undefined>> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const seen = await look()
    if (seen !== false && seen !== null && seen !== undefined) return seen as Exclude<T, false | null | undefined>
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`)
    await pause(10)
  }
}

/** Rejects where `promise` is not settled within `withinMs`. */
export async function within<T>(what: string, promise: Promise<T>, withinMs = PATIENCE_MS): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`not within ${withinMs} ms: ${what}`)), withinMs)
  try {
    return await Promise.race([promise, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

/** Opens by hand: whoever awaits `opened` goes on once `open` was called. */
export class Latch {
  readonly #resolvers = Promise.withResolvers<void>()

  get opened(): Promise<void> {
    return this.#resolvers.promise
  }

  open(): void {
    this.#resolvers.resolve()
  }
}

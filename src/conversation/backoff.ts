/** Milliseconds to wait before asking a model again: doubling from half a second, with jitter, at least what it asked for. */
export function backoffMs(tries: number, retryAfterMs: number | undefined, random: () => number): number {
  const base = Math.min(500 * 2 ** tries, 8000)
  return Math.max(base * (0.5 + random() / 2), Math.min(retryAfterMs ?? 0, 60_000))
}

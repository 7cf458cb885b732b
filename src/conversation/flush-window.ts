/**
 * How long text of running answers may be gathered before the next append (D5): at once while the loop is idle, then
 * longer, because a write to a socket costs as much as all else that a token needs, and one append call for many answers
 * little more than one for one. Under load the window goes past `DELTA_WINDOW_MS`: at 40 tokens a second and answer that
 * window finds a single token more often than not.
 */
export function flushWindow(utilisation: number, maxMs: number): number {
  if (maxMs === 0 || utilisation < 0.05) return 0
  if (utilisation < 0.1) return Math.min(5, maxMs)
  if (utilisation < 0.2) return maxMs
  if (utilisation < 0.95) return 1.5 * maxMs
  return 2 * maxMs
}

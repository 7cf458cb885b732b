import { setTimeout } from 'k6/timers'

/** Not at all where `ms` is not above 0. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(() => resolve(), Math.max(0, ms)))
}

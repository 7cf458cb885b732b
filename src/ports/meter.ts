import type { ErrorCode } from '../protocol/errors.ts'

/**
 * What the layers report of themselves. Plain calls with numbers, so that the token path pays an addition and nothing
 * more; the metrics endpoint turns them into Prometheus series when it is scraped.
 */
export interface Meter {
  connections(change: 1 | -1): void
  sessionsOpen(change: 1 | -1): void
  answersRunning(change: 1 | -1): void
  tokens(count: number): void
  deltas(count: number): void
  /** One append call to the store: its round trip in milliseconds and how many answers it carried. */
  append(ms: number, answers: number): void
  /** From the acknowledged message to the first stored text, in milliseconds. */
  firstToken(ms: number): void
  slowReader(): void
  /** A new answer was refused because the day's tokens are used up. */
  overBudget(): void
  error(code: ErrorCode): void
  /** Something threw where nothing may: a bug, which cost what came through that door and nobody else (X6). */
  caught(door: Door): void
}

/** Where input comes in. */
export const DOORS = ['socket', 'process'] as const
export type Door = (typeof DOORS)[number]

export const noMeter: Meter = {
  connections() {},
  sessionsOpen() {},
  answersRunning() {},
  tokens() {},
  deltas() {},
  append() {},
  firstToken() {},
  slowReader() {},
  overBudget() {},
  error() {},
  caught() {},
}

import type { ChildProcess } from 'node:child_process'

/** What a system keeps its text in. */
export interface Broker {
  readonly process: ChildProcess
  /** How a replica is told of it. */
  readonly env: Readonly<Record<string, string>>
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

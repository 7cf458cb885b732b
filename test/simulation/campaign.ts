import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Batch, BatchResult } from './batch.ts'
import type { Options } from './options.ts'

const BATCH = 250

export interface Tally {
  runs: number
  steps: number
  mishaps: number
  /** Simulated milliseconds. */
  ms: number
}

/** Plays many seeds on several threads; gives the first that broke a rule, or null where none did. */
export class Campaign {
  readonly tally: Tally = { runs: 0, steps: 0, mishaps: 0, ms: 0 }
  readonly #options: Options
  readonly #endsAt: number
  #next: number
  #failedSeed: number | null = null

  constructor(options: Options) {
    this.#options = options
    this.#next = options.seed
    this.#endsAt = performance.now() + options.minutes * 60_000
  }

  async play(): Promise<number | null> {
    const workers = Array.from({ length: this.#options.workers }, () => this.#work())
    await Promise.all(workers)
    return this.#failedSeed
  }

  async #work(): Promise<void> {
    const worker = new Worker(join(import.meta.dirname, 'worker.ts'), {
      resourceLimits: { maxYoungGenerationSizeMb: 128 },
    })
    try {
      for (let batch = this.#take(); batch !== null; batch = this.#take()) this.#add(await playedBy(worker, batch))
    } finally {
      await worker.terminate()
    }
  }

  #take(): Batch | null {
    const { seed, runs, alone } = this.#options
    const count = Math.min(BATCH, seed + runs - this.#next)
    if (count <= 0 || this.#failedSeed !== null || performance.now() >= this.#endsAt) return null
    const from = this.#next
    this.#next += count
    return { from, count, alone }
  }

  #add({ runs, steps, mishaps, ms, failedSeed }: BatchResult): void {
    this.tally.runs += runs
    this.tally.steps += steps
    this.tally.mishaps += mishaps
    this.tally.ms += ms
    this.#failedSeed ??= failedSeed
  }
}

function playedBy(worker: Worker, batch: Batch): Promise<BatchResult> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('message', (result: BatchResult) => {
      worker.off('error', reject)
      resolve(result)
    })
    worker.postMessage(batch)
  })
}

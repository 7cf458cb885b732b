/** Whether memory grows under a steady load. Pure. */

/** Resident memory of each replica at one moment, in MiB. */
export type Sample = readonly number[]

/** The first part of a run warms up: code is compiled, heaps take their size. */
const WARM = 1 / 3

/** In MiB, of a process, out of its Prometheus metrics. Throws where they do not say. */
export function residentMiB(metrics: string): number {
  const bytes = /^process_resident_memory_bytes(?:\{.*\})? (\S+)$/m.exec(metrics)?.[1]
  if (bytes === undefined) throw new Error('there is no process_resident_memory_bytes in /metrics')
  return Number(bytes) / 2 ** 20
}

/**
 * By how much the replica that grew most has grown once warm, in MiB: the median of the last third against that of the
 * second. 0 where there are fewer than three samples.
 */
export function growth(samples: readonly Sample[]): number {
  const third = Math.floor(samples.length * WARM)
  if (third === 0) return 0
  const [before, after] = [samples.slice(third, 2 * third), samples.slice(-third)]
  const grown = (before[0] ?? []).map((_, i) => median(after, i) - median(before, i))
  return Math.max(...grown)
}

function median(samples: readonly Sample[], replica: number): number {
  const sorted = samples.map((sample) => sample[replica] ?? Number.NaN).sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

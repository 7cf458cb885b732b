import { performance } from 'node:perf_hooks'

/** How busy this process is. */
export interface Load {
  /** Event-loop utilisation of the recent past, from 0 (idle) to 1. */
  utilisation(): number
  close(): void
}

const SAMPLE_MS = 100

/** Node's own measure, sampled so that asking costs nothing. */
export function systemLoad(): Load {
  let last = performance.eventLoopUtilization()
  let utilisation = 0
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization()
    utilisation = performance.eventLoopUtilization(now, last).utilization
    last = now
  }, SAMPLE_MS)
  timer.unref()
  return { utilisation: () => utilisation, close: () => clearInterval(timer) }
}

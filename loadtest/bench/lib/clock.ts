/** Milliseconds on the machine's monotonic clock: the same for every process, so that their times can be compared. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

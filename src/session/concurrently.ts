/** Empties `queue` from its end with `work`, `count` at a time. Rejects with what it rejects with first. */
export async function concurrently<T>(count: number, queue: T[], work: (next: T) => Promise<void>): Promise<void> {
  const worker = async (): Promise<void> => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) await work(next)
  }
  await Promise.all(Array.from({ length: Math.min(count, queue.length) }, worker))
}

/**
 * Empties `queue` from its end with `work`, `count` at a time. Each failure makes that one fewer, so that what fails altogether
 * ends soon. Rejects with a failure, once nothing is under way any more.
 */
export async function concurrently<T>(count: number, queue: T[], work: (next: T) => Promise<void>): Promise<void> {
  const worker = async (): Promise<void> => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) await work(next)
  }
  await allDone(Array.from({ length: Math.min(count, queue.length) }, worker))
}

/** `work` on the items of each group, which goes on whatever the others wait for. Rejects with a failure, once nothing is under way any more. */
export async function inGroups<T>(
  items: readonly T[],
  groupOf: (item: T) => string,
  work: (group: T[], name: string) => Promise<void>,
): Promise<void> {
  await allDone([...Map.groupBy(items, groupOf)].map(([name, group]) => work(group, name)))
}

async function allDone(works: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(works)).find((outcome) => outcome.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

/** Does `work` for `count` things, so many at a time. */
export async function inGroups(count: number, atATime: number, work: (i: number) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: Math.min(atATime, count) }, worker))
}

import { expect, test } from 'vitest'
import { LARGE_BYTES } from '../../src/network/backlog.ts'
import { LargeReplies } from '../../src/network/large-replies.ts'

/** Makes replies that end when they are told to. */
function makeMany(replies: LargeReplies, count: number) {
  const underWay: (() => void)[] = []
  const all = Array.from({ length: count }, () =>
    replies.run(() => new Promise<void>((resolve) => void underWay.push(resolve))),
  )
  /** Ends the first, of so many bytes. */
  const end = async (bytes: number) => {
    replies.made(bytes)
    underWay.shift()?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { underWay, end, all: Promise.all(all) }
}

test('[X6] two large replies are made at a time, and one more for each that was small, up to eight', async () => {
  const { underWay, end, all } = makeMany(new LargeReplies(), 40)
  expect(underWay.length).toBe(2)
  await end(LARGE_BYTES + 1)
  expect(underWay.length).toBe(2)
  for (const now of [3, 4, 5, 6, 7, 8, 8]) {
    await end(LARGE_BYTES)
    expect(underWay.length).toBe(now)
  }
  for (const now of [7, 6, 5, 4, 3, 2, 2]) {
    await end(LARGE_BYTES + 1)
    expect(underWay.length).toBe(now)
  }
  while (underWay.length > 0) await end(0)
  await all
})

test('a reply that could not be made gives its place on', async () => {
  const replies = new LargeReplies()
  const failed = [1, 2, 3].map(() => replies.run(() => Promise.reject(new Error('no'))))
  expect((await Promise.allSettled(failed)).map(({ status }) => status)).toEqual(Array(3).fill('rejected'))
  expect(await replies.run(async () => 'made')).toBe('made')
})

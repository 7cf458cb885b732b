import { expect, test } from 'vitest'
import { TokenBucket } from '../../src/network/token-bucket.ts'

test('[X6] what is beyond the burst is refused with the time to wait, and granted after it; too much debt ends the patience', () => {
  let now = 0
  const bucket = new TokenBucket({ burst: 10, perSecond: 100, debt: 5 }, { now: () => now })
  for (let i = 0; i < 10; i++) expect(bucket.take(1)).toBeNull()
  expect(bucket.take(1)).toBe(10)
  expect(bucket.take(1)).toBe(20)
  now += 20
  expect(bucket.take(1), 'the debt is paid first').toBe(10)
  now += 20
  expect(bucket.take(1)).toBeNull()
  for (let i = 0; i < 5; i++) expect(bucket.take(1)).toBe(10 * (i + 1))
  expect(bucket.take(1)).toBe(Number.POSITIVE_INFINITY)
  now += 60_000
  for (let i = 0; i < 10; i++) expect(bucket.take(1), 'no more than the burst is saved up').toBeNull()
  expect(bucket.take(1)).toBe(10)
})

import { expect, test } from 'vitest'
import { Fleet, LEASE_MS } from './fleet.ts'

test.each([10, 40])(
  '[F2] of %i replicas every death is known to all who live, and nobody who lives is taken for dead',
  async (replicas) => {
    const seed = Math.floor(Math.random() * 2 ** 32)
    const figures = await new Fleet(replicas, seed).play()
    expect(figures, `seed ${seed}`).toMatchObject({ replicas, mistaken: 0 })
    expect(figures.messages, `one that notices tells the rest, seed ${seed}`).toBeLessThanOrEqual(2 * replicas)
  },
)

test('[F2] half of a fleet that dies in one instant is known as dead within two leases, also where it is all of one half of the ring', async () => {
  expect(await new Fleet(60, 1).blackout(30)).toBeLessThan(2 * LEASE_MS)
})

test('each replica reads the list of all, and nothing else grows faster than the fleet', async () => {
  const [few, many] = [await new Fleet(10, 1).play(), await new Fleet(40, 1).play()]
  const asked = ({ calls }: typeof few) => Object.values(calls).reduce((sum, count) => sum + count, 0)
  expect(asked(many) / asked(few)).toBeLessThan(5)
  expect(many.addresses / few.addresses).toBeGreaterThan(10)
})

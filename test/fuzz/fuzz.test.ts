import { afterAll, beforeAll, expect, test } from 'vitest'
import { DOORS } from './attack.ts'
import { batchOf, Campaign, Stages } from './campaign.ts'
import { KEPT } from './kept.ts'
import { reportOf } from './report.ts'
import { smallerThan } from './shrink.ts'
import { type Held, leftBehind } from './stage.ts'

const INPUTS = Number(process.env.FUZZ_INPUTS ?? 20_000)
const LIMIT_MS = 600_000

const stages = new Stages()
let before: readonly Held[]
beforeAll(async () => {
  before = await (await stages.current()).held()
}, LIMIT_MS)
afterAll(() => stages.stop())

test.for(KEPT)('[X2] [X6] what once broke something: $because', async ({ attacks }) => {
  expect(await stages.assault(attacks)).toEqual([])
})

test('[X2] [X6] inputs through every door end no replica, and good clients notice nothing', {
  timeout: LIMIT_MS,
}, async () => {
  // The same inputs every time: `npm run fuzz` hunts with new ones, and what it finds stands in kept.ts.
  const seed = Number(process.env.FUZZ_SEED ?? 1_000_000)
  const minutes = Number.POSITIVE_INFINITY
  const campaign = new Campaign(stages, {
    seed,
    inputs: INPUTS,
    minutes,
    only: DOORS,
    stop: new AbortController().signal,
  })
  const finding = await campaign.run()
  expect(finding, finding === null ? '' : reportOf(await campaign.narrow(finding), 20)).toBeNull()
  for (const { answers } of (await stages.current()).bystanders) expect(answers).toBeGreaterThan(1)
})

test('[X6] descriptors and memory come back when the attackers have gone', { timeout: LIMIT_MS }, async () => {
  expect(await leftBehind(await stages.current(), before)).toBeNull()
})

test('the same seed gives the same attacks', () => {
  expect(batchOf(7, DOORS)).toEqual(batchOf(7, DOORS))
  expect(batchOf(7, DOORS)).not.toEqual(batchOf(8, DOORS))
})

test('an input is made smaller without losing its shape', () => {
  const smaller = [...smallerThan([{ door: 'http', requests: ['GET / HTTP/1.1', 'x'] }])]
  expect(smaller).toContainEqual([{ door: 'http', requests: ['x'] }])
  expect(smaller).toContainEqual([{ door: 'http', requests: ['GET / H', 'x'] }])
  expect(smaller.every(([first]) => first?.door === 'http')).toBe(true)
})

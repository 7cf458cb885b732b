import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fleetFor, modelTable, mostAnswersOfOneRedis } from '../../loadtest/scale/model.ts'

test('docs/scale.md has the table that the model gives', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/scale.md'), 'utf8')
  for (const line of modelTable()) expect(page).toContain(line)
  expect(page).toContain(`One Redis: ${mostAnswersOfOneRedis().toLocaleString('en')} running answers`)
})

test('a fleet of the model never gets smaller with more to do', () => {
  for (const [more, less] of [
    [fleetFor(2e6, 1e5), fleetFor(1e6, 1e5)],
    [fleetFor(1e6, 2e5), fleetFor(1e6, 1e5)],
  ] as const) {
    expect(more.replicas).toBeGreaterThanOrEqual(less.replicas)
    expect(more.shards).toBeGreaterThanOrEqual(less.shards)
  }
})

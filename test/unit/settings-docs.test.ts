import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SECRETS, schema } from '../../src/config/schema.ts'
import { readSettings } from '../../src/config/settings.ts'
import { usage } from '../../src/stack/usage.ts'

const operations = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8')
const [, table = ''] = /^## Settings$(.*?)^## /ms.exec(operations) ?? []
/** Settings that a row of the table names, with their defaults as they stand there. */
const rows = table
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => {
    const [, names = '', defaults = ''] = line.split('|')
    return { names: [...names.matchAll(/`([A-Z_]+)`/g)].map(([, name = '']) => name), defaults: defaults.trim() }
  })
const documented = rows.flatMap(({ names }) => names)

test('[R4] every setting is in the table of docs/operations.md, once, and nothing else is', () => {
  expect(documented.toSorted()).toEqual(Object.keys(schema.shape).toSorted())
})

test('[R4] the defaults of numbers in that table are the true ones', () => {
  const settings: Record<string, unknown> = readSettings({})
  for (const { names, defaults } of rows) {
    const told = defaults.split(', ')
    names.forEach((name, i) => {
      if (typeof settings[name] !== 'number') return
      expect(told[i] ?? told[0], name).toBe(String(settings[name]))
    })
  }
})

test('[R6] the settings that can be read from a file are named there', () => {
  const [, named = ''] = /^(`REDIS_URL`.*?) can be read from the file/ms.exec(table) ?? []
  expect([...named.matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name)).toEqual([...SECRETS])
})

test('[R1] the help of npm start names the settings of the stack itself', () => {
  for (const name of ['PORT', 'HOST', 'REPLICAS', 'DATA_DIR', 'RESTART_DELAY_MS', 'HEALTH_TIMEOUT_MS', 'BASE_PATH']) {
    expect(usage).toMatch(new RegExp(`^  ${name} `, 'm'))
  }
})

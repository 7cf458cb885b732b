// npm run generate: writes what is made from what the code declares: series and settings.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { valuesSchema } from './helm/values-schema.ts'
import { dashboard } from './monitoring/dashboard.ts'
import { metricsPage } from './monitoring/metrics-page.ts'
import { readUsage } from './usage.mjs'

const root = join(import.meta.dirname, '..')
const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`

/** By path, what stands in the files. */
export function generated(): ReadonlyMap<string, string> {
  return new Map([
    ['docs/metrics.md', metricsPage()],
    ['deploy/helm/baton/files/dashboard.json', json(dashboard())],
    ['deploy/helm/baton/values.schema.json', json(valuesSchema())],
  ])
}

if (import.meta.main) {
  readUsage(`npm run generate

Writes ${[...generated().keys()].join(', ')}, from what the code declares.
`)
  for (const [path, content] of generated()) writeFileSync(join(root, path), content)
}

// npm run monitoring: writes what is made from the series that the code declares.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dashboard } from './dashboard.ts'
import { metricsPage } from './metrics-page.ts'

const root = join(import.meta.dirname, '../..')

/** By path, what stands in the files. */
export function rendered(): ReadonlyMap<string, string> {
  return new Map([
    ['docs/metrics.md', metricsPage()],
    ['deploy/helm/baton/files/dashboard.json', `${JSON.stringify(dashboard(), null, 2)}\n`],
  ])
}

if (import.meta.main) for (const [path, content] of rendered()) writeFileSync(join(root, path), content)

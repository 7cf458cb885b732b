import { READINGS } from '../../src/observability/metrics.ts'
import { SERIES, type Series } from '../../src/ports/meter.ts'

const KINDS = { counter: 'counter', gauge: 'gauge', duration: 'histogram', size: 'histogram' } as const

/** docs/metrics.md: every series that a replica has of its own. */
export function metricsPage(): string {
  const info = row(
    'baton_build_info',
    'gauge',
    '1, with the version of this replica and the number of what it writes into Redis',
    { version: [], protocol: [] },
  )
  const told = Object.values<Series>(SERIES).map(({ name, kind, help, labels }) => row(name, KINDS[kind], help, labels))
  const read = Object.values(READINGS).map(([name, help]) => row(name, 'gauge', help, {}))
  return `# Metrics

What \`/metrics\` says beside what prom-client tells of the process (\`process_…\`, \`nodejs_…\`). Every series also has the label
\`replica\`. [Monitoring](monitoring.md) has the alerts and the dashboard. This page is made by \`npm run generate\`.

| series | kind | labels | meaning |
| --- | --- | --- | --- |
${[info, ...told, ...read].join('\n')}
`
}

function row(name: string, kind: string, help: string, labels: Series['labels']): string {
  const described = Object.entries(labels).map(([label, values]) => {
    const list = values.map((value) => `\`${value}\``).join(' ')
    return list === '' ? `\`${label}\`` : `\`${label}\`: ${list}`
  })
  return `| \`${name}\` | ${kind} | ${described.join('; ') || '–'} | ${help} |`
}

/** What operators are given to see Baton by: it names only what there is, and is up to date. */
import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { generated } from '../../deploy/generate.ts'
import { READINGS } from '../../src/observability/metrics.ts'
import { SERIES } from '../../src/ports/meter.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const alertExpressions = (): string[] =>
  parse(read('deploy/helm/baton/files/alerts.yml')).groups[0].rules.map(({ expr }: { expr: string }) => expr)
const hasPromtool = spawnSync('promtool', ['--version']).status === 0

test.each([...generated().keys()])('%s is as `npm run generate` makes it', (path) => {
  expect(read(path)).toBe(generated().get(path))
})

test('every series that is named anywhere is one that replicas have', () => {
  const series = Object.values(SERIES)
  const histograms = series.filter(({ kind }) => kind === 'duration' || kind === 'size')
  const known = new Set([
    'baton_build_info',
    ...series.map(({ name }) => name),
    ...Object.values(READINGS).map(([name]) => name),
    ...histograms.flatMap(({ name }) => ['bucket', 'sum', 'count'].map((part) => `${name}_${part}`)),
  ])
  const files = globSync(
    ['docs/*.md', 'deploy/helm/**/*.{yml,yaml,tpl,json}', 'deploy/monitoring/**/*.{ts,yml}', 'test/monitoring/*.yml'],
    {
      cwd: root,
    },
  )
  const named = files.flatMap((path) =>
    [...read(path).matchAll(/\bbaton_[a-z_]+\b/g)].map(([name]) => ({ path, name })),
  )
  expect(named.length).toBeGreaterThan(100)
  expect(named.filter(({ name }) => !known.has(name))).toEqual([])
})

test('every alert has a section that says what to do, and every section an alert', () => {
  const alerts = read('deploy/helm/baton/files/alerts.yml')
  const named = [...alerts.matchAll(/- alert: (\w+)/g)].map(([, name]) => name)
  const sections = [...read('docs/monitoring.md').matchAll(/^### (\w+)$/gm)].map(([, name]) => name)
  expect(sections.toSorted()).toEqual(named.toSorted())
  const links = [...alerts.matchAll(/runbook: docs\/monitoring\.md#(\w+)/g)].map(([, anchor]) => anchor)
  expect(links).toEqual(named.map((name) => name?.toLowerCase()))
})

test('no alert adds up or joins what belongs to several Batons', () => {
  const expressions = alertExpressions()
  for (const expression of expressions) {
    expect(expression).not.toMatch(/\b(?:sum|count|min|max|avg)\s*\(/)
    for (const [, labels] of expression.matchAll(/\b(?:by|on)\s*\(([^)]*)\)/g))
      expect(labels).toMatch(/^namespace, job\b/)
  }
})

test('no panel of the dashboard shows what belongs to several Batons', () => {
  const { panels } = JSON.parse(read('deploy/helm/baton/files/dashboard.json'))
  const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }: { expr: string }) => expr))
  expect(expressions.length).toBeGreaterThan(40)
  for (const expression of expressions)
    for (const [selected] of expression.matchAll(/\b(?:baton|process)_[a-z_]+(?:\{[^}]*\})?/g))
      expect(selected).toContain('{namespace=~"$namespace", job=~"$job"')
})

test('an alert on a quantile has its threshold where a bucket ends: within one Prometheus only guesses', () => {
  const thresholds = alertExpressions().flatMap((expression) => {
    const [, name = '', threshold] = /histogram_quantile\(.*\b(baton_\w+)_bucket.* > ([\d.]+)$/.exec(expression) ?? []
    return threshold === undefined ? [] : [{ name, threshold: Number(threshold) }]
  })
  expect(thresholds).toHaveLength(4)
  for (const { name, threshold } of thresholds)
    expect(Object.values(SERIES).find((series) => series.name === name)?.buckets, name).toContain(threshold)
})

test.skipIf(!hasPromtool)('each alert fires where it should and is quiet in a sound system', () => {
  const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', 'test/monitoring/alerts.test.yml'], {
    cwd: root,
    encoding: 'utf8',
  })
  expect({ status, said: stdout + stderr }).toMatchObject({ status: 0 })
})

// npm run docs: builds the documentation's site. What it takes is installed in docs/ alone, so that nobody else waits for it.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './freshness.mjs'
import { readUsage } from './usage.mjs'

const USAGE = `npm run docs [-- --serve]

Builds the documentation's site into artifacts/site, and prints where it is. --serve shows it.
`
const { values } = readUsage(USAGE, { options: { serve: { type: 'boolean' } } })
const docs = join(root, 'docs')
const run = (command, ...args) => execFileSync(command, args, { cwd: docs, stdio: 'inherit' })

if (!isInstalled()) run('npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund')
rmSync(join(docs, 'site'), { recursive: true, force: true })
run('node_modules/.bin/typedoc')
run('node_modules/.bin/vitepress', 'build')
console.log(join(root, 'artifacts/site/index.html'))
if (values.serve) run('node_modules/.bin/vitepress', 'preview')

function isInstalled() {
  const installed = join(docs, 'node_modules/.package-lock.json')
  if (!existsSync(installed)) return false
  const versions = (path) => Object.entries(JSON.parse(readFileSync(path, 'utf8')).packages)
  const present = new Map(versions(installed))
  return versions(join(docs, 'package-lock.json')).every(
    ([path, { version, optional }]) => path === '' || optional || present.get(path)?.version === version,
  )
}

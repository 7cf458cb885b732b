// npm run traces: the traces of answers, by OpenTelemetry's own SDK, through deaths (traces.test.ts). The SDK is none of Baton's packages:
// it is installed beside a copy of dist/, in .baton/traces, as an operator installs it beside the gateway. A real Jaeger takes them, too,
// where Go can build one: about five minutes, once (jaeger.test.ts).
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readUsage } from '../../deploy/usage.mjs'
import { buildJaeger } from './jaeger.ts'

const USAGE = `npm run traces [-- <arguments for vitest>]

The traces of answers, by OpenTelemetry's own SDK, through deaths. The SDK is installed into .baton/traces; where Go is, a
real Jaeger is built once, in about five minutes.
`
readUsage(USAGE, { strict: false })

const root = join(import.meta.dirname, '../..')
const place = join(root, '.baton/traces')
const { version, peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const wanted = Object.entries(peerDependencies).filter(([name]) => name.startsWith('@opentelemetry/'))

mkdirSync(place, { recursive: true })
const manifest = { private: true, type: 'module', version, dependencies: Object.fromEntries(wanted) }
writeFileSync(join(place, 'package.json'), JSON.stringify(manifest))
const install = ['install', '--no-package-lock', '--omit=dev', '--no-audit', '--no-fund', '--loglevel=error']
execFileSync('npm', install, { cwd: place, stdio: ['ignore', 'ignore', 'inherit'] })
rmSync(join(place, 'dist'), { recursive: true, force: true })
cpSync(join(root, 'dist'), join(place, 'dist'), { recursive: true })

await buildJaeger().catch((error: Error) => console.log(`Jaeger is skipped: ${error.message}`))

const vitest = join(root, 'node_modules/vitest/vitest.mjs')
const env = { ...process.env, TRACES: join(place, 'dist/main.js') }
const args = [vitest, 'run', 'test/traces', ...process.argv.slice(2)]
process.exit(spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env }).status ?? 1)

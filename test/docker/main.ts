// npm run docker: docker-compose.yml on a real engine, with real deaths (compose.test.ts). The engine is this machine's; where none runs, one
// of Debian's package docker.io is started for the time of the tests, which takes root. It keeps its images in .baton/docker.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { readUsage } from '../../deploy/usage.mjs'
import { composeCommand } from './compose.ts'
import { lackedImages, madeImages, makeDebian, standIn } from './images.ts'

const USAGE = `npm run docker [-- <arguments for vitest>]

Tries docker-compose.yml on this machine's engine; where none runs, on one that is started for it, which takes root.
`
readUsage(USAGE, { strict: false })

const root = join(import.meta.dirname, '../..')
const dataRoot = join(root, '.baton/docker')
const NAMESPACES = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc']

const PROGRAMS = ['dockerd', 'slirp4netns', 'debootstrap']

const isThere = (program: string) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0
const hasEngine = () => spawnSync('docker', ['info'], { stdio: 'ignore' }).status === 0

function giveUp(why: string): never {
  console.error(`Nothing was tried: ${why}`)
  process.exit(1)
}

async function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  const child = spawn(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
  // Ctrl-C reaches all of them by itself. unshare ends for nothing else, and everything inside ends with it.
  process.once('SIGINT', () => {})
  process.once('SIGTERM', () => child.kill(command === 'unshare' ? 'SIGKILL' : 'SIGTERM'))
  const [code] = await once(child, 'exit')
  return code ?? 1
}

const runTests = (): Promise<number> => {
  if (composeCommand() === undefined) giveUp('neither `docker compose` nor docker-compose is there')
  const lacked = lackedImages()
  if (lacked.length > 0) console.log(`Skipped, since there is no such image here: ${lacked.join(', ')}`)
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const args = [vitest, 'run', 'test/docker', ...process.argv.slice(2).filter((arg) => arg !== '--inside')]
  return run(process.execPath, args, { DOCKER: '1', DOCKER_LACKS: lacked.join(' ') })
}

/** Beside an engine of our own: what no registry gives is made, under the same name. Elsewhere that would spoil an image of somebody's. */
function runInside(): Promise<number> {
  for (const image of [...madeImages(), ...lackedImages()]) standIn(image)
  return runTests()
}

async function runOwnEngine(): Promise<number> {
  if (process.getuid?.() !== 0) giveUp('no Docker engine answers, and only root can start one')
  const missing = PROGRAMS.filter((program) => !isThere(program))
  if (missing.length > 0)
    giveUp(`no Docker engine answers, and to start one ${missing.join(', ')} would have to be there`)
  mkdirSync(dataRoot, { recursive: true })
  makeDebian()
  const inside = [process.execPath, import.meta.filename, '--inside', ...process.argv.slice(2)]
  return run('unshare', [...NAMESPACES, 'bash', join(import.meta.dirname, 'engine.sh'), dataRoot, ...inside])
}

process.exit(await (process.argv.includes('--inside') ? runInside() : hasEngine() ? runTests() : runOwnEngine()))

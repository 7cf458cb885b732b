import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Of the servers' packages: nothing is installed anywhere else. */
export const CACHE = join(import.meta.dirname, '../../../artifacts/providers')

/** What cannot be had here; the message is a sentence for the table. */
export class Unavailable extends Error {}

/** A package of others, in a place of its own, in the version that the table was made with. */
export interface Package {
  readonly name: string
  readonly version: string
  readonly registry: 'PyPI' | 'npm'
  /** What is asked for, one installation after the other; the last word of each is the requirement. */
  readonly steps: readonly (readonly string[])[]
}

const HEARTBEAT_MS = 10_000
const INSTALL_MS = 15 * 60_000
const REMEMBERED_LINES = 5

export function placeOf({ name }: Package): string {
  return join(CACHE, name.toLowerCase().replaceAll(/[^a-z0-9.-]/g, '-'))
}

/** Installs it, once. Rejects with `Unavailable` where it cannot be had. */
export async function install(wanted: Package, stop: AbortSignal): Promise<void> {
  const place = placeOf(wanted)
  const stamp = join(place, `complete-${wanted.version}`)
  if (existsSync(stamp)) return
  rmSync(place, { recursive: true, force: true })
  mkdirSync(place, { recursive: true })
  if (wanted.registry === 'PyPI') await makeVenv(place)
  for (const step of wanted.steps) {
    const [command, ...args] =
      wanted.registry === 'PyPI'
        ? [join(place, 'bin/pip'), 'install', '--quiet', '--disable-pip-version-check', ...step]
        : ['npm', 'install', '--prefix', place, '--no-audit', '--no-fund', '--ignore-scripts', ...step]
    await run(`Installing ${step.at(-1)} from ${wanted.registry}`, command, args, stop)
  }
  writeFileSync(stamp, '')
}

async function makeVenv(place: string): Promise<void> {
  const check = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))'
  await promisify(execFile)('python3', ['-c', check]).catch(() => {
    throw new Unavailable('there is no python3 of at least 3.10 with its venv module')
  })
  await promisify(execFile)('python3', ['-m', 'venv', place])
}

/** Says that it is still at work every few seconds. */
async function run(what: string, command: string, args: readonly string[], stop: AbortSignal): Promise<void> {
  const startedAt = performance.now()
  const seconds = () => `${Math.round((performance.now() - startedAt) / 1000)} s`
  console.log(`${what} …`)
  const heartbeat = setInterval(() => console.log(`${what} … ${seconds()}`), HEARTBEAT_MS)
  const signal = AbortSignal.any([stop, AbortSignal.timeout(INSTALL_MS)])
  const said: string[] = []
  try {
    const child = spawn('nice', ['-n', '10', command, ...args], { stdio: ['ignore', 'pipe', 'pipe'], signal })
    for (const output of [child.stdout, child.stderr])
      output.on('data', (text) => said.push(...String(text).split('\n')))
    const code = await new Promise((resolve, reject) => child.once('exit', resolve).once('error', reject))
    if (code !== 0) throw new Error(said.filter(Boolean).slice(-REMEMBERED_LINES).join('\n'))
    console.log(`${what}: done after ${seconds()}`)
  } catch (error) {
    stop.throwIfAborted()
    console.log(`${what}: failed after ${seconds()}\n${error instanceof Error ? error.message : error}`)
    throw new Unavailable(`${args.at(-1)} could not be installed`)
  } finally {
    clearInterval(heartbeat)
  }
}

import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

export const VERSION = 'v1.8.1'
const MODULE = `go.k6.io/k6@${VERSION}`
const IMAGE = `grafana/k6:${VERSION.slice(1)}`
const OLDEST_GO = [1, 25] as const
/** The first with `k6/websockets`. */
const OLDEST_K6 = [1, 6] as const
const HEARTBEAT_MS = 10_000

/** How k6 is run: a command, and what goes before k6's own arguments. */
export interface K6 {
  readonly command: string
  /** Those of the command itself; `environment` is what k6 is to find in its environment. */
  args(environment: Readonly<Record<string, string>>): readonly string[]
  /** Where it comes from, for the user. */
  readonly source: string
}

/** There is no k6 and no way to get it; the message says how. */
export class NoK6 extends Error {
  override readonly name = 'NoK6'
}

/** Finds k6 on the PATH, where it is new enough, or among what was built before, without getting it. */
export function findK6(root: string): K6 | null {
  if (isRecent('k6', ['version'], OLDEST_K6)) return installed('k6')
  const built = builtPath(root)
  return existsSync(built) ? installed(built) : null
}

/** Finds k6, or builds it, or takes it from a container image. Throws `NoK6`. */
export async function getK6(root: string, say: (line: string) => void, quit: AbortSignal): Promise<K6> {
  const found = findK6(root)
  if (found !== null) return found
  if (isRecent('go', ['version'], OLDEST_GO)) return buildK6(root, say, quit)
  if (output('docker', ['info']) !== null) return inContainer(root)
  throw new NoK6(
    `There is no k6 ${OLDEST_K6.join('.')} or newer. Put it on the PATH (https://grafana.com/docs/k6/latest/set-up/install-k6/), ` +
      `or install Go ${OLDEST_GO.join('.')} or newer, with which it is built here, or start Docker, which runs it.`,
  )
}

function installed(command: string): K6 {
  return { command, args: () => [], source: command }
}

/** In the host's network and with the checkout at the same path, so that nothing looks different from inside. */
function inContainer(root: string): K6 {
  const user = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`
  const fixed = ['run', '--rm', '--network', 'host', '--volume', `${root}:${root}`, '--workdir', root, '--user', user]
  const args = (environment: Readonly<Record<string, string>>): string[] => [
    ...fixed,
    ...Object.entries(environment).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    IMAGE,
  ]
  return { command: 'docker', args, source: `the image ${IMAGE}` }
}

function builtPath(root: string): string {
  return join(root, '.baton/tools', `k6-${VERSION}`, 'k6')
}

async function buildK6(root: string, say: (line: string) => void, quit: AbortSignal): Promise<K6> {
  const target = builtPath(root)
  const directory = join(target, '..')
  const making = `${directory}.new`
  rmSync(making, { recursive: true, force: true })
  mkdirSync(making, { recursive: true })
  say(`Building k6 ${VERSION} with Go; this takes a minute or two, once …`)
  const startedAt = Date.now()
  const heartbeat = setInterval(() => say(`  ${Math.round((Date.now() - startedAt) / 1000)} s`), HEARTBEAT_MS)
  try {
    const child = spawn('go', ['install', MODULE], {
      env: { ...process.env, GOBIN: making },
      stdio: 'pipe',
      signal: quit,
    })
    const said: string[] = []
    child.stderr.on('data', (chunk) => said.push(String(chunk)))
    const code = await new Promise((resolve) => child.once('close', resolve).once('error', resolve))
    quit.throwIfAborted()
    if (code !== 0) throw new NoK6(`k6 could not be built: go install ${MODULE}\n${said.slice(-10).join('')}`)
  } finally {
    clearInterval(heartbeat)
  }
  rmSync(directory, { recursive: true, force: true })
  renameSync(making, directory)
  return installed(target)
}

/** Whether `command` runs and says a version that is at least `oldest`. */
function isRecent(command: string, args: readonly string[], oldest: readonly [number, number]): boolean {
  const [major = 0, minor = 0] =
    /(\d+)\.(\d+)/
      .exec(output(command, args) ?? '')
      ?.slice(1)
      .map(Number) ?? []
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1])
}

/** Null where `command` is not there or fails. */
function output(command: string, args: readonly string[]): string | null {
  try {
    return execFileSync(command, [...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 10_000 })
  } catch {
    return null
  }
}

import { execFileSync, spawn } from 'node:child_process'
import { accessSync, constants, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'

export const VERSION = 'v1.8.1'
const MODULE = `go.k6.io/k6@${VERSION}`
const IMAGE = `grafana/k6:${VERSION.slice(1)}`
const OLDEST_GO = [1, 25] as const
const HEARTBEAT_MS = 10_000

/** How k6 is run: what goes before its own arguments. */
export interface K6 {
  readonly command: string
  readonly args: readonly string[]
  /** Where it comes from, for the user. */
  readonly source: string
}

/** There is no k6 and no way to get it; the message says how. */
export class NoK6 extends Error {
  override readonly name = 'NoK6'
}

/** Finds k6 on the PATH or among what was built before, without getting it. */
export function findK6(root: string): K6 | null {
  const onPath = which('k6')
  if (onPath !== null) return { command: onPath, args: [], source: onPath }
  const built = builtPath(root)
  return existsSync(built) ? { command: built, args: [], source: built } : null
}

/** Finds k6, or builds it, or takes it from a container image. Throws `NoK6`. */
export async function getK6(root: string, say: (line: string) => void): Promise<K6> {
  const found = findK6(root)
  if (found !== null) return found
  if (hasGo()) return buildK6(root, say)
  if (answers('docker', ['info'])) {
    const mount = `${root}:${root}`
    const args = ['run', '--rm', '-i', '--network', 'host', '-v', mount, '-w', root, '-u', `${process.getuid?.() ?? 0}`]
    return { command: 'docker', args: [...args, IMAGE], source: `the image ${IMAGE}` }
  }
  throw new NoK6(
    'k6 is not here. Put it on the PATH (https://grafana.com/docs/k6/latest/set-up/install-k6/), or install Go ' +
      `${OLDEST_GO.join('.')} or newer, with which it is built, or Docker.`,
  )
}

function builtPath(root: string): string {
  return join(root, '.baton/tools', `k6-${VERSION}`, 'k6')
}

async function buildK6(root: string, say: (line: string) => void): Promise<K6> {
  const target = builtPath(root)
  const directory = join(target, '..')
  const making = `${directory}.new`
  rmSync(making, { recursive: true, force: true })
  mkdirSync(making, { recursive: true })
  say(`Building k6 ${VERSION} with Go; this takes a minute or two, once …`)
  const startedAt = Date.now()
  const heartbeat = setInterval(() => say(`  ${Math.round((Date.now() - startedAt) / 1000)} s`), HEARTBEAT_MS)
  try {
    const child = spawn('go', ['install', MODULE], { env: { ...process.env, GOBIN: making }, stdio: 'pipe' })
    const said: string[] = []
    child.stderr.on('data', (chunk) => said.push(String(chunk)))
    const code = await new Promise((resolve) => child.once('close', resolve).once('error', resolve))
    if (code !== 0) throw new NoK6(`k6 could not be built: go install ${MODULE}\n${said.slice(-10).join('')}`)
  } finally {
    clearInterval(heartbeat)
  }
  rmSync(directory, { recursive: true, force: true })
  renameSync(making, directory)
  return { command: target, args: [], source: target }
}

function hasGo(): boolean {
  try {
    const said = execFileSync('go', ['version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    const [major = 0, minor = 0] = /go(\d+)\.(\d+)/.exec(said)?.slice(1).map(Number) ?? []
    return major > OLDEST_GO[0] || (major === OLDEST_GO[0] && minor >= OLDEST_GO[1])
  } catch {
    return false
  }
}

function answers(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, [...args], { stdio: 'ignore', timeout: 10_000 })
    return true
  } catch {
    return false
  }
}

function which(name: string): string | null {
  const paths = (process.env.PATH ?? '').split(delimiter).map((directory) => join(directory, name))
  return paths.find(isExecutable) ?? null
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

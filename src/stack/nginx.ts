import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { delimiter, join } from 'node:path'
import type { Program } from './child.ts'
import { plainEnvironment } from './environment.ts'
import { httpProbe } from './health.ts'
import { installation } from './settings.ts'
import { unprivilegedUser } from './users.ts'

const STOP_MS = 3000
const CONFIGURATION = 'nginx.conf'
/** Each takes some 15 MiB for its connections. */
const MOST_WORKERS = 4
/** Where Debian keeps it: not on the PATH of users other than root. */
const SYSTEM_DIRECTORIES = ['/usr/sbin', '/usr/local/sbin', '/sbin']

/** The variables of nginx.conf in which its variants differ. */
export interface Edge {
  readonly BATON_LISTEN: string
  readonly BATON_EDGE: string
  readonly BATON_CONNECTIONS: string
  readonly BATON_ACCESS_LOG: string
}

const PLAIN = { BATON_EDGE: '', BATON_CONNECTIONS: '2000', BATON_ACCESS_LOG: 'off' }

/**
 * nginx on `host:port` before `replicaPorts`, with all of its files in the data directory, so that it needs no root.
 * Where root starts it, its workers are somebody who may do nothing, and may not pass through the data directory either:
 * their paths start in the working directory, where they stand already.
 */
export function nginxProgram(
  port: number,
  host: string,
  replicaPorts: readonly number[],
  dataDir: string,
  basePath = '',
  edge: Partial<Edge> = {},
): Program {
  const cwd = join(dataDir, 'nginx')
  mkdirSync(cwd, { recursive: true })
  chmodSync(cwd, 0o711)
  const variables = { ...PLAIN, BATON_LISTEN: listenOn(host, port), ...edge }
  writeFileSync(join(cwd, CONFIGURATION), renderConfiguration(variables, replicaPorts), { mode: 0o600 })
  const url = `http://${reachable(host)}:${port}`
  return {
    name: 'nginx',
    port,
    command: findNginx(),
    args: ['-p', './', '-c', CONFIGURATION, '-e', 'stderr', '-g', `${workers()}daemon off;`],
    env: plainEnvironment(process.env),
    cwd,
    logFile: join(dataDir, 'logs', 'nginx.log'),
    quiet: true,
    stopMs: STOP_MS,
    probe: httpProbe(`${url}/nginx-healthz`, `${url}${basePath}/healthz`),
    healthUrl: `${url}/nginx-healthz`,
  }
}

/** The shared nginx.conf with its variables filled in, as the image of nginx does it with envsubst. */
function renderConfiguration(edge: Edge, replicaPorts: readonly number[]): string {
  const variables: Record<string, string> = {
    ...edge,
    BATON_SERVERS: replicaPorts.map((port) => `server 127.0.0.1:${port} max_fails=0;`).join('\n    '),
    BATON_DIR: '.',
    BATON_WORKERS: String(Math.min(availableParallelism(), MOST_WORKERS)),
  }
  const template = readFileSync(join(installation, 'nginx.conf'), 'utf8')
  return template.replaceAll(/\$\{(BATON_\w+)\}/g, (placeholder, name: string) => variables[name] ?? placeholder)
}

/** `::` is every address of this machine, as for Node.js: nginx by itself would leave out those of IPv4. */
function listenOn(host: string, port: number): string {
  return `${bracketed(host)}:${port}${host.includes(':') ? ' ipv6only=off' : ''}`
}

/** Only root can choose who the workers are. */
function workers(): string {
  const somebody = process.getuid?.() === 0 ? unprivilegedUser() : undefined
  return somebody === undefined ? '' : `user ${somebody.user} ${somebody.group}; `
}

/** The address under which this machine reaches a server that listens on `host`, as it stands in a URL. */
export function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '') return '127.0.0.1'
  return host === '::' ? '[::1]' : bracketed(host)
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

function findNginx(): string {
  const directories = [...(process.env.PATH ?? '').split(delimiter), ...SYSTEM_DIRECTORIES]
  return directories.map((directory) => join(directory, 'nginx')).find((path) => existsSync(path)) ?? 'nginx'
}

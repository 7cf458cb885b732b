import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { delimiter, join } from 'node:path'
import type { Program } from './child.ts'
import { httpProbe } from './health.ts'
import { installation } from './settings.ts'

const STOP_MS = 3000
/** Each takes some 15 MiB for its connections. */
const MOST_WORKERS = 4
/** Where Debian keeps it: not on the PATH of users other than root. */
const SYSTEM_DIRECTORIES = ['/usr/sbin', '/usr/local/sbin', '/sbin']

/** nginx on `host:port` before `replicaPorts`, with all of its files in the data directory, so that it needs no root. */
export function nginxProgram(port: number, host: string, replicaPorts: readonly number[], dataDir: string): Program {
  const cwd = join(dataDir, 'nginx')
  const configuration = join(cwd, 'nginx.conf')
  mkdirSync(cwd, { recursive: true })
  writeFileSync(configuration, renderConfiguration(`${bracketed(host)}:${port}`, replicaPorts, cwd))
  // Started as root, nginx would hand its work to a user who may not enter the data directory.
  const user = process.getuid?.() === 0 ? 'user root; ' : ''
  const url = `http://${reachable(host)}:${port}`
  return {
    name: 'nginx',
    port,
    command: findNginx(),
    args: ['-p', cwd, '-c', configuration, '-e', 'stderr', '-g', `${user}daemon off;`],
    env: process.env,
    cwd,
    logFile: join(dataDir, 'logs', 'nginx.log'),
    quiet: true,
    stopMs: STOP_MS,
    probe: httpProbe(`${url}/nginx-healthz`, `${url}/healthz`),
    healthUrl: `${url}/nginx-healthz`,
  }
}

/** The shared nginx.conf with its variables filled in, as the image of nginx does it with envsubst. */
export function renderConfiguration(listen: string, replicaPorts: readonly number[], directory: string): string {
  const variables: Record<string, string> = {
    BATON_LISTEN: listen,
    BATON_SERVERS: replicaPorts.map((port) => `server 127.0.0.1:${port} max_fails=0;`).join('\n    '),
    BATON_DIR: directory,
    BATON_WORKERS: String(Math.min(availableParallelism(), MOST_WORKERS)),
  }
  const template = readFileSync(join(installation, 'nginx.conf'), 'utf8')
  return template.replaceAll(/\$\{(BATON_\w+)\}/g, (placeholder, name: string) => variables[name] ?? placeholder)
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

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Edge, nginxProgram } from '../../src/stack/nginx.ts'
import { eventually } from './conditions.ts'
import { freePort } from './redis.ts'

/** A real nginx of a test's own with the product's nginx.conf, on 127.0.0.1. */
export interface TestNginx {
  readonly url: string
  readonly port: number
  readonly pid: number
  /** Its access log, where that is on. */
  readonly accessLog: string
  /** What it has written to its error log: all of it once it has stopped. */
  said(): string
  /** Ends it and removes its files. */
  stop(): Promise<void>
}

/** Resolves once it answers. `edge`: what differs from the plain variant, of a port and the path of the access log. */
export async function startNginx(
  replicaPorts: readonly number[],
  edge: (port: number, accessLog: string) => Partial<Edge> = () => ({}),
): Promise<TestNginx> {
  const directory = mkdtempSync(join(tmpdir(), 'baton-nginx-'))
  const accessLog = join(directory, 'access.log')
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const { command, args, cwd } = nginxProgram(port, '127.0.0.1', replicaPorts, directory, '', edge(port, accessLog))
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] })
  const said: string[] = []
  child.stderr.on('data', (chunk) => said.push(String(chunk)))
  const leaveNothing = () => child.kill('SIGTERM')
  process.once('exit', leaveNothing)
  await eventually('nginx answers', async () => {
    if (child.exitCode !== null) throw new Error(`nginx did not start:\n${said.join('')}`)
    return fetch(`${url}/nginx-healthz`).then(
      () => true, // refused where it speaks TLS alone
      () => false,
    )
  })
  return {
    url,
    port,
    accessLog,
    pid: child.pid ?? 0,
    said: () => said.join(''),
    async stop() {
      process.off('exit', leaveNothing)
      await end(child)
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** SIGTERM is nginx's fast shutdown: master and workers. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'close')
  child.kill('SIGTERM')
  await gone
}

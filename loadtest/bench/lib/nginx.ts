import type { ChildProcess } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { nginxProgram } from '../../../src/stack/nginx.ts'
import { nchanConfiguration } from '../systems/peers.ts'
import { freePort, type Processes } from './processes.ts'
import { untilAnswered } from './ready.ts'
import { scratch } from './scratch.ts'

/** What clients connect to where it is not a replica. */
export interface Front {
  readonly url: string
  readonly process: ChildProcess
  /** How a replica is told of it. */
  readonly env: Readonly<Record<string, string>>
  /** Ends it and removes its files. */
  stop(): Promise<void>
}

/** nginx before the replicas, as the product's stack starts it. */
export async function startNginx(processes: Processes, replicaPorts: readonly number[]): Promise<Front> {
  const directory = scratch('nginx')
  const port = await freePort()
  const { command, args, cwd } = nginxProgram(port, '127.0.0.1', replicaPorts, directory.path)
  const server = processes.start('nginx', command, args, { cwd })
  const url = `http://127.0.0.1:${port}`
  await processes.during(untilAnswered('nginx', `${url}/nginx-healthz`))
  return { url, process: server, env: {}, stop: () => stop(processes, server, directory) }
}

/** nginx with Nchan before one app, which publishes through it. */
export async function startNchan(processes: Processes, appPort: number, redisUrl: string): Promise<Front> {
  const directory = scratch('nchan')
  const [port, publishPort] = [await freePort(), await freePort()]
  const product = nginxProgram(port, '127.0.0.1', [appPort], directory.path)
  const file = join(directory.path, 'nchan.conf')
  writeFileSync(file, nchanConfiguration(port, publishPort, appPort, redisUrl))
  const args = product.args.map((arg, i) => (product.args[i - 1] === '-c' ? file : arg))
  const server = processes.start('nginx', product.command, args, { cwd: product.cwd })
  return {
    url: `http://127.0.0.1:${port}`,
    process: server,
    env: { PUBLISH_URL: `http://127.0.0.1:${publishPort}/publish` },
    stop: () => stop(processes, server, directory),
  }
}

async function stop(processes: Processes, server: ChildProcess, directory: { remove(): void }): Promise<void> {
  await processes.stop(server)
  directory.remove()
}

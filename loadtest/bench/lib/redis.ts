import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type Processes } from './processes.ts'

export interface BenchRedis {
  readonly url: string
  readonly process: ChildProcess
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

/** A redis-server of its own with the append-only file on, as Baton's stack runs it. */
export async function startRedis(processes: Processes): Promise<BenchRedis> {
  const directory = mkdtempSync(join(tmpdir(), 'baton-bench-redis-'))
  const forget = () => rmSync(directory, { recursive: true, force: true })
  process.once('exit', forget)
  const port = await freePort()
  const ready = Promise.withResolvers<void>()
  const settings = {
    port: `${port}`,
    bind: '127.0.0.1',
    dir: directory,
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
    'maxmemory-policy': 'noeviction',
  }
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
  const server = processes.start('redis-server', 'redis-server', args, {
    onLine: (line) => line.includes('Ready to accept connections') && ready.resolve(),
  })
  await processes.during(ready.promise)
  return {
    url: `redis://127.0.0.1:${port}`,
    process: server,
    async stop() {
      await processes.stop(server)
      process.off('exit', forget)
      forget()
    },
  }
}

import type { Broker } from './broker.ts'
import { freePort, type Processes } from './processes.ts'
import { scratch } from './scratch.ts'

/** A redis-server of its own with the append-only file on, as Baton's stack runs it. */
export async function startRedis(processes: Processes): Promise<Broker> {
  const directory = scratch('redis')
  const port = await freePort()
  const ready = Promise.withResolvers<void>()
  const settings = {
    port: `${port}`,
    bind: '127.0.0.1',
    dir: directory.path,
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
    process: server,
    env: { REDIS_URL: `redis://127.0.0.1:${port}` },
    async stop() {
      await processes.stop(server)
      directory.remove()
    },
  }
}

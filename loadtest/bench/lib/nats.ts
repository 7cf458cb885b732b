import { findNats } from '../systems/peers.ts'
import type { Broker } from './broker.ts'
import { freePort, type Processes } from './processes.ts'
import { scratch } from './scratch.ts'

/** A nats-server of its own with JetStream on disk. */
export async function startNats(processes: Processes): Promise<Broker> {
  const directory = scratch('nats')
  const port = await freePort()
  const ready = Promise.withResolvers<void>()
  const args = ['-js', '-a', '127.0.0.1', '-p', `${port}`, '-sd', directory.path]
  const server = processes.start('nats-server', findNats() ?? 'nats-server', args, {
    onLine: (line) => line.includes('Server is ready') && ready.resolve(),
  })
  await processes.during(ready.promise)
  return {
    process: server,
    env: { NATS_URL: `127.0.0.1:${port}` },
    async stop() {
      await processes.stop(server)
      directory.remove()
    },
  }
}

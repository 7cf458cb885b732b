/** What the log says of why Redis did not carry a command out. */
import { expect, onTestFinished, test } from 'vitest'
import { silentLog } from '../../src/ports/log.ts'
import { reasonOf } from '../../src/ports/session-store.ts'
import { available } from '../../src/store/redis/available.ts'
import { connectRedis } from '../../src/store/redis/connect.ts'
import { startRedis } from '../support/redis.ts'

async function connectedRedis() {
  const server = await startRedis()
  const said: { reason?: string }[] = []
  const log = { ...silentLog, warn: (fields: object) => void said.push(fields) }
  const connections = await connectRedis({ REDIS_URL: [server.url] }, log)
  onTestFinished(async () => {
    await server.kill()
    await connections.close()
    await server.stop()
  })
  const ask = () =>
    available(connections.commands.get('x')).then(
      () => 'it answered',
      (error: unknown) => reasonOf(error),
    )
  return { server, said, connections, ask }
}

test('[G1] the reason of an outage names no option of the library: a Redis that is gone', async () => {
  const { server, said, connections, ask } = await connectedRedis()
  server.freeze()
  const underWay = ask()
  await server.kill()
  expect(await underWay).toBe('no connection')
  await expect.poll(() => connections.state()).toBe('away')
  expect(await ask()).toBe('no connection')
  expect(JSON.stringify(said)).not.toMatch(/retries|enableOfflineQueue/i)
})

test('[G1] the reason of an outage names no option of the library: a Redis that is frozen', async () => {
  const { server, ask } = await connectedRedis()
  server.freeze()
  expect(await ask()).toBe('no reply')
})

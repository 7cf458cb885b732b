import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { startApp } from '../../src/app.ts'
import { readSettings } from '../../src/config/settings.ts'
import { startRedis } from '../support/redis.ts'
import { TestClient } from '../support/test-client.ts'

/** A wire to Redis on which replies can be held up, but not what is published. */
async function wireTo(port: number) {
  const held: (() => void)[] = []
  let holds = false
  const server = createServer((client: Socket) => {
    const redis = connect(port, '127.0.0.1')
    let subscribes = false
    client.on('data', (data) => {
      subscribes ||= /s?subscribe/i.test(data.toString('latin1'))
      redis.write(data)
    })
    redis.on('data', (data) => {
      if (holds && !subscribes) held.push(() => client.write(data))
      else client.write(data)
    })
    for (const [one, other] of [
      [client, redis],
      [redis, client],
    ] as const) {
      one.on('error', () => {})
      one.on('close', () => other.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold() {
      holds = true
    },
    go() {
      holds = false
      for (const write of held.splice(0)) write()
    },
  }
}

test('[E] a session that is cleared on another replica while it is opened here is told as ended', async () => {
  const redis = await startRedis()
  onTestFinished(() => redis.stop())
  const wire = await wireTo(redis.port)
  const start = async (id: string, url: string) => {
    const app = await startApp(
      readSettings({
        REDIS_URL: url,
        LOG_LEVEL: 'silent',
        REPLICA_ID: id,
        HOST: '127.0.0.1',
        PORT: '0',
        DRAIN_TIMEOUT: '1',
        OPENAI_BASE_URL: 'http://127.0.0.1:1/v1',
      }),
    )
    onTestFinished(() => app.stop())
    return `http://127.0.0.1:${app.port}`
  }
  const [one, two] = await Promise.all([start('r1', redis.url), start('r2', wire.url)])
  const a = await TestClient.connect(one)
  const b = await TestClient.connect(two)
  await b.newSession()
  const sessionId = await a.newSession()

  wire.hold()
  const opening = b.open({ sessionId })
  const inspected = new Redis(redis.url)
  onTestFinished(() => inspected.disconnect())
  await expect
    .poll(() => inspected.hlen(`session:{${sessionId}}:watchers`), { message: 'Redis has let both in' })
    .toBe(2)
  await a.request('session:clear', { sessionId })
  await a.event('session:ended')
  await new Promise((resolve) => setTimeout(resolve, 100)) // so that it is told there, where nothing shows of it
  wire.go()
  expect((await opening).session.id, 'it was there').toBe(sessionId)
  const told = [{ sessionId, reason: 'cleared' }]
  await expect.poll(() => b.all('session:ended'), { timeout: 10_000 }).toEqual(told)
  expect(a.all('session:ended'), 'once').toEqual(told)
})

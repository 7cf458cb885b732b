import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { eventually } from '../support/conditions.ts'
import { RawClient } from '../support/raw-client.ts'

/** Too deep for whatever walks through it by recursion. */
const DEPTH = 50_000
const DEEP = `${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}`

let cluster: Cluster
beforeAll(async () => {
  cluster = await startCluster({ program: [join(import.meta.dirname, '../support/faulty-main.ts')] })
})
afterAll(() => cluster.stop()) // rejects where the replica has died

async function caughtAt(door: string): Promise<number> {
  const metrics = await (await fetch(`${cluster.urlOf(0)}/metrics`)).text()
  return Number(new RegExp(`^baton_caught_total\\{.*door="${door}".*\\} (\\d+)$`, 'm').exec(metrics)?.[1])
}

/** JSON of a message that can be read and cannot be written. */
function poison(seq: number): string {
  return `{"id":"${randomUUID()}","seq":${seq},"role":"user","content":"x","status":"complete","attempt":1,"createdAt":"2026-11-27T00:00:00.000Z","metadata":{"a":${DEEP}}}`
}

test('[X6] what is thrown where nobody catches it is logged with its stack and counted, and an answer streams on', async () => {
  let finished = false
  cluster.model.script(async function* () {
    for (let i = 0; !finished; i++) {
      yield `${i} `
      await new Promise((resolve) => setTimeout(resolve, 3))
    }
  })
  const client = await cluster.connect()
  const sessionId = await client.newSession()
  const { answer } = await client.send(sessionId, 'Count')
  const shown = await client.text(answer.id)
  process.kill(cluster.replica(0).pid, 'SIGUSR2')
  await eventually('all five are counted', async () => (await caughtAt('process')) === 5)
  await client.text(answer.id, shown.length + 20)
  finished = true
  expect((await client.ended(answer.id)).status).toBe('complete')
  for (let i = 0; i < 5; i++) {
    expect(
      cluster.replica(0).logs.find(({ level, err }) => level === 'error' && JSON.stringify(err).includes(`fault ${i}`)),
    ).toMatchObject({ err: { stack: expect.stringContaining('faulty-main') } })
  }
})

test('[X6] a message in Redis that is nested too deeply is passed over, and costs nobody anything', async () => {
  const bystander = await cluster.connect()
  const sessionId = await bystander.newSession()
  const client = await cluster.connect()
  const poisoned = await client.newSession()
  const redis = cluster.inspect()
  await redis.hset(`session:{${poisoned}}`, 'seq', 1, 'version', 1, 'message:1', poison(1))
  expect((await client.open({ sessionId: poisoned })).messages).toEqual([])
  expect((await client.request('session:history', { sessionId: poisoned })).messages).toEqual([])
  await bystander.request('session:extend', { sessionId })
})

test('[X6] a note that is nested too deeply is passed over, and the one beside it arrives', async () => {
  const bystander = await cluster.connect()
  const sessionId = await bystander.newSession()
  const raw = await RawClient.join(cluster.urlOf(0))
  const { session } = (await raw.emit('"session:open"', '{}')) as { session: { id: string } }
  const redis = cluster.inspect()
  const [address] = await redis.smembers('replicas')
  const noteOf = (message: string) => `{"kind":"message","sessionId":"${session.id}","message":${message},"version":1}`
  const whole = poison(1).replace(DEEP, '{}')
  expect(await redis.spublish(`replica:{${address}}`, `[${noteOf(poison(1))},${noteOf(whole)}]`)).toBe(1)
  const told = await raw.frame((frame) => frame.startsWith('42["message"'))
  expect(told).not.toContain(DEEP)
  await bystander.request('session:extend', { sessionId })
})

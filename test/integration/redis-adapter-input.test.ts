import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { eventually } from '../support/conditions.ts'

let cluster: Cluster
beforeAll(async () => {
  cluster = await startCluster()
})
afterAll(() => cluster?.stop())

const MALFORMED = 'what another replica published is malformed'
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`

test('[X6] whatever is published on the channel of the Socket.IO adapter ends no replica, and its clients notice nothing', async () => {
  const redis = cluster.inspect()
  const client = await cluster.connect()
  const sessionId = await client.newSession()
  const [, channel = ''] = ((await redis.call('PUBSUB', 'SHARDCHANNELS', 'socket.io*')) as string[]).sort().reverse()
  const opts = '{"rooms":["a"],"except":[],"flags":{}}'
  const data = [
    '{}',
    'null',
    '7',
    '{"opts":null}',
    `{"opts":${opts}}`,
    `{"opts":${opts},"requestId":"r"}`,
    '{"opts":{"rooms":[],"except":[]},"requestId":"r"}',
    `{"opts":${opts},"packet":${nested(20_000)}}`,
    '{"opts":{"rooms":[],"except":[]},"packet":{"type":2,"data":[],"nsp":"/"}}',
    `{"opts":{"rooms":[],"except":[]},"packet":{"type":2,"data":["x",${nested(20_000)}],"nsp":"/"}}`,
    `{"opts":${opts},"packet":{"type":2,"data":["x"],"nsp":"/"},"requestId":${nested(20_000)}}`,
    '{"packet":null,"requestId":"r"}',
    '{"requestId":"r","clientCount":{},"sockets":null}',
  ]
  const types = Array.from({ length: 16 }, (_, type) => type)
  const typed = types.flatMap((type) => data.map((each) => `{"uid":"x","nsp":"/","type":${type},"data":${each}}`))
  const channels = ['socket.io#/#', channel]
  for (const payload of ['', '{', '{}', '\u0000\u0001', nested(20_000), 'null', '{"uid":"x","nsp":"/"}', ...typed]) {
    for (const each of channels) await redis.spublish(each, payload)
  }
  // Redis has them all; the replica has read nearly all once it has complained so often.
  const complaints = () => cluster.replica(0).logs.filter(({ msg }) => msg === MALFORMED).length
  await eventually('they are read', () => complaints() >= 400)
  // A DISCONNECT_SOCKETS that is well-formed is another replica's word, and may have been obeyed.
  const other = await cluster.connect()
  expect((await other.open({ sessionId })).resumed).toBe(true)
  cluster.model.say('all is well')
  const { answer } = await other.send(sessionId, 'How are you?')
  expect(await other.ended(answer.id)).toMatchObject({ content: 'all is well' })
  const said = new Set(cluster.replica(0).logs.map(({ msg }) => msg))
  expect(said).not.toContain('caught: nobody else did')
  expect(said).toContain(MALFORMED)
})

import { randomUUID } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cluster, startCluster, type Where } from '../support/cluster.ts'
import { eventually, within } from '../support/conditions.ts'
import { RawClient } from '../support/raw-client.ts'
import { RawConnection, upgradeRequest } from '../support/raw-connection.ts'

const SOCKET_IO = '/socket.io/?EIO=4&transport=websocket'

let cluster: Cluster
beforeAll(async () => {
  cluster = await startCluster({ nginx: true, env: { RATE_LIMIT: '1000', CONNECT_LIMIT: '100000' } })
})
afterAll(() => cluster.stop()) // rejects where the replica has died

const descriptors = () => readdirSync(`/proc/${cluster.replica(0).pid}/fd`).length

async function expectWell(where: Where = 0): Promise<void> {
  const client = await cluster.connect(where)
  await client.newSession()
  expect(cluster.replica(0).running).toBe(true)
}

describe.each<Where>([0, 'nginx'])('through %s', (where) => {
  test('[X6] a second CONNECT in the same write costs its sender the connection, and nobody else anything', async () => {
    const bystander = await cluster.connect(where)
    const sessionId = await bystander.newSession()
    const raw = await RawClient.open(cluster.urlOf(where))
    raw.sendTogether(['40', '40', '40'])
    await raw.closed
    expect(await bystander.request('session:extend', { sessionId })).toMatchObject({ ttlSeconds: 3600 })
    await eventually('only the bystander is counted', async () => {
      const metrics = await (await fetch(`${cluster.urlOf(0)}/metrics`)).text()
      return /^baton_connections(?:\{.*\})? 1$/m.test(metrics)
    })
    await expectWell(where)
  })

  test.each(['h2c', 'foo', 'websocket', 'WebSocket, h2c'])(
    '[X7] a plain request that names Upgrade: %s stays one, and so does its connection',
    async (protocol) => {
      const connection = await RawConnection.open(cluster.urlOf(where))
      for (let i = 0; i < 3; i++) {
        connection.write(upgradeRequest('/healthz', protocol))
        expect(await connection.expect('"ok"')).toMatch(/^HTTP\/1\.1 200 /)
      }
      connection.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')
      expect(await connection.expect('"ok"')).toMatch(/^HTTP\/1\.1 200 /)
    },
  )
})

test('[X6] a second CONNECT later costs the connection as well', async () => {
  const raw = await RawClient.join(cluster.urlOf(0))
  raw.send('40')
  expect(await raw.closed).toBe(1008)
})

test('whoever sends no CONNECT is let go after five seconds', async () => {
  const raw = await RawClient.open(cluster.urlOf(0))
  const openedAt = performance.now()
  await within('the end', raw.closed)
  expect(performance.now() - openedAt).toBeGreaterThan(4500)
})

test('[X6] another namespace is refused, however often, and the right one can be joined still', async () => {
  const raw = await RawClient.open(cluster.urlOf(0))
  raw.sendTogether(['40/admin,', '40/admin,'])
  await raw.frame((frame) => frame.startsWith('44/admin,'))
  raw.send('40/,')
  await raw.frame((frame) => frame.startsWith('40{'))
  expect(raw.open).toBe(true)
})

test('[X6] whoever leaves the namespace leaves the connection', async () => {
  const raw = await RawClient.join(cluster.urlOf(0))
  raw.send('41')
  await raw.closed
})

test.each([
  ['of an older protocol', SOCKET_IO.replace('EIO=4', 'EIO=3'), 'Host: x', /"EIO: must be 4/],
  ['of several protocols', `${SOCKET_IO}&EIO=3`, 'Host: x', /"EIO: must be 4/],
  ['of no protocol', '/socket.io/?transport=websocket', 'Host: x', /"EIO: must be 4/],
  ['with two hosts', SOCKET_IO, 'Host: x\r\nHost: y', /"host: must be there once"/],
])('[X1] [X2] an upgrade %s is refused as HTTP, before there is a WebSocket', async (_, path, host, message) => {
  const connection = await RawConnection.open(cluster.urlOf(0))
  connection.write(upgradeRequest(path, 'websocket').replace('Host: x', host))
  await connection.closed()
  expect(connection.read).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n.*\{"error":\{"code":"invalid",/s)
  expect(connection.read).toMatch(message)
})

test('[X4] a connection is not taken over past the checks of the upgrade', async () => {
  const raw = await RawClient.join(cluster.urlOf(0))
  const sid = JSON.parse(raw.frames[0]?.slice(1) ?? '').sid
  const connection = await RawConnection.open(cluster.urlOf(0))
  connection.write(upgradeRequest(`${SOCKET_IO}&sid=${sid}`, 'websocket'))
  expect(await connection.expect('\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /)
  expect(raw.open).toBe(true)
})

describe('[X6] a connection that is reset', () => {
  const requests: [string, string][] = [
    ['in an upgrade of another path', upgradeRequest('/x', 'websocket')],
    ['in an upgrade to another protocol', upgradeRequest('/healthz', 'h2c')],
    ['in the handshake of a WebSocket', upgradeRequest(SOCKET_IO, 'websocket')],
    ['in a refused handshake', upgradeRequest('/socket.io/?EIO=4&transport=nothing', 'websocket')],
    ['in a pipeline', `GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n${upgradeRequest('/x', 'websocket')}`],
    ['after nonsense', 'X\r\n\r\n'],
    ['after half a header', 'GET / HTTP/1.1\r\nHo'],
  ]
  test.each(requests)('%s ends nothing', async (_, request) => {
    const before = descriptors()
    for (let i = 0; i < 60; i++) {
      const { socket } = await RawConnection.open(cluster.urlOf(0))
      await new Promise<void>((resolve) => socket.write(request, () => resolve()))
      // At every stage that a replica may be in by then.
      for (let turn = 0; turn < i % 6; turn++) await new Promise((resolve) => setImmediate(resolve))
      socket.resetAndDestroy()
    }
    await expectWell()
    await eventually('the descriptors are back', () => descriptors() <= before + 2)
  })
})

/** A masked WebSocket frame of text, as clients send it; the mask is zero. */
function textFrame(text: string): Buffer {
  const payload = Buffer.from(text)
  const length = Buffer.from([payload.length >> 8, payload.length & 0xff])
  return Buffer.concat([Buffer.from([0x81, 0x80 | 126]), length, Buffer.alloc(4), payload])
}

test('[X5] [X6] a socket counts by the address that its upgrade was admitted for, whose request is let go of', async () => {
  const sessionId = await (await cluster.connect(0)).newSession()
  const address = '192.0.2.7'
  const connection = await RawConnection.open(cluster.urlOf(0))
  const forwarded = `Host: x\r\nX-Forwarded-For: ${address}`
  connection.write(upgradeRequest(SOCKET_IO, 'websocket').replace('Host: x', forwarded))
  await connection.expect('"sid"')
  connection.socket.write(textFrame('40'))
  await connection.expect('40{')
  const message = JSON.stringify({ sessionId, id: randomUUID(), content: 'Hello' })
  connection.socket.write(textFrame(`420["message:send",${message}]`))
  await connection.expect('430[{"ok":true')
  const counted = await cluster.inspect().keys('limit:*:192*')
  expect(counted.sort()).toEqual([`limit:connect:${address}`, `limit:message:${address}`])
})

describe('[X6] no descriptor outlives a client that is gone, or its deadline', () => {
  test('after upgrades to what is not offered, on connections that were kept alive', async () => {
    const before = descriptors()
    for (let i = 0; i < 30; i++) {
      const connection = await RawConnection.open(cluster.urlOf(0))
      connection.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')
      await connection.expect('"ok"')
      connection.write(upgradeRequest('/healthz', 'h2c'))
      connection.socket.end()
    }
    await eventually('the descriptors are back', () => descriptors() <= before + 2)
  })

  test.each([
    ['says nonsense', 'X\r\n\r\n'],
    ['sends half a header', 'GET / HTTP/1.1\r\nHo'],
  ])('where it %s and keeps its end open', async (_, request) => {
    const before = descriptors()
    const connections = await Promise.all(Array.from({ length: 5 }, () => RawConnection.open(cluster.urlOf(0))))
    for (const { socket } of connections) {
      socket.allowHalfOpen = true // it does not answer the replica's FIN
      socket.write(request)
    }
    await eventually('it is told', () => connections.every(({ read }) => read.startsWith('HTTP/1.1 400 ')), 25_000)
    await eventually('the descriptors are back', () => descriptors() <= before + 2)
  })
})

/** A gateway that lets clients poll (POLLING=1), whose time stands still until a test moves it. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { readSettings } from '../../src/config/settings.ts'
import type { ConversationApi } from '../../src/conversation/api.ts'
import { Gateway } from '../../src/gateway/server.ts'
import { Backlog } from '../../src/network/backlog.ts'
import { LargeReplies } from '../../src/network/large-replies.ts'
import { silentLog } from '../../src/ports/log.ts'
import { noMeter } from '../../src/ports/meter.ts'
import { noLimit, type RateLimiter } from '../../src/ports/rate-limiter.ts'
import { HandClock } from '../support/hand-clock.ts'
import { refusalOf } from '../support/raw-client.ts'

interface Scene {
  readonly connectLimiter?: RateLimiter
  readonly api?: Partial<ConversationApi>
}

async function start({ connectLimiter = noLimit, api = {} }: Scene = {}) {
  const clock = new HandClock()
  const cuts: number[] = []
  const gateway = new Gateway({
    settings: readSettings({ STORE: 'memory', POLLING: '1', ALLOWED_ORIGINS: 'https://good.example' }),
    authenticator: { authenticate: async () => ({ user: null, expiresAt: null }) },
    connectLimiter,
    backlog: new Backlog({ maxAnswerBytes: 1024 * 1024, clock, onCut: (bytes) => cuts.push(bytes) }),
    largeReplies: new LargeReplies(clock),
    adapterClients: null,
    clock,
    meter: noMeter,
    log: silentLog,
  })
  const http = createServer().listen(0, '127.0.0.1')
  await once(http, 'listening')
  gateway.attach(http, api as ConversationApi)
  onTestFinished(async () => {
    await gateway.close()
    http.closeAllConnections()
  })
  return { gateway, clock, cuts, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` }
}

const FULL: RateLimiter = { ...noLimit, take: async () => 1500 }
const BROKEN: RateLimiter = { ...noLimit, take: () => Promise.reject(new Error('a bug')) }

test.each([
  ['[X4] a page of another origin', {}, 'https://evil.example', 403, 'forbidden', null],
  ['[X5] an address with too many connections', { connectLimiter: FULL }, undefined, 429, 'rate_limited', '2'],
  ['[F5] whoever comes to a replica that is going', {}, undefined, 503, 'overloaded', '1'],
  ['[X6] whoever comes upon a bug', { connectLimiter: BROKEN }, undefined, 500, 'internal', null],
] as const)(
  '[X1] %s is refused alike, by WebSocket and by polling',
  async (_, scene, origin, status, code, retryAfter) => {
    const { gateway, url } = await start(scene)
    if (status === 503) await gateway.drain(0)
    const headers: Record<string, string> = origin === undefined ? {} : { origin }
    const polled = await fetch(`${url}/socket.io/?EIO=4&transport=polling`, { headers })
    const body = await polled.json()
    expect([polled.status, polled.headers.get('retry-after')]).toEqual([status, retryAfter])
    expect(body).toMatchObject({ error: { code } })
    const upgrade = await refusalOf(url, headers)
    expect([upgrade.response.statusCode, upgrade.response.headers['retry-after'] ?? null]).toEqual([status, retryAfter])
    expect(upgrade.body).toEqual(body)
  },
)

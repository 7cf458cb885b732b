import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { readSettings } from '../../src/config/settings.ts'
import type { ConversationApi } from '../../src/conversation/api.ts'
import { Gateway } from '../../src/gateway/server.ts'
import { Backlog } from '../../src/network/backlog.ts'
import { LargeReplies } from '../../src/network/large-replies.ts'
import { silentLog } from '../../src/ports/log.ts'
import { noMeter } from '../../src/ports/meter.ts'
import { noLimit, type RateLimiter } from '../../src/ports/rate-limiter.ts'
import { HandClock } from './hand-clock.ts'

export interface Scene {
  readonly env?: Readonly<Record<string, string>>
  readonly connectLimiter?: RateLimiter
  readonly api?: Partial<ConversationApi>
}

/** The Socket.IO side of a gateway alone, whose time stands still until a test moves it. It is closed when the test has finished. */
export async function startBareGateway({ env, connectLimiter = noLimit, api = {} }: Scene = {}) {
  const clock = new HandClock()
  const cuts: number[] = []
  const gateway = new Gateway({
    settings: readSettings({ STORE: 'memory', ...env }),
    authenticator: { authenticate: async () => ({ user: null, expiresAt: null }) },
    connectLimiter,
    backlog: new Backlog({ maxAnswerBytes: 8 * 1024 * 1024, clock, onCut: (bytes) => cuts.push(bytes) }),
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
    http.close()
  })
  return { gateway, http, clock, cuts, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` }
}

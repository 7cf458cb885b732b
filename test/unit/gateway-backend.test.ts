import { io } from 'socket.io-client'
import { expect, onTestFinished, test } from 'vitest'
import type { Gateway } from '../../src/gateway/server.ts'
import type { Backend } from '../../src/protocol/message.ts'
import { startBareGateway } from '../support/bare-gateway.ts'

const SESSION = { id: 'a session', userId: null, createdAt: '', lastActivity: '', messageCount: 0, ttlSeconds: 60 }

/** A client whose session is read from `backend`, while `meanwhile` happens; gives what it is shown of backends, in order. */
async function shown(backend: Backend, meanwhile: (gateway: Gateway) => void): Promise<string[]> {
  const { gateway, url } = await startBareGateway({
    api: {
      async open() {
        meanwhile(gateway)
        return { session: SESSION, resumed: false, messages: [], after: 0, replica: 'r1', backend, subscription: null }
      },
      async history() {
        return { messages: [], hasMore: false, session: SESSION }
      },
    },
  })
  const client = io(url, { transports: ['websocket'] })
  onTestFinished(() => void client.close())
  const seen: string[] = []
  client.on('backend', (told: { backend: Backend }) => seen.push(told.backend))
  client.emit('session:open', {}, (opened: { backend: Backend }) => seen.push(`opened ${opened.backend}`))
  await client.emitWithAck('session:history', { sessionId: '0b7b1d3c-55a5-4c0e-9d4c-0a5f0b0f2a01' }) // what comes before it is there
  return seen
}

test.each([
  ['redis', 'memory'],
  ['memory', 'redis'],
] as const)('[G2] who was told of %s while its session was read from %s is told so again', async (now, from) => {
  const seen = await shown(from, (gateway) => gateway.tellBackend(now))
  expect(seen).toEqual([now, `opened ${from}`, now])
})

test('[G1] who reads from what all know of is told nothing more', async () => {
  expect(await shown('memory', () => {})).toEqual(['opened memory'])
  expect(await shown('redis', (gateway) => gateway.tellBackend('redis'))).toEqual(['redis', 'opened redis'])
})

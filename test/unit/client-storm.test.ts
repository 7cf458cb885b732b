/** Thousands of clients that come back at once: who comes first, and how long a try is waited for. */
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { BatonClient } from '../../src/client/client.ts'
import { when } from '../support/clients.ts'
import { eventually } from '../support/conditions.ts'
import { scriptedClients } from '../support/scripted-clients.ts'

const scripted = scriptedClients()
const { clientOf } = scripted

describe('a gateway that is swamped is waited for longer with each try', () => {
  const timings = { connectMs: 300, openMs: 300, rivalMs: 3_600_000 }
  const slowly = <T>(what: T) => new Promise<T>((resolve) => setTimeout(resolve, 700, what))

  test('with its handshakes', async () => {
    scripted.gateway.admit = () => slowly(null)
    const client = clientOf({ timings })
    await client.open()
    expect(client.state.connection).toBe('online')
  })

  test('with session:open', async () => {
    scripted.gateway.on('session:open', () => slowly(scripted.gateway.opened()))
    const client = clientOf({ timings })
    await client.open()
    expect(client.state.connection).toBe('online')
  })
})

describe('when a replica dies those come back first who wait for an answer', () => {
  /** Cuts all connections, and gives whoever loses one here without waiting for anything a minute's wait. */
  async function cut(client: BatonClient) {
    const random = vi.spyOn(Math, 'random').mockReturnValueOnce(0).mockReturnValueOnce(120)
    scripted.gateway.cut()
    await when(client, ({ connection }) => connection === 'reconnecting')
    random.mockRestore()
  }

  /** Resolves once the gateway was asked, which says nothing. */
  function unanswered(event: 'message:send' | 'message:regenerate'): Promise<void> {
    return new Promise((resolve) => {
      scripted.gateway.on(event, () => {
        resolve()
        return new Promise(() => {})
      })
    })
  }

  async function calmClient() {
    const calm = clientOf()
    await calm.open()
    await cut(calm)
    return calm
  }

  test('who sees one stand still', async () => {
    const calm = await calmClient()
    scripted.gateway.messages = [scripted.gateway.message({ content: 'Hel', status: 'streaming' })]
    const watching = clientOf()
    await watching.open()
    await cut(watching)
    await when(watching, ({ connection }) => connection === 'online')
    expect(calm.state.connection).toBe('reconnecting')
  })

  test('who has asked for another attempt', async () => {
    const calm = await calmClient()
    scripted.gateway.messages = [scripted.gateway.message({ content: 'Hello' })]
    const asking = clientOf()
    await asking.open()
    const asked = unanswered('message:regenerate')
    asking.regenerate().catch(() => {})
    await asked
    await cut(asking)
    await when(asking, ({ connection }) => connection === 'online')
    expect(calm.state.connection).toBe('reconnecting')
  })

  test('who has asked and was not answered', async () => {
    const calm = await calmClient()
    const asking = clientOf()
    await asking.open()
    const asked = unanswered('message:send')
    asking.send('hi').catch(() => {})
    await asked
    await cut(asking)
    await when(asking, ({ connection }) => connection === 'online')
    expect(calm.state.connection).toBe('reconnecting')
  })

  test('who begins to wait', async () => {
    const calm = await calmClient()
    calm.send('hi').catch(() => {})
    await when(calm, ({ connection }) => connection === 'online')
  })

  test('but nobody out of turn where a try has failed already', async () => {
    const client = clientOf()
    await client.open()
    const random = vi.spyOn(Math, 'random').mockReturnValue(0)
    onTestFinished(() => random.mockRestore())
    scripted.gateway.admit = () => {
      random.mockReturnValue(600) // the next wait is a minute
      return { code: 'overloaded', message: 'too many', retryable: true }
    }
    scripted.gateway.cut()
    await when(client, ({ error }) => error?.code === 'overloaded')
    random.mockRestore()
    scripted.gateway.admit = () => null
    client.send('hi').catch(() => {})
    await clientOf().open()
    expect(scripted.gateway.tokens.length).toBe(3)
  })

  test('who begins to wait while its token is fetched does not fetch another', async () => {
    const fetched: ((token: string) => void)[] = []
    const client = clientOf({ token: () => new Promise((resolve) => fetched.push(resolve)) })
    const opening = client.open()
    await eventually('a token is asked for', () => fetched.length === 1)
    fetched[0]?.('first')
    await opening
    scripted.gateway.cut()
    await eventually('another token is asked for', () => fetched.length === 2)
    client.send('hi').catch(() => {})
    fetched[1]?.('second')
    await scripted.gateway.until(() => scripted.gateway.sent('message:send').length === 1)
    expect(fetched.length).toBe(2)
  })
})

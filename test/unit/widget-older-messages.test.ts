import { expect, test } from 'vitest'
import { BatonClient } from '../../src/client/index.ts'
import { OlderMessages } from '../../src/widget/older-messages.ts'
import { ScriptedGateway } from '../support/scripted-gateway.ts'

test('older messages are fetched again where what is held begins later than before', async () => {
  const gateway = await ScriptedGateway.start()
  const client = new BatonClient({ url: gateway.url })
  try {
    const [a, b, c] = [5, 6, 7].map((seq) => gateway.message({ seq }))
    if (!a || !b || !c) throw new Error('there are three')
    gateway.messages = [b, c]
    gateway.on('session:history', ({ before = 0 }) => ({
      messages: before > 5 ? [a, b].slice(0, before - 5) : [],
      hasMore: false,
    }))
    const older = new OlderMessages(() => {})
    const look = () => older.look({ scrollTop: 0 } as HTMLElement, client.state, client)
    await client.open()
    await look()
    await look() // the beginning is there
    expect(gateway.sent('session:history').map(({ before }) => before)).toEqual([6])
    client.switchTo(gateway.sessionId)
    gateway.messages = [c]
    await client.open()
    await look()
    expect(client.state.messages.map(({ seq }) => seq)).toEqual([5, 6, 7])
    await look()
    expect(gateway.sent('session:history').map(({ before }) => before)).toEqual([6, 7])
  } finally {
    client.close()
    await gateway.close()
  }
})

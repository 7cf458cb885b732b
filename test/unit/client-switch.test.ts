/** Found by a reader of the code. */
import { expect, test } from 'vitest'
import { Clients, storage, when } from '../support/clients.ts'
import { eventually } from '../support/conditions.ts'
import { ScriptedGateway } from '../support/scripted-gateway.ts'

test('a clear that waits for the network does not clear the conversation that is opened meanwhile', async () => {
  const gateway = await ScriptedGateway.start()
  const clients = new Clients(gateway.url)
  try {
    const [mine, other] = [gateway.sessionId, '11111111-1111-4111-8111-111111111111']
    gateway.on('session:open', ({ sessionId }) => {
      const opened = gateway.opened([])
      return { ...opened, session: { ...opened.session, id: sessionId ?? mine }, after: 0 }
    })
    let cut = true
    gateway.on('session:clear', () => {
      if (!cut) return {}
      cut = false
      return null // the replica dies: no acknowledgement comes
    })
    const client = clients.of({ storage: storage() })
    await client.open()
    const cleared = client.clear().catch((error: unknown) => error)
    await eventually('asked', () => gateway.sent('session:clear').length === 1)
    client.switchTo(other)
    await when(client, ({ session, ended }) => session?.id === other || ended !== null)
    expect(await cleared).toMatchObject({ code: 'closed' })
    expect(gateway.sent('session:clear').map(({ sessionId }) => sessionId)).not.toContain(other)
    expect(client.state).toMatchObject({ ended: null, session: { id: other } })
  } finally {
    clients.close()
    await gateway.close()
  }
})

import { expect, test } from 'vitest'
import { storage, when } from '../support/clients.ts'
import { eventually } from '../support/conditions.ts'
import { scriptedClients } from '../support/scripted-clients.ts'

const scripted = scriptedClients()
const { clientOf } = scripted

test('a clear that waits for the network does not clear the conversation that is opened meanwhile', async () => {
  const { gateway } = scripted
  const other = '11111111-1111-4111-8111-111111111111'
  gateway.openMany().add(other)
  let cut = true
  gateway.on('session:clear', () => {
    if (!cut) return {}
    cut = false
    return null // the replica dies: no acknowledgement comes
  })
  const client = clientOf({ storage: storage() })
  await client.open()
  const cleared = client.clear().catch((error: unknown) => error)
  await eventually('asked', () => gateway.sent('session:clear').length === 1)
  client.switchTo(other)
  await when(client, ({ session, ended }) => session?.id === other || ended !== null)
  expect(await cleared).toMatchObject({ code: 'closed' })
  expect(gateway.sent('session:clear').map(({ sessionId }) => sessionId)).not.toContain(other)
  expect(client.state).toMatchObject({ ended: null, session: { id: other } })
})

test('another conversation can be opened where the storage is full', async () => {
  scripted.gateway.openMany()
  const full = () => {
    throw new DOMException('full', 'QuotaExceededError')
  }
  const client = clientOf({ storage: Object.assign(storage(), { setItem: full }) })
  await client.open()
  const first = client.state.session?.id ?? ''
  client.newConversation()
  await when(client, ({ session }) => session !== null && session.id !== first)
  client.switchTo(first)
  const { session } = await when(client, ({ session }) => session !== null)
  expect(session?.id).toBe(first)
})

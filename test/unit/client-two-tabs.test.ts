import { randomUUID } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import type { Message } from '../../src/protocol/message.ts'
import { storage, when } from '../support/clients.ts'
import { scriptedClients } from '../support/scripted-clients.ts'

const scripted = scriptedClients()
const { clientOf } = scripted
const kept = storage()
let told: ((event: object) => void)[] = []

beforeEach(() => {
  told = []
  Object.assign(globalThis, {
    addEventListener: (name: string, listener: (event: object) => void) => name === 'storage' && told.push(listener),
    removeEventListener: () => {},
  })
})

test.each(['redis', 'memory'] as const)(
  '[G4] of a session that was lost goes out again what was not answered, also where another tab opened the next first (%s)',
  async (backend) => {
    const { gateway } = scripted
    kept.clear()
    let now: 'redis' | 'memory' = 'memory'
    gateway.on('session:open', ({ sessionId, after = 0 }) => {
      const messages = sessionId === gateway.sessionId ? gateway.messages.filter(({ seq }) => seq > after) : []
      return { ...gateway.opened(messages), after, backend: now }
    })
    gateway.on('message:send', (request) => {
      const taken = gateway.take(request)
      const answer: Message = { ...taken.answer, status: 'streaming' }
      gateway.messages = gateway.messages.map((message) => (message.id === answer.id ? answer : message))
      return { ...taken, answer, persisted: false, backend: 'memory' }
    })
    const tab = clientOf({ storage: kept })
    await tab.open()
    const { message } = await tab.send('asked and not answered')
    // The gateway is begun again, without a memory (STORE=memory); the other tab is the first to open a session there.
    now = backend
    gateway.messages = []
    gateway.sessionId = randomUUID()
    kept.set('baton:session', gateway.sessionId)
    gateway.cut()
    for (const tell of told) tell({ storageArea: kept, key: 'baton:session', newValue: gateway.sessionId })
    const shown = await Promise.race([
      when(tab, ({ messages }) => messages.some(({ id }) => id === message.id) && gateway.messages.length === 2),
      new Promise((resolve) => setTimeout(resolve, 2000, null)),
    ])
    expect(shown).not.toBeNull()
    expect(gateway.messages[0]).toMatchObject({ id: message.id })
  },
)

test('[M2] what is being answered in one conversation is not asked again in another that another tab began', async () => {
  const { gateway } = scripted
  kept.clear()
  gateway.on('message:send', (request) => {
    const taken = gateway.take(request)
    return { ...taken, answer: { ...taken.answer, status: 'streaming' }, persisted: false, backend: 'memory' }
  })
  const tab = clientOf({ storage: kept })
  await tab.open()
  await tab.send('said in the old conversation')
  const other = randomUUID()
  for (const newValue of [null, other]) {
    if (newValue === null) kept.delete('baton:session')
    else kept.set('baton:session', newValue)
    if (newValue !== null) Object.assign(gateway, { sessionId: other, messages: [] })
    for (const tell of told) tell({ storageArea: kept, key: 'baton:session', newValue })
  }
  gateway.on('message:send', (request) => gateway.take(request))
  await when(tab, ({ session }) => session?.id === other)
  await tab.send('said in the new one')
  expect(gateway.sent('message:send').map(({ content }) => content)).toEqual([
    'said in the old conversation',
    'said in the new one',
  ])
})

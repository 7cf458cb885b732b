import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { BatonClientOptions } from '../../src/client/index.ts'
import { prefixOf } from '../../src/client/storage.ts'
import { storage } from '../support/clients.ts'
import { scriptedClients } from '../support/scripted-clients.ts'
import { ScriptedGateway } from '../support/scripted-gateway.ts'

const scripted = scriptedClients()
const PAGE = new URL('https://site.example/shop/')

beforeEach(() => vi.stubGlobal('location', PAGE))
afterEach(() => vi.unstubAllGlobals())

test.each([
  ['no gateway is named', {}, 'baton'],
  ['the gateway is at the origin of the page', { url: 'https://site.example/' }, 'baton'],
  ['at a prefix of it', { url: '/chat/' }, 'baton:https://site.example/chat'],
  ['at another origin', { url: 'https://chat.example' }, 'baton:https://chat.example'],
  ['at another origin, with a user', { url: 'https://chat.example', userId: 'ada' }, 'baton:https://chat.example:ada'],
  ['with a user', { userId: 'ada' }, 'baton:ada'],
  ['the address is no gateway’s', { url: 'mailto:ada' }, 'baton'],
])('the keys on a page: %s', (_, options, prefix) => {
  expect(prefixOf(options)).toBe(prefix)
})

test('where there is no page, the keys do not name the gateway: the storage is the app’s own', () => {
  vi.unstubAllGlobals()
  expect(prefixOf({ url: 'https://chat.example', userId: 'ada' })).toBe('baton:ada')
})

test('[W3] two gateways of one page have a conversation each, and what was typed for one is not sent to the other', async () => {
  const other = await ScriptedGateway.start()
  try {
    for (const gateway of [scripted.gateway, other]) gateway.openMany()
    const kept = storage()
    const first = scripted.clientOf({ storage: kept })
    await first.open()
    const mine = first.state.session?.id
    scripted.gateway.on('message:send', () => null)
    const lost = first.send('for the first')
    await scripted.gateway.until(() => scripted.gateway.sent('message:send').length === 1)
    first.close()
    await expect(lost).rejects.toMatchObject({ code: 'closed' })

    const second = scripted.clientOf({ storage: kept, url: other.url })
    await second.open()
    expect(second.state.outbox).toEqual([])
    expect(other.sent('session:open')).toEqual([{}])

    const back = scripted.clientOf({ storage: kept })
    await back.open()
    expect(back.state.outbox).toMatchObject([{ content: 'for the first' }])
    expect(scripted.gateway.sent('session:open').at(-1)).toMatchObject({ sessionId: mine })
  } finally {
    await other.close()
  }
})

test('a storageKey is for each user apart', async () => {
  scripted.gateway.openMany()
  const kept = storage()
  const idOf = async (options: BatonClientOptions) => {
    const client = scripted.clientOf({ storage: kept, storageKey: 'shop', ...options })
    await client.open()
    client.close()
    return scripted.gateway.sent('session:open').at(-1)?.sessionId
  }
  await idOf({ userId: 'ada' })
  expect(await idOf({ userId: 'bob' })).toBeUndefined()
  expect(await idOf({ userId: 'ada' })).toBeDefined()
})

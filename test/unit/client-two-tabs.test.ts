import { randomUUID } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import type { BatonClient, StorageLike } from '../../src/client/index.ts'
import type { Message } from '../../src/protocol/message.ts'
import { storage, when } from '../support/clients.ts'
import { within } from '../support/conditions.ts'
import { scriptedClients } from '../support/scripted-clients.ts'
import { refused } from '../support/scripted-gateway.ts'

const scripted = scriptedClients()
const { clientOf } = scripted
const kept = storage()
let listeners: { name: string; listener: (event: object) => void }[] = []

beforeEach(() => {
  listeners = []
  kept.clear()
  Object.assign(globalThis, {
    addEventListener: (name: string, listener: (event: object) => void) => listeners.push({ name, listener }),
    removeEventListener: () => {},
  })
})

/** An event of the window. */
function happens(name: string, event: object): void {
  for (const one of listeners) if (one.name === name) one.listener(event)
}

function tell(storageArea: object, key: string, oldValue: string | null, newValue: string | null): void {
  happens('storage', { storageArea, key, oldValue, newValue })
}

/** As the session's id. */
function otherTabWrites(id: string | null): void {
  const before = kept.getItem('baton:session')
  if (id === null) kept.removeItem('baton:session')
  else kept.setItem('baton:session', id)
  tell(kept, 'baton:session', before, id)
}

/** Resolves once the tab has that session open. */
const isIn = (tab: BatonClient, id: string | undefined) =>
  within(
    'it is there',
    when(tab, ({ session }) => session?.id === id),
  )

/** One storage as two tabs have it: each is told, a turn later, what the other has written. */
function twoTabs(): [StorageLike, StorageLike] {
  const ofTab = (other: () => StorageLike): StorageLike => {
    const write = (key: string, value: string | null) => {
      const before = kept.getItem(key)
      if (value === null) kept.removeItem(key)
      else kept.setItem(key, value)
      setTimeout(() => tell(other(), key, before, value))
    }
    return { getItem: kept.getItem, setItem: write, removeItem: (key) => write(key, null) }
  }
  const one: StorageLike = ofTab(() => two)
  const two: StorageLike = ofTab(() => one)
  return [one, two]
}

test.each(['redis', 'memory'] as const)(
  '[G4] of a session that was lost goes out again what was not answered, also where another tab opened the next first (%s)',
  async (backend) => {
    const { gateway } = scripted
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
    gateway.cut()
    otherTabWrites(gateway.sessionId)
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
  gateway.on('message:send', (request) => {
    const taken = gateway.take(request)
    return { ...taken, answer: { ...taken.answer, status: 'streaming' }, persisted: false, backend: 'memory' }
  })
  const tab = clientOf({ storage: kept })
  await tab.open()
  await tab.send('said in the old conversation')
  const other = randomUUID()
  otherTabWrites(null)
  Object.assign(gateway, { sessionId: other, messages: [] })
  otherTabWrites(other)
  gateway.on('message:send', (request) => gateway.take(request))
  await when(tab, ({ session }) => session?.id === other)
  await tab.send('said in the new one')
  expect(gateway.sent('message:send').map(({ content }) => content)).toEqual([
    'said in the old conversation',
    'said in the new one',
  ])
})

test('[W3] tabs whose session has expired, and which open the next at the same time, stay in step', async () => {
  const { gateway } = scripted
  const [known, others, next] = [gateway.openMany(), randomUUID(), randomUUID()]
  known.add(others).add(next)
  gateway.on('message:send', (request) => gateway.take(request))
  kept.set('baton:session', randomUUID())
  const tab = clientOf({ storage: kept })
  await tab.open()
  const mine = tab.state.session?.id
  // The other tab wrote just before this one: what is stored is this one's.
  tell(kept, 'baton:session', randomUUID(), others)
  await tab.send('said here')
  expect(gateway.sent('message:send').map(({ sessionId }) => sessionId)).toEqual([mine])
  // It goes over to this one's, and begins a new conversation there.
  otherTabWrites(null)
  otherTabWrites(next)
  await isIn(tab, next)
})

test('[W3] a conversation of another tab that is unknown here is left alone; the next that it begins is followed', async () => {
  const { gateway } = scripted
  const [known, unknown, next] = [gateway.openMany(), randomUUID(), randomUUID()]
  known.add(next)
  const tab = clientOf({ storage: kept })
  await tab.open()
  const mine = tab.state.session?.id
  otherTabWrites(unknown)
  await gateway.until(() => gateway.sent('session:open').length === 3)
  await when(tab, ({ session }) => session?.id === mine)
  gateway.cut()
  await when(tab, ({ connection }) => connection !== 'online')
  await when(tab, ({ connection }) => connection === 'online')
  expect(kept.get('baton:session')).toBe(unknown)
  otherTabWrites(next)
  await isIn(tab, next)
})

test('[M2] what one tab gave up with its conversation is not sent into the next by another', async () => {
  const { gateway } = scripted
  gateway.openMany()
  const taken: string[] = []
  gateway.on('message:send', (request) => {
    if (request.sessionId === first && taken.length > 0) return refused('answer_in_progress', true)
    taken.push(request.content)
    return gateway.take(request)
  })
  const [here, there] = twoTabs()
  const one = clientOf({ storage: here })
  await one.open()
  const first = one.state.session?.id
  await one.send('asked')
  const given = one.send('given up').catch(({ code }) => code)
  const two = clientOf({ storage: there })
  await two.open()
  expect(two.state.outbox.map(({ content }) => content)).toEqual(['given up'])
  one.newConversation()
  await when(two, ({ session, outbox }) => session !== null && session.id !== first && outbox.length === 0)
  await one.send('asked anew')
  expect([await given, ...taken]).toEqual(['closed', 'asked', 'asked anew'])
  expect(two.state.session?.id).toBe(one.state.session?.id)
})

test('a tab that goes back from a session unknown to it is not led astray on its way by another one', async () => {
  const { gateway } = scripted
  const known = gateway.openMany()
  const tab = clientOf({ storage: kept })
  await tab.open()
  const mine = tab.state.session?.id
  let opens = 0
  gateway.on('session:open', ({ sessionId = '' }) => {
    if (++opens === 2) otherTabWrites(randomUUID()) // it is on its way back
    gateway.sessionId = known.has(sessionId) ? sessionId : randomUUID()
    return { ...gateway.opened([]), after: 0 }
  })
  otherTabWrites(randomUUID())
  await gateway.until(() => opens === 4)
  await isIn(tab, mine)
})

test('[W3] [M2] what the next page has sent is not sent into another conversation by one that is come back to', async () => {
  const { gateway } = scripted
  const known = gateway.openMany()
  gateway.on('message:send', () => null)
  const page = clientOf({ storage: kept })
  await page.open()
  const first = page.send('said once')
  await gateway.until(() => gateway.sent('message:send').length === 1)
  happens('pagehide', {})
  // The next page sends it, and begins another conversation; the browser had kept this one.
  const other = randomUUID()
  known.add(other)
  kept.removeItem('baton:outbox')
  kept.setItem('baton:session', other)
  happens('pageshow', { persisted: true })
  await isIn(page, other)
  gateway.on('message:send', (request) => gateway.take(request))
  await within('another is sent', page.send('said then'))
  expect(gateway.sent('message:send').map(({ content }) => content)).toEqual(['said once', 'said then'])
  await expect(first).rejects.toMatchObject({ code: 'closed' })
})

test.each(['has opened another', 'could open no other'])(
  '[W3] [G4] what was acknowledged in a session that was lost is sent again by a page that is come back to: the next one %s',
  async (how) => {
    const { gateway } = scripted
    const known = gateway.openMany()
    gateway.on('message:send', (request) => {
      const { answer, ...taken } = gateway.take(request)
      return { ...taken, answer: { ...answer, status: 'streaming' }, persisted: false, backend: 'memory' }
    })
    const page = clientOf({ storage: kept })
    await page.open()
    const { message } = await page.send('said without Redis')
    happens('pagehide', {})
    // The session was lost with its replica. The next page finds that, and is left before the message is taken.
    known.clear()
    gateway.messages = []
    kept.delete('baton:session')
    if (how === 'has opened another') {
      kept.set('baton:session', randomUUID())
      known.add(kept.get('baton:session') ?? '')
    }
    happens('pageshow', { persisted: true })
    await within(
      'it is taken',
      gateway.until(() => gateway.messages.some(({ id }) => id === message.id)),
    )
    expect(page.state.session?.id).toBe(kept.get('baton:session'))
  },
)

test('[M2] what another tab gave up while it was on its way is not kept where it is refused', async () => {
  const { gateway } = scripted
  const asked = Promise.withResolvers<ReturnType<typeof refused>>()
  gateway.on('message:send', () => asked.promise)
  gateway.on('session:history', () => ({ messages: [], hasMore: false }))
  const tab = clientOf({ storage: kept })
  await tab.open()
  const sending = tab.send('hello')
  await gateway.until(() => gateway.sent('message:send').length === 1)
  kept.removeItem('baton:outbox')
  otherTabWrites(null)
  await expect(sending).rejects.toMatchObject({ code: 'closed' })
  asked.resolve(refused('too_large'))
  await tab.history() // the refusal has come before
  expect(kept.has('baton:outbox')).toBe(false)
  expect(tab.state.outbox).toEqual([])
})

test('[W3] a message that was refused in one conversation does not come into another that a second tab goes on with', async () => {
  const { gateway } = scripted
  const known = gateway.openMany()
  gateway.on('message:send', () => refused('too_large'))
  const [one, two] = twoTabs()
  const other = clientOf({ storage: two })
  await other.open()
  const tab = clientOf({ storage: one })
  await tab.open()
  await expect(tab.send('said here')).rejects.toMatchObject({ code: 'too_large' })
  const next = randomUUID()
  known.add(next)
  other.switchTo(next)
  await isIn(tab, next)
  const reloaded = clientOf({ storage: two })
  await reloaded.open()
  expect(reloaded.state.session?.id).toBe(next)
  expect(reloaded.state.outbox).toEqual([])
})

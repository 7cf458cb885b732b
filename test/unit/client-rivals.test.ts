/** Where one connection is silent, others are tried beside it (F2). The time limits of a try are out of reach: nothing but a rival helps. */
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { BatonClientOptions } from '../../src/client/index.ts'
import { Clients, when } from '../support/clients.ts'
import { eventually } from '../support/conditions.ts'
import { refused, ScriptedGateway } from '../support/scripted-gateway.ts'
import { type SilentFront, startSilentFront } from '../support/silent-front.ts'

const NEVER = 3_600_000
const timings = { connectMs: NEVER, openMs: NEVER, probeMs: NEVER, silenceMs: 20, rivalMs: 600 }

let gateway: ScriptedGateway
beforeEach(async () => {
  gateway = await ScriptedGateway.start()
  gateway.messages = [gateway.message({ content: 'so far', status: 'streaming' })]
})
afterEach(() => gateway.close())

/** A client before a front, some of whose connections are silent. */
async function behind(isSilent: (number: number) => boolean, options: BatonClientOptions = {}) {
  const front = await startSilentFront(gateway.url, isSilent)
  const clients = new Clients(front.url)
  onTestFinished(async () => {
    clients.close()
    await front.stop()
  })
  return { front, client: clients.of({ timings, ...options }) }
}

const onlyOneIsLeft = (front: SilentFront) =>
  eventually('one connection is left', () => front.open === 1 && gateway.connections === 1)

describe('[F2] a handshake that is silent', () => {
  test('is raced by others, three at once at most; the losers are closed', async () => {
    const { front, client } = await behind((number) => number < 3)
    await client.open()
    await onlyOneIsLeft(front)
    expect(front.accepted).toBe(3)
  })

  test('by no more than two, however long nobody answers; and a closed client leaves none of them', async () => {
    const { front, client } = await behind(() => true)
    const opening = client.open()
    await eventually('three are tried', () => front.accepted === 3)
    // Only time can show that no fourth follows: longer than the wait for the third can be.
    await new Promise((resolve) => setTimeout(resolve, 4 * timings.rivalMs))
    expect(front.accepted).toBe(3)
    client.close()
    await expect(opening).rejects.toMatchObject({ code: 'closed' })
    await eventually('all are closed', () => front.open === 0)
  })
})

test('[F2] where nobody waits for anything a silent handshake is raced much later', async () => {
  const random = vi.spyOn(Math, 'random').mockReturnValue(0.5)
  onTestFinished(() => random.mockRestore())
  const waiting = await behind((number) => number > 1)
  await waiting.client.open()
  gateway.messages = []
  const calm = await behind((number) => number > 1)
  await calm.client.open()
  gateway.cut()
  await eventually('the one has another try', () => waiting.front.accepted === 3)
  expect(calm.front.accepted).toBe(2)
})

test('[F2] who begins to wait while a handshake is silent is not kept waiting as if nobody did', async () => {
  const random = vi.spyOn(Math, 'random').mockReturnValue(0.5)
  onTestFinished(() => random.mockRestore())
  gateway.messages = []
  const calm = await behind((number) => number > 1)
  const asking = await behind((number) => number > 1)
  await calm.client.open()
  await asking.client.open()
  gateway.cut()
  await eventually('both try', () => asking.front.accepted === 2 && calm.front.accepted === 2)
  asking.client.send('hi').catch(() => {})
  await eventually('the one is raced', () => asking.front.accepted === 3)
  expect(calm.front.accepted).toBe(2)
})

describe('[F2] a silence is borne for longer', () => {
  /** Clients that differ in their luck alone, and by nothing where it is the same. */
  async function withLuck(luck: number, isSilent: (number: number) => boolean) {
    const random = vi.spyOn(Math, 'random').mockReturnValue(luck)
    const made = await behind(isSilent)
    random.mockRestore()
    return made
  }

  test('by some than by others: not all clients of a frozen replica act at the same moment', async () => {
    const early = await withLuck(0, () => true)
    const late = await withLuck(1, () => true)
    for (const { client } of [early, late]) client.open().catch(() => {})
    await eventually('the one has another try', () => early.front.accepted === 2)
    expect(late.front.accepted).toBe(1)
  })

  test('with each try', async () => {
    gateway.admit = () => ({ code: 'overloaded', message: 'too many', retryable: true })
    const tried = await withLuck(0, (number) => number > 2)
    const fresh = await withLuck(0, () => true)
    tried.client.open().catch(() => {})
    await eventually('a third try is silent', () => tried.front.accepted === 3)
    fresh.client.open().catch(() => {})
    await eventually('the one has another try', () => fresh.front.accepted === 2)
    expect(tried.front.accepted).toBe(3)
  })

  test('on a slow network', async () => {
    const quick = await withLuck(0, () => false)
    await quick.client.open()
    gateway.admit = () => new Promise((resolve) => setTimeout(resolve, 800, null))
    const slow = await withLuck(0, () => false)
    await slow.client.open()
    for (const { front } of [slow, quick]) front.freeze()
    await eventually('another is tried', () => quick.front.accepted === 2)
    expect(slow.front.accepted).toBe(1)
    for (const { front } of [slow, quick]) front.thaw()
  })
})

describe('[F2] a replica that freezes while it is expected to speak', () => {
  test('is left for another without a lost connection in between', async () => {
    const { front, client } = await behind((number) => number === 2)
    await client.open()
    const states = new Set<string>()
    client.subscribe(({ connection }) => states.add(connection))
    front.freeze()
    gateway.messages = gateway.messages.map((message) => ({ ...message, content: 'so far and on', status: 'complete' }))
    await when(client, ({ messages }) => messages.at(-1)?.content === 'so far and on')
    expect([...states]).toEqual(['online'])
    expect(front.accepted).toBe(3)
    front.thaw() // who is frozen cannot take its leave
    await onlyOneIsLeft(front)
    expect(front.most).toBe(3)
  })

  test('what the other one sends before it has opened the session is not lost', async () => {
    const { front, client } = await behind(() => false)
    await client.open()
    const [answer] = gateway.messages
    if (answer === undefined) throw new Error('no answer')
    gateway.on('session:open', (_request, socket) => {
      const { sessionId } = gateway
      const delta = { sessionId, messageId: answer.id, attempt: 1, offset: 6, text: ' and on' }
      if (gateway.sent('session:open').length === 2) socket.emit('delta', delta)
      return gateway.opened()
    })
    front.freeze()
    await when(client, ({ messages }) => messages.at(-1)?.content === 'so far and on')
    front.thaw()
  })

  test('is kept where the other one cannot open the session, and where it wakes up first', async () => {
    const { front, client } = await behind(() => false)
    await client.open()
    const asked: (() => void)[] = []
    gateway.on('session:open', () => {
      if (gateway.sent('session:open').length > 2) return refused('overloaded', true)
      return new Promise((resolve) => asked.push(() => resolve(gateway.opened())))
    })
    await gateway.until(() => gateway.sent('session:open').length === 3)
    await onlyOneIsLeft(front)
    gateway.messages = gateway.messages.map((message) => ({ ...message, status: 'complete' }))
    for (const answer of asked) answer()
    await when(client, ({ answering }) => !answering)
    expect(front.accepted).toBe(2)
    expect(front.open).toBe(1)
  })

  test('is not doubted where it says anything at all', async () => {
    const { front, client } = await behind(() => false, { timings: { ...timings, rivalMs: 800 } })
    await client.open()
    gateway.on('session:open', (_request, socket) => {
      socket.emit('backend', { sessionId: gateway.sessionId, backend: 'memory' })
      return null
    })
    await when(client, ({ backend }) => backend === 'memory')
    // Only time can show that nobody else is asked: longer than the wait for a rival can be.
    await new Promise((resolve) => setTimeout(resolve, 2000))
    expect(front.accepted).toBe(1)
  })

  test('is kept where it wakes up while the other one is asked', async () => {
    const askedOn = new Set<string>()
    gateway.on('session:open', (_request, { id }) => {
      const [first = id] = askedOn.add(id)
      return id === first ? gateway.opened() : null
    })
    const { front, client } = await behind(() => false)
    await client.open()
    front.freeze()
    await gateway.until(() => askedOn.size === 2)
    gateway.messages = gateway.messages.map((message) => ({ ...message, status: 'complete' }))
    front.thaw()
    await when(client, ({ answering }) => !answering)
    await onlyOneIsLeft(front)
    expect(front.accepted).toBe(2)
  })

  test('is kept where the other one opens the session and is gone at once', async () => {
    const { front, client } = await behind(() => false)
    await client.open()
    gateway.on('session:open', (_request, socket) => {
      if (gateway.sent('session:open').length > 2) return gateway.opened()
      setImmediate(() => socket.disconnect())
      return gateway.opened()
    })
    front.freeze()
    await eventually('another was tried', () => front.accepted === 2 && front.open === 1)
    gateway.messages = gateway.messages.map((message) => ({ ...message, status: 'complete' }))
    front.thaw()
    await when(client, ({ answering }) => !answering)
    expect(client.state.connection).toBe('online')
    expect(front.accepted).toBe(2)
  })

  test('is left by means of a fresh token', async () => {
    let asked = 0
    const { front, client } = await behind(() => false, { token: async () => `token ${++asked}` })
    await client.open()
    front.freeze()
    gateway.messages = gateway.messages.map((message) => ({ ...message, status: 'complete' }))
    await when(client, ({ answering }) => !answering)
    expect(gateway.tokens).toEqual(['token 1', 'token 2'])
    front.thaw()
  })

  test('is kept where there is no token for another one', async () => {
    let asked = 0
    const token = async () => {
      if (++asked > 1) throw new Error('logged out')
      return 'token'
    }
    const { front, client } = await behind(() => false, { token })
    await client.open()
    front.freeze()
    await eventually('a token is asked for', () => asked === 2)
    // Only time can show that nobody is asked without one: it would be at once.
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(front.accepted).toBe(1)
    front.thaw()
  })

  test('that speaks while the token is fetched is not left', async () => {
    const fetched: (() => void)[] = []
    const token = () => new Promise<string>((resolve) => fetched.push(() => resolve('token')))
    const { front, client } = await behind(() => false, { token })
    const opening = client.open()
    await eventually('a token is asked for', () => fetched.length === 1)
    fetched[0]?.()
    await opening
    front.freeze()
    await eventually('another token is asked for', () => fetched.length === 2)
    gateway.messages = gateway.messages.map((message) => ({ ...message, status: 'complete' }))
    front.thaw()
    await when(client, ({ answering }) => !answering)
    fetched[1]?.()
    // Only time can show that nobody else is asked: it would be at once.
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(front.accepted).toBe(1)
  })

  test('is left for two at most, and for none where the client is closed meanwhile', async () => {
    const { front, client } = await behind((number) => number > 1)
    await client.open()
    front.freeze()
    await eventually('others are tried', () => front.accepted === 3)
    // Only time can show that no fourth follows: longer than the wait for it can be.
    await new Promise((resolve) => setTimeout(resolve, 2 * timings.rivalMs))
    expect(front.accepted).toBe(3)
    client.close()
    front.thaw()
    await eventually('all are closed', () => front.open === 0)
  })
})

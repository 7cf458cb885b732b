import type { PromiseWithChild } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { constants } from 'node:os'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocketServer } from 'ws'
import type { Sent } from '../../src/protocol/events.ts'
import type { Message } from '../../src/protocol/message.ts'
import { eventually, Latch } from '../support/conditions.ts'
import { refused, type ScriptedGateway } from '../support/scripted-gateway.ts'
import { end, scriptedGateway } from './examples.ts'

type Output = { stdout: string; stderr: string }
type Ask = (args: readonly string[], env?: NodeJS.ProcessEnv) => PromiseWithChild<Output>

/** It acknowledges each message with an answer that is this. */
export async function gatewayThatSays(part: Partial<Message>, path?: string, port?: number): Promise<ScriptedGateway> {
  const gateway = await scriptedGateway(path, port)
  gateway.on('message:send', (request) => withAnswer(gateway.take(request), part))
  return gateway
}

function withAnswer(taken: Sent, part: Partial<Message>): Sent {
  return { ...taken, answer: { ...taken.answer, metadata: { replicas: ['r1'] }, ...part } }
}

/** What holds of the chat programs of examples/ in every language. */
export function testsOfChatProgram(ask: Ask): void {
  testsOfItsArguments(ask)
  testsOfItsConnection(ask)
  testsOfItsNextConnection(ask)
  testsOfItsConversation(ask)
}

/** Listens until the test ends, or until `close`. */
async function startNobody(meet: (socket: Socket) => void) {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => socket.destroy()))
    meet(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() }
}

function testsOfItsArguments(ask: Ask): void {
  const wrong = ['localhost:8080', 'http://', 'http://localhost:99999', 'http://localhost:0', 'http://a b/']
  test.each(wrong)('shows its usage for an address that can never work: %s', async (address) => {
    const expected = { code: 2, stderr: expect.stringContaining('http[s]://GATEWAY MESSAGE [SESSION_ID]') }
    await expect(ask([address, 'Why?'])).rejects.toMatchObject(expected)
  })

  test('[S1] begins a new session where the id that it is given is empty', async () => {
    const gateway = await gatewayThatSays({})
    const { stderr } = await ask([gateway.url, 'Why?', ''])
    expect(stderr).toBe(`session ${gateway.sessionId}: complete, by r1\n`)
    expect(gateway.sent('session:open')).toEqual([{}])
  })

  test('whoever reads it may go away: it ends without a word', async () => {
    const gateway = await gatewayThatSays({ content: 'Because.' })
    const asked = ask([gateway.url, 'Why?'])
    asked.child.stdout?.destroy()
    expect((await asked.catch((ended) => ended)).stderr).toBe('')
  })
}

/** Of a connection that fails or is lost, and of the wait before the next one. */
function testsOfItsNextConnection(ask: Ask): void {
  test('[F4] leaves a gateway that accepts TCP and says nothing', async () => {
    const met = new Latch()
    const frozen = await startNobody(() => met.open())
    await comesBack(ask, frozen.port, async () => {
      await met.opened
      frozen.close()
    })
  })

  test('[F4] leaves a gateway that upgrades to WebSocket and says nothing', async () => {
    const frozen = new WebSocketServer({ host: '127.0.0.1', port: 0 })
    await once(frozen, 'listening')
    onTestFinished(() => {
      for (const socket of frozen.clients) socket.terminate()
    })
    await comesBack(ask, (frozen.address() as AddressInfo).port, async () => {
      await once(frozen, 'connection')
      frozen.close()
    })
  })

  test('[F5] leaves a replica that is going, and stays away for as long as that says', async () => {
    const gateway = await gatewayThatSays({ status: 'streaming' })
    const asked = ask([gateway.url, 'Why?'])
    await gateway.until(() => gateway.sent('message:send').length > 0)
    const told = performance.now()
    gateway.tell('draining', { reconnectInMs: 1500 })
    await gateway.until(() => gateway.tokens.length > 1)
    expect(performance.now() - told).toBeGreaterThanOrEqual(1500)
    await endOf(asked)
  })
}

/** Ends a program that would go on. */
async function endOf(asked: ReturnType<Ask>): Promise<void> {
  asked.catch(() => {})
  await end(asked.child)
}

/** It is answered though the gateway was not there at first: that one is started at `port` once `gone` says so. */
async function comesBack(ask: Ask, port: number, gone: () => Promise<void>): Promise<void> {
  const url = `http://127.0.0.1:${port}`
  const asked = ask([url, 'Why?'])
  await gone()
  const { sessionId } = await gatewayThatSays({}, undefined, port)
  expect((await asked).stderr).toBe(`no connection to ${url}, trying again\nsession ${sessionId}: complete, by r1\n`)
}

function testsOfItsConnection(ask: Ask): void {
  test('[X3] gives the token of BATON_TOKEN, and ends where that is refused for good', async () => {
    const gateway = await gatewayThatSays({})
    gateway.admit = (token) => (token === 'mine' ? null : refused('unauthorized').error)
    const askWith = (token: string) => ask([gateway.url, 'Why?'], { BATON_TOKEN: token })
    await askWith('mine')
    await expect(askWith('another')).rejects.toMatchObject({ code: 1, stderr: 'unauthorized: unauthorized\n' })
    expect(gateway.tokens).toEqual(['mine', 'another'])
  })

  test('says once that there is no connection, and comes as soon as there is one', async () => {
    let tries = 0
    const nobody = await startNobody((socket) => {
      tries++
      socket.destroy()
    })
    await comesBack(ask, nobody.port, async () => {
      await eventually('it has tried twice', () => tries >= 2)
      nobody.close()
    })
  })

  test.each(['/chat', '/chat/'])('[R6] finds a gateway under a prefix that is given as %s', async (prefix) => {
    const gateway = await gatewayThatSays({ content: 'Because.' }, '/chat/socket.io/')
    expect((await ask([gateway.url + prefix, 'Why?'])).stdout).toBe('Because.\n')
  })

  test.each(['SIGINT', 'SIGTERM'] as const)('ends at the first %s without a word', async (signal) => {
    const gateway = await gatewayThatSays({ status: 'streaming' })
    const asked = ask([gateway.url, 'Why?'])
    onTestFinished(() => end(asked.child))
    const ended = once(asked.child, 'exit')
    await gateway.until(() => gateway.sent('message:send').length > 0)
    asked.child.kill(signal)
    await expect(asked).rejects.toMatchObject({ stderr: '' })
    const [code, by] = await ended
    expect(by ?? code).toBeOneOf([signal, 128 + constants.signals[signal]])
  })
}

function testsOfItsConversation(ask: Ask): void {
  test('[X6] says that it is refused for now, and waits as long as it is told', async () => {
    const gateway = await gatewayThatSays({})
    const opened: number[] = []
    const sent: number[] = []
    gateway.on('session:open', () => {
      opened.push(performance.now())
      return opened.length === 1 ? refused('rate_limited', true, 1500) : { ...gateway.opened([]), after: 0 }
    })
    gateway.on('message:send', (request) => {
      sent.push(performance.now())
      return sent.length === 1 ? refused('overloaded', true, 1500) : withAnswer(gateway.take(request), {})
    })
    const { stderr } = await ask([gateway.url, 'Why?'])
    expect(stderr).toMatch(/^rate_limited: rate_limited\noverloaded: overloaded\nsession /)
    for (const [first = 0, second = 0] of [opened, sent]) expect(second - first).toBeGreaterThanOrEqual(1500)
  })

  test('[S1] goes on with the session that it is given, and says where that is over', async () => {
    const gateway = await gatewayThatSays({})
    gateway.on('session:open', ({ sessionId }) => {
      return { ...gateway.opened([]), resumed: sessionId === gateway.sessionId, after: 0 }
    })
    const ends = `session ${gateway.sessionId}: complete, by r1\n`
    expect((await ask([gateway.url, 'Why?', gateway.sessionId])).stderr).toBe(ends)
    const old = randomUUID()
    const { stderr } = await ask([gateway.url, 'Why?', old])
    expect(stderr).toBe(`session ${old} is over, this is a new one\n${ends}`)
    expect((await ask([gateway.url, 'Why?'])).stderr).toBe(ends)
  })

  test('does not send what is larger than a frame may be', async () => {
    const gateway = await gatewayThatSays({})
    const quotes = '"'.repeat(70 * 1024) // each is two bytes in JSON; an argument cannot be as long as a frame
    const stderr = 'too_large: message:send: is over 128 KiB\n'
    await expect(ask([gateway.url, quotes])).rejects.toMatchObject({ code: 1, stderr })
    expect(gateway.sent('message:send')).toEqual([])
  })

  test('[M4] says why an answer failed', async () => {
    const error = { code: 'llm_failed', message: 'no such model', retryable: false }
    const gateway = await gatewayThatSays({ status: 'error', metadata: { replicas: ['r1'], error } })
    const stderr = `session ${gateway.sessionId}: error, by r1\nllm_failed: no such model\n`
    await expect(ask([gateway.url, 'Why?'])).rejects.toMatchObject({ code: 1, stderr })
  })

  test('[D3] [G4] a sync replaces what was shown, and what it lacks is asked again', async () => {
    const gateway = await gatewayThatSays({})
    const { sessionId } = gateway
    gateway.on('message:send', (request, socket) => {
      const taken = gateway.take(request)
      const text = 'told, and lost'
      if (gateway.sent('message:send').length > 1) return withAnswer(taken, { content: 'what is stored' })
      gateway.messages = []
      setImmediate(() => {
        socket.emit('delta', { sessionId, messageId: taken.answer.id, attempt: 1, offset: 0, text })
        socket.emit('session:sync', { sessionId, after: 0, messages: [] })
      })
      return { ...withAnswer(taken, { status: 'streaming' }), persisted: false, backend: 'memory' }
    })
    const { stdout } = await ask([gateway.url, 'Why?'])
    expect(stdout.endsWith('what is stored\n')).toBe(true)
    expect(new Set(gateway.sent('message:send').map(({ id }) => id)).size).toBe(1)
  })
}

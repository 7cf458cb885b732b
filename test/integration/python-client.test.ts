import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Sent } from '../../src/protocol/events.ts'
import type { Message } from '../../src/protocol/message.ts'
import { ownerOf } from '../fault/fixtures.ts'
import { type Cluster, startCluster, type Where } from '../support/cluster.ts'
import { eventually } from '../support/conditions.ts'
import { refused, ScriptedGateway } from '../support/scripted-gateway.ts'

const PYTHON = process.env.PYTHON ?? '/usr/bin/python3' // Debian's, which has python3-socketio
const CLIENT = join(import.meta.dirname, '../../examples/python/chat.py')
const TEXT = 'Grüße 👩‍👩‍👧‍👦 and 👍🏽, 日本語 𠮷野家, مرحبا بالعالم, e\u0301 — all of it, in order. 🏃‍♀️➡️'

describe('examples/python/chat.py: a client in another language, written from SPEC.md', () => {
  let cluster: Cluster

  beforeAll(async () => {
    cluster = await startCluster({ replicas: 2, nginx: true, env: { DELTA_WINDOW_MS: '0' } })
  })
  afterAll(() => cluster?.stop())

  /** What it wrote: the answer, and what it said of it. */
  async function ask(where: Where, content: string, ...session: string[]) {
    const args = [CLIENT, cluster.urlOf(where), content, ...session]
    const env = { ...process.env, PYTHONIOENCODING: 'utf-8' }
    const { stdout, stderr } = await promisify(execFile)(PYTHON, args, { timeout: 30_000, env })
    const [, sessionId = '', status, replicas] = /^session (\S+): (\w+), by (.+)\n$/.exec(stderr) ?? [null, stderr]
    return { text: stdout, sessionId, status, replicas }
  }

  test('[D2] [D3] [D4] what it writes piece by piece is the very text', async () => {
    cluster.model.say([...TEXT], { everyMs: 1 })
    expect(await ask(0, 'Say it')).toMatchObject({ text: `${TEXT}\n`, status: 'complete', replicas: 'r1' })
  })

  test('[S1] it resumes its session: the model is given what was said before', async () => {
    cluster.model.say('First answer')
    const { sessionId } = await ask(0, 'First question')
    cluster.model.say('Second answer')
    expect(await ask(1, 'Second question', sessionId)).toMatchObject({ sessionId, text: 'Second answer\n' })
    const turns = cluster.model.requests.at(-1)?.turns.slice(-3)
    expect(turns?.map(({ content }) => content)).toEqual(['First question', 'First answer', 'Second question'])
  })

  test('[F2] the replica that serves it and writes is killed: it comes back, and no character is lost or doubled', async () => {
    const half = TEXT.slice(0, TEXT.indexOf('日'))
    const latch = cluster.model.saysInTwo(half, TEXT.slice(half.length))
    const asked = ask('nginx', 'Go')
    await cluster.model.until(() => cluster.model.requests.at(-1)?.turns.at(-1)?.content === 'Go')
    const owner = cluster.replica(await owningReplica())
    await owner.kill()
    latch.open()
    try {
      expect(await asked).toMatchObject({
        text: `${TEXT}\n`,
        status: 'complete',
        replicas: expect.stringMatching(/^r\d, r\d$/),
      })
    } finally {
      await owner.start()
    }
  })

  /** Which replica has written the first half. */
  async function owningReplica(): Promise<number> {
    const redis = cluster.inspect()
    const running = await eventually('a running text is stored', async () => {
      const [key = ''] = await redis.keys('session:*:text:*')
      return (await redis.strlen(key)) > 1 && key
    })
    const [, sessionId = ''] = /^session:\{(.+)\}/.exec(running) ?? []
    return (await ownerOf(redis, sessionId)) ?? -1
  }
})

test('[D3] [G4] examples/python/chat.py: a sync replaces what was shown, and what it lacks is asked again', async () => {
  const gateway = await ScriptedGateway.start()
  const { sessionId } = gateway
  const answered = (taken: Sent, content: string): Sent => {
    const answer: Message = { ...taken.answer, content, status: 'complete', metadata: { replicas: ['r2'] } }
    return { ...taken, answer }
  }
  gateway.on('message:send', (request, socket) => {
    const taken = gateway.take(request)
    const text = 'told, and lost'
    if (gateway.sent('message:send').length > 1) return answered(taken, 'what is stored')
    gateway.messages = []
    setImmediate(() => {
      socket.emit('delta', { sessionId, messageId: taken.answer.id, attempt: 1, offset: 0, text })
      socket.emit('session:sync', { sessionId, after: 0, messages: [] })
    })
    return { ...taken, answer: { ...taken.answer, status: 'streaming' }, persisted: false, backend: 'memory' }
  })
  try {
    const { stdout } = await promisify(execFile)(PYTHON, [CLIENT, gateway.url, 'Why?'], { timeout: 30_000 })
    expect(stdout.endsWith('what is stored\n')).toBe(true)
    expect(new Set(gateway.sent('message:send').map(({ id }) => id)).size).toBe(1)
  } finally {
    await gateway.close()
  }
})

test('[X3] examples/python/chat.py gives the token of BATON_TOKEN, and ends where that is refused for good', async () => {
  const gateway = await ScriptedGateway.start()
  gateway.admit = (token) => (token === 'mine' ? null : refused('unauthorized').error)
  gateway.on('message:send', (request) => {
    const taken = gateway.take(request)
    return { ...taken, answer: { ...taken.answer, metadata: { replicas: ['r1'] } } }
  })
  const ask = (token: string) => {
    const env = { ...process.env, BATON_TOKEN: token }
    return promisify(execFile)(PYTHON, [CLIENT, gateway.url, 'Why?'], { timeout: 30_000, env })
  }
  try {
    await ask('mine')
    expect(gateway.tokens).toEqual(['mine'])
    await expect(ask('another')).rejects.toMatchObject({ code: 1, stderr: 'unauthorized: unauthorized\n' })
    expect(gateway.tokens).toEqual(['mine', 'another'])
  } finally {
    await gateway.close()
  }
})

test('[X6] examples/python/chat.py says that it is refused for now, and waits as long as it is told', async () => {
  const gateway = await ScriptedGateway.start()
  const asked: number[] = []
  gateway.on('session:open', () => {
    asked.push(performance.now())
    return asked.length === 1 ? refused('rate_limited', true, 1500) : { ...gateway.opened([]), after: 0 }
  })
  gateway.on('message:send', (request) => {
    const taken = gateway.take(request)
    return { ...taken, answer: { ...taken.answer, metadata: { replicas: ['r1'] } } }
  })
  try {
    const { stderr } = await promisify(execFile)(PYTHON, [CLIENT, gateway.url, 'Why?'], { timeout: 30_000 })
    expect(stderr).toMatch(/^rate_limited: rate_limited\nsession /)
    expect((asked[1] ?? 0) - (asked[0] ?? 0)).toBeGreaterThanOrEqual(1500)
  } finally {
    await gateway.close()
  }
})

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ownerOf } from '../fault/fixtures.ts'
import { gatewayThatSays, testsOfChatProgram } from '../package/chat-program.ts'
import { type Cluster, startCluster, type Where } from '../support/cluster.ts'
import { eventually } from '../support/conditions.ts'

const PYTHON = process.env.PYTHON ?? '/usr/bin/python3' // Debian's, which has python3-socketio
const CLIENT = join(import.meta.dirname, '../../examples/python/chat.py')
const TEXT = 'Grüße 👩‍👩‍👧‍👦 and 👍🏽, 日本語 𠮷野家, مرحبا بالعالم, e\u0301 — all of it, in order. 🏃‍♀️➡️'

function run(args: readonly string[], env?: NodeJS.ProcessEnv) {
  const options = { timeout: 30_000, env: { ...process.env, PYTHONIOENCODING: 'utf-8', ...env } }
  return promisify(execFile)(PYTHON, [CLIENT, ...args], options)
}

describe('examples/python/chat.py: a client in another language, written from SPEC.md', () => {
  let cluster: Cluster

  beforeAll(async () => {
    cluster = await startCluster({ replicas: 2, nginx: true, env: { DELTA_WINDOW_MS: '0' } })
  })
  afterAll(() => cluster?.stop())

  /** What it wrote: the answer, and what it said of it. */
  async function ask(where: Where, content: string, ...session: string[]) {
    const { stdout, stderr } = await run([cluster.urlOf(where), content, ...session])
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

describe('examples/python/chat.py', () => {
  testsOfChatProgram(run)

  test('what the encoding of its output lacks is a question mark', async () => {
    const gateway = await gatewayThatSays({ content: 'Grüße 👍' })
    const { stdout, stderr } = await run([gateway.url, 'Why?'], { PYTHONIOENCODING: 'ascii' })
    expect([stdout, stderr]).toEqual(['Gr??e ?\n', `session ${gateway.sessionId}: complete, by r1\n`])
  })
})

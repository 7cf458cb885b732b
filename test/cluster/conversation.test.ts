import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Sent } from '../../src/protocol/events.ts'
import type { Message } from '../../src/protocol/message.ts'
import { type Cluster, startCluster, type Where } from '../support/cluster.ts'
import { Latch } from '../support/conditions.ts'
import { sessionKeys } from '../support/redis-inspection.ts'
import type { TestClient } from '../support/test-client.ts'

const PLACES: readonly Where[] = [0, 1, 2, 'nginx']

let cluster: Cluster
beforeAll(async () => {
  cluster = await startCluster({ replicas: 3, nginx: true })
})
afterAll(() => cluster.stop())

/** One client at each replica's own port and one behind nginx, all in the same new session. */
async function everywhere(): Promise<{ clients: TestClient[]; sessionId: string }> {
  const clients = await Promise.all(PLACES.map((where) => cluster.connect(where)))
  const sessionId = await at(clients, 0).newSession()
  for (const client of clients) await client.open({ sessionId })
  return { clients, sessionId }
}

function at<T>(list: readonly T[], index: number): T {
  const one = list[index % list.length]
  if (one === undefined) throw new Error('empty')
  return one
}

test('nginx spreads new connections over all replicas', async () => {
  const served = new Set<string>()
  for (let i = 0; i < 12; i++) served.add((await (await cluster.connect('nginx')).open()).replica)
  expect([...served].sort()).toEqual(['r1', 'r2', 'r3'])
})

test('[S5] [S7] whichever replica a message is sent to, the model is given the same context', async () => {
  let count = 0
  cluster.model.answers(() => `answer ${++count}`)
  const { clients, sessionId } = await everywhere()
  const said: string[] = []
  const asked = cluster.model.requests.length
  for (let turn = 0; turn < 15; turn++) {
    const { answer } = await at(clients, turn).send(sessionId, `question ${turn}`)
    const finals = await Promise.all(clients.map((client) => client.ended(answer.id)))
    said.push(`question ${turn}`, at(finals, 0).content)
    const given = cluster.model.requests
      .at(-1)
      ?.turns.slice(1)
      .map(({ content }) => content)
    const context = said.slice(0, -1).slice(-20)
    expect(given, 'from a question on').toEqual(context.slice(context[0]?.startsWith('answer') ? 1 : 0))
  }
  expect(cluster.model.requests.length - asked).toBe(15)
  const views = await Promise.all(clients.map((client) => client.open({ sessionId })))
  for (const view of views) {
    expect(view.messages).toEqual(at(views, 0).messages)
    expect(view.messages.map(({ seq }) => seq)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1))
    expect(view.messages.map(({ content }) => content)).toEqual(said)
  }
})

test('[M3] of two messages sent at once on two replicas exactly one wins, a hundred times', async () => {
  const { clients, sessionId } = await everywhere()
  for (let round = 0; round < 100; round++) {
    const bothReplied = new Latch()
    cluster.model.script(async function* () {
      await bothReplied.opened
      yield 'Ok.'
    })
    const contestants = [at(clients, round), at(clients, round + 1)]
    const replies = await Promise.all(
      contestants.map((client) =>
        client.ask('message:send', { sessionId, id: randomUUID(), content: `round ${round}` }),
      ),
    )
    const won = replies.filter(({ ok }) => ok)
    expect(won).toHaveLength(1)
    expect(replies.find(({ ok }) => !ok)).toMatchObject({ error: { code: 'answer_in_progress', retryable: true } })
    bothReplied.open()
    const { answer } = won[0] as unknown as Sent
    await Promise.all(contestants.map((client) => client.ended(answer.id)))
  }
  const { messages } = await at(clients, 0).open({ sessionId, after: 150 })
  expect(messages.map(({ seq }) => seq)).toEqual(Array.from({ length: 50 }, (_, i) => i + 151))
})

test('[M2] the same message sent at once on two replicas is one message with one answer, a hundred times', async () => {
  cluster.model.say('Ok.')
  const { clients, sessionId } = await everywhere()
  const asked = cluster.model.requests.length
  for (let round = 0; round < 100; round++) {
    const id = randomUUID()
    const contestants = [at(clients, round), at(clients, round + 1)]
    const [one, other] = await Promise.all(contestants.map((client) => client.send(sessionId, `round ${round}`, id)))
    expect(one?.message).toEqual(other?.message)
    expect(one?.answer.id).toBe(other?.answer.id)
    expect(one?.message.seq).toBe(2 * round + 1)
    await Promise.all(contestants.map((client) => client.ended(one?.answer.id ?? '')))
  }
  expect(cluster.model.requests.length - asked).toBe(100)
})

test('[M3] a client that sends again and again until it is taken never loses the end of an answer', async () => {
  cluster.model.say('Quick words here.')
  const { clients, sessionId } = await everywhere()
  const send = async (client: TestClient, content: string): Promise<Sent> => {
    const id = randomUUID()
    for (;;) {
      const reply = await client.ask('message:send', { sessionId, id, content })
      if (reply.ok) return reply as unknown as Sent
    }
  }
  const answers: string[] = []
  for (let round = 0; round < 40; round++) {
    const sent = await Promise.all([send(at(clients, round), 'a'), send(at(clients, round + 1), 'b')])
    answers.push(...sent.map(({ answer }) => answer.id))
  }
  for (const client of clients)
    for (const id of answers) expect((await client.ended(id)).content).toBe('Quick words here.')
})

test('[E] the same session opened on each replica shows the same text while it streams', async () => {
  const steps = Array.from({ length: 6 }, (_, i) => ({ text: `Part ${i}. `, latch: new Latch() }))
  cluster.model.script(async function* () {
    for (const { text, latch } of steps) {
      yield text
      await latch.opened
    }
  })
  const { clients, sessionId } = await everywhere()
  const { answer } = await at(clients, 1).send(sessionId, 'Tell a story in parts')
  let text = ''
  for (const [i, step] of steps.entries()) {
    text += step.text
    const shown = await Promise.all(clients.map((client) => client.text(answer.id, text.length)))
    expect(shown).toEqual(Array(clients.length).fill(text))
    const late = await cluster.connect(at(PLACES, i))
    const opened = await late.open({ sessionId })
    expect(opened.messages.at(-1)).toMatchObject({ id: answer.id, content: text, status: 'streaming' })
    clients.push(late)
    step.latch.open()
  }
  const finals = await Promise.all(clients.map((client) => client.ended(answer.id)))
  expect(new Set(finals.map(({ content }) => content))).toEqual(new Set([text]))
})

test('[D2] a client that hops from replica to replica midway sees one contiguous text', async () => {
  const text = Array.from({ length: 300 }, (_, i) => `word${i} `).join('')
  cluster.model.say(text, { everyMs: 2 })
  const first = await cluster.connect(0)
  const sessionId = await first.newSession()
  const { answer } = await first.send(sessionId, 'Go')
  let shown: Message | undefined
  for (let hop = 0; shown?.status !== 'complete'; hop++) {
    const client = await cluster.connect(at(PLACES, hop))
    await client.open({ sessionId })
    const next = await client.until('some more text', () => {
      const message = client.shown(answer.id)
      return (
        message !== undefined &&
        (message.status !== 'streaming' || message.content.length > (shown?.content.length ?? 0) + 50) &&
        message
      )
    })
    expect(next.content.startsWith(shown?.content ?? '')).toBe(true)
    shown = next
    client.close()
  }
  expect(shown?.content).toBe(text)
})

test('[S2] [S3] nothing of a finished session stays behind but the session itself, and all of it expires', async () => {
  cluster.model.say('Done.')
  const { clients, sessionId } = await everywhere()
  const { answer } = await at(clients, 2).send(sessionId, 'Go')
  await Promise.all(clients.map((client) => client.ended(answer.id)))
  const redis = cluster.inspect()
  const keys = await sessionKeys(redis, sessionId)
  expect(keys.filter((key) => /:(text|answer)/.test(key))).toEqual([])
  for (const key of keys) expect(await redis.ttl(key)).toBeGreaterThan(3500)
})

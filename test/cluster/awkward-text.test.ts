import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AWKWARD, anyText, cutAt } from '../support/arbitrary-text.ts'
import { type Cluster, startCluster } from '../support/cluster.ts'
import type { TestClient } from '../support/test-client.ts'

const API_WAYS = ['chat', 'responses'] as const
const RUNS = 40

describe.each(API_WAYS)('with LLM_API=%s', (api) => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startCluster({ replicas: 3, env: { LLM_API: api } })
  })
  afterAll(() => cluster.stop())

  /** Lets the model say the pieces, sent in HTTP chunks of so many bytes, and gives what each client was shown. */
  async function shown(
    clients: readonly TestClient[],
    sessionId: string,
    pieces: readonly string[],
    chunkBytes: number,
  ): Promise<string[]> {
    cluster.model.chunkBytes = chunkBytes
    cluster.model.say(pieces.filter((piece) => piece !== ''))
    const [sender] = clients
    if (sender === undefined) throw new Error('nobody sends')
    const { answer } = await sender.send(sessionId, 'Say it')
    return Promise.all(clients.map(async (client) => (await client.ended(answer.id)).content))
  }

  test('[D2] [D4] any text, cut anywhere, also within a character of the bytes of the model, reaches every replica as it is', async () => {
    const clients = await Promise.all([0, 1, 2].map((where) => cluster.connect(where)))
    const text = anyText.filter((one) => one.trim() !== '')
    const cases = fc.tuple(text, fc.array(fc.nat(1000), { maxLength: 20 }), fc.integer({ min: 1, max: 5 }))
    const [first] = clients
    await fc.assert(
      fc.asyncProperty(cases, async ([text, cuts, chunkBytes]) => {
        const sessionId = (await first?.newSession()) ?? ''
        for (const client of clients) await client.open({ sessionId })
        const contents = await shown(clients, sessionId, cutAt(text, cuts), chunkBytes)
        expect(contents).toEqual(Array(3).fill(text.toWellFormed()))
      }),
      { numRuns: RUNS },
    )
  })

  test('[D2] every awkward sequence, unit by unit and byte by byte', async () => {
    const clients = await Promise.all([0, 1, 2].map((where) => cluster.connect(where)))
    const text = AWKWARD.join(' ')
    const sessionId = (await clients[0]?.newSession()) ?? ''
    for (const client of clients) await client.open({ sessionId })
    const contents = await shown(clients, sessionId, text.split(''), 1)
    expect(contents).toEqual(Array(3).fill(text.toWellFormed()))
    const stored = await cluster.inspect().hget(`session:{${sessionId}}`, 'message:2')
    expect(JSON.parse(stored ?? '').content).toBe(text.toWellFormed())
  })
})

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cluster, startCluster } from '../support/cluster.ts'

/** What baton_client.py prints. */
interface Report {
  sessionId: string
  resumed: boolean
  status: string
  text: string
  /** The text by the deltas alone. */
  merged: string
  deltas: number
  replicas: string[]
}

const PYTHON = process.env.PYTHON ?? '/usr/bin/python3' // Debian's, which has python3-socketio
const CLIENT = join(import.meta.dirname, '../support/python/baton_client.py')
const TEXT = 'Grüße 👩‍👩‍👧‍👦 and 👍🏽, 日本語 𠮷野家, مرحبا بالعالم, e\u0301 — all of it, in order. 🏃‍♀️➡️'

describe('a client in another language, written from SPEC.md', () => {
  let cluster: Cluster

  beforeAll(async () => {
    cluster = await startCluster({ env: { DELTA_WINDOW_MS: '0' } })
  })
  afterAll(() => cluster?.stop())

  async function ask(content: string, ...session: string[]): Promise<Report> {
    const { stdout } = await promisify(execFile)(PYTHON, [CLIENT, cluster.urlOf(0), content, ...session], {
      timeout: 30_000,
    })
    return JSON.parse(stdout)
  }

  test('[D2] [D3] [D4] it opens, sends, and merges what streams to the very text', async () => {
    cluster.model.say([...TEXT], { everyMs: 1 })
    const report = await ask('Say it')
    expect(report).toMatchObject({ resumed: false, status: 'complete', text: TEXT, merged: TEXT, replicas: ['r1'] })
    expect(report.deltas).toBeGreaterThan(5)
  })

  test('[S1] it resumes its session: the model is given what was said before', async () => {
    cluster.model.say('First answer')
    const { sessionId } = await ask('First question')
    cluster.model.say('Second answer')
    const report = await ask('Second question', sessionId)
    expect(report).toMatchObject({ sessionId, resumed: true, text: 'Second answer' })
    expect(
      cluster.model.requests
        .at(-1)
        ?.turns.slice(-3)
        .map(({ content }) => content),
    ).toEqual(['First question', 'First answer', 'Second question'])
  })
})

/** Somebody sets the machine's clock while an answer streams: durations do not notice, times of day do. */
import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startCluster } from '../support/cluster.ts'
import { numbered, WORD_MS } from './fixtures.ts'

/** Gives one process a clock of its own; of the Debian package faketime, where that is installed. */
const [library] = globSync('/usr/lib/*/faketime/libfaketimeMT.so.1')
const HOUR_MS = 3_600_000

test.skipIf(library === undefined).for(['+5h', '-5h'])(
  'a clock that is set by %s ends and delays nothing',
  async (step) => {
    const directory = mkdtempSync(join(tmpdir(), 'baton-clock-'))
    onTestFinished(() => rmSync(directory, { recursive: true }))
    const clock = join(directory, 'clock')
    writeFileSync(clock, '+0')
    const cluster = await startCluster({
      env: {
        STORE: 'memory',
        LD_PRELOAD: library ?? '',
        FAKETIME_TIMESTAMP_FILE: clock,
        FAKETIME_NO_CACHE: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
        DONT_FAKE_MONOTONIC: '1',
      },
    })
    onTestFinished(() => cluster.stop())
    const text = numbered(60)
    cluster.model.say(text, { everyMs: WORD_MS })
    const client = await cluster.connect(0)
    const { session } = await client.open()
    const { answer, message } = await client.send(session.id, 'Tell me')
    await client.text(answer.id, 20)

    writeFileSync(clock, step)

    const final = await client.ended(answer.id)
    expect(final).toMatchObject({ content: text, status: 'complete' })
    expect(final.metadata.processing_time_ms).toBeGreaterThan(0)
    expect(final.metadata.processing_time_ms).toBeLessThan(HOUR_MS)
    const { resumed, session: again } = await client.open({ sessionId: session.id })
    expect(resumed).toBe(true)
    expect(again.ttlSeconds).toBeGreaterThan(0)
    expect(again.ttlSeconds).toBeLessThanOrEqual(3600)

    cluster.model.say('short')
    const next = await client.send(session.id, 'And?')
    expect(await client.ended(next.answer.id)).toMatchObject({ content: 'short', status: 'complete' })
    const stepped = Date.parse(next.message.createdAt) - Date.parse(message.createdAt)
    expect(Math.round(stepped / HOUR_MS)).toBe(Number.parseInt(step, 10))
  },
)

import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { final, item, newSession, nextTime, R1, R2, R3, read, SCRIPTS, start } from './fixtures.ts'
import type { Harness } from './harness.ts'

/** The next attempt at an answer that runs. */
export function attemptCases(harness: () => Harness): void {
  const store = () => harness().store

  /** An answer of `R1` with text, a bookmark and two contributors. */
  async function halfWritten(watcher: string | null = null) {
    const { id } = await newSession(store(), null, watcher)
    const { epoch, answer } = await start(store(), id, { owner: R3 })
    await store().append([item(id, epoch, 0, 'by r3 ')])
    const claimed = await store().claim({ sessionId: id, epoch, owner: R1 })
    if (claimed.kind !== 'claimed') return expect.fail()
    const bookmark = { responseId: 'resp_1', sequence: 4 }
    const text = SCRIPTS.join('')
    await store().append([item(id, claimed.running.epoch, 6, text, { bookmark })])
    const message = { ...answer, attempt: 2 }
    return { id, epoch: claimed.running.epoch, answer, message, text: `by r3 ${text}`, bookmark }
  }

  test('[F3] restarting empties the running answer for its next attempt, under a new epoch of the same owner', async () => {
    const { id, epoch, message } = await halfWritten(R2)
    const request = { sessionId: id, epoch, message }
    const restarted = await store().restart(request)
    expect(restarted).toEqual({ kind: 'restarted', epoch: epoch + 1, watchers: [R2] })
    const { running, messages, session } = await read(store(), id)
    const expected = {
      attempt: 2,
      epoch: epoch + 1,
      owner: R1,
      text: '',
      bookmark: null,
      contributors: [],
      takeovers: 1,
    }
    expect(running).toMatchObject(expected)
    expect(messages?.[1]).toEqual(message)
    expect(session.version).toBe(epoch + 1)
    expect(await store().append([item(id, epoch + 1, 0, 'anew')])).toEqual(['stored'])
    expect((await read(store(), id)).running?.text).toBe('anew')
    const claimed = await store().claim({ sessionId: id, epoch: epoch + 1, owner: R2 })
    expect(claimed, 'only who added text to this attempt contributed').toMatchObject({
      running: { contributors: ['r1'], text: 'anew' },
    })
  })

  test('restarting again, after a lost reply, is told the same', async () => {
    const { id, epoch, message } = await halfWritten()
    const request = { sessionId: id, epoch, message }
    const first = await store().restart(request)
    expect(await store().restart(request)).toEqual(first)
    const next = { ...request, epoch: epoch + 1, message: { ...message, attempt: 3 } }
    expect(await store().restart(next)).toMatchObject({ kind: 'restarted', epoch: epoch + 2 })
    expect((await read(store(), id)).running?.attempt).toBe(3)
    expect(await store().restart(request), 'once there was another').toEqual({ kind: 'fenced' })
  })

  test('[F1] a stale owner cannot restart, and after a restart its old epoch can do nothing', async () => {
    const { id, epoch, message, text } = await halfWritten()
    const request = { sessionId: id, epoch, message }
    expect(await store().restart({ ...request, epoch: epoch - 1 })).toEqual({ kind: 'fenced' })
    expect((await read(store(), id)).running).toMatchObject({ attempt: 1, text })
    await store().restart(request)
    expect(await store().append([item(id, epoch, Buffer.byteLength(text), 'late')])).toEqual(['fenced'])
    expect(await store().keep([{ sessionId: id, epoch }])).toEqual([null])
    const finish = { sessionId: id, epoch, message: final(message, 'late'), at: nextTime() }
    expect(await store().finish(finish)).toEqual({ kind: 'fenced' })
    expect(await store().claim({ sessionId: id, epoch, owner: R2 })).toEqual({ kind: 'fenced' })
    expect((await store().finish({ ...finish, epoch: epoch + 1 })).kind).toBe('finished')
    expect(await store().restart({ ...request, epoch: epoch + 1 }), 'of an answer that has ended').toEqual({
      kind: 'fenced',
    })
    expect(await store().restart({ ...request, sessionId: randomUUID() })).toEqual({ kind: 'fenced' })
  })

  test('[S3] restarting sets the full TTL again', async () => {
    const { id, epoch, message } = await halfWritten()
    const left = async () => Math.round(((await store().remaining([id]))[0] ?? 0) / 1000)
    const whole = await left()
    await harness().age(id)
    await store().restart({ sessionId: id, epoch, message })
    expect(await left()).toBe(whole)
  })
}

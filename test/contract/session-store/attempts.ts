import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { exchange, final, item, newSession, nextTime, R1, R2, R3, read, SCRIPTS, start } from './fixtures.ts'
import type { Harness } from './harness.ts'

/** The next attempt at an answer: restarting one that runs, raising one that others saw differently. */
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
    const request = { sessionId: id, epoch, message, keepText: false }
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

  test('[G4] restarting with its text kept changes the attempt and the epoch, nothing else', async () => {
    const { id, epoch, message, text, bookmark } = await halfWritten()
    const before = (await read(store(), id)).running
    const restarted = await store().restart({ sessionId: id, epoch, message, keepText: true })
    expect(restarted).toMatchObject({ kind: 'restarted', epoch: epoch + 1 })
    const { running, messages } = await read(store(), id)
    expect(running).toEqual({ ...before, attempt: 2, epoch: epoch + 1 })
    expect(running).toMatchObject({ text, bookmark, contributors: ['r3'] })
    expect(messages?.[1]).toEqual(message)
    expect(await store().append([item(id, epoch + 1, Buffer.byteLength(text), '!')])).toEqual(['stored'])
    expect((await read(store(), id)).running?.text).toBe(`${text}!`)
  })

  test.each([true, false])(
    'restarting again, after a lost reply, is told the same (text kept: %s)',
    async (keepText) => {
      const { id, epoch, message } = await halfWritten()
      const request = { sessionId: id, epoch, message, keepText }
      const first = await store().restart(request)
      expect(await store().restart(request)).toEqual(first)
      const next = { ...request, epoch: epoch + 1, message: { ...message, attempt: 3 } }
      expect(await store().restart(next)).toMatchObject({ kind: 'restarted', epoch: epoch + 2 })
      expect((await read(store(), id)).running?.attempt).toBe(3)
      expect(await store().restart(request), 'once there was another').toEqual({ kind: 'fenced' })
    },
  )

  test('[F1] a stale owner cannot restart, and after a restart its old epoch can do nothing', async () => {
    const { id, epoch, message, text } = await halfWritten()
    const request = { sessionId: id, epoch, message, keepText: false }
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

  test('[S3] restarting and raising set the full TTL again', async () => {
    const { id, epoch, message } = await halfWritten()
    const left = async () => Math.round(((await store().remaining([id]))[0] ?? 0) / 1000)
    const whole = await left()
    await harness().age(id)
    await store().restart({ sessionId: id, epoch, message, keepText: true })
    expect(await left()).toBe(whole)
    await harness().age(id)
    await store().raise({ sessionId: id, version: epoch + 1, message: { ...message, attempt: 3 } })
    expect(await left()).toBe(whole)
  })

  test('[G4] raising the attempt of an answer that has ended changes nothing else, and is told again', async () => {
    const { id } = await newSession(store(), null, R2)
    const { message, finished } = await exchange(store(), id)
    const request = { sessionId: id, version: finished.version, message: { ...message, attempt: 2 } }
    expect(await store().raise(request)).toEqual({ kind: 'raised', watchers: [R2] })
    expect(await store().raise(request), 'again, after a lost reply').toEqual({ kind: 'raised', watchers: [R2] })
    const { messages, session, running } = await read(store(), id)
    expect(messages?.[1]).toEqual(request.message)
    expect(session.version).toBe(finished.version + 1)
    expect(running).toBeNull()
    const late = { ...request, message: { ...message, attempt: 3 } }
    expect(await store().raise(late), 'of a version that is no more').toEqual({ kind: 'conflict' })
    expect(await store().raise({ ...request, sessionId: randomUUID() })).toEqual({ kind: 'conflict' })
  })

  test('[G4] raising a running answer leaves it to its owner, with its text, under a new epoch', async () => {
    const { id, epoch, message, text } = await halfWritten()
    const before = (await read(store(), id)).running
    expect((await store().raise({ sessionId: id, version: epoch, message })).kind).toBe('raised')
    const { running, messages } = await read(store(), id)
    expect(running).toEqual({ ...before, attempt: 2, epoch: epoch + 1 })
    expect(messages?.[1]).toEqual(message)
    expect(await store().append([item(id, epoch, Buffer.byteLength(text), 'stale')])).toEqual(['fenced'])
    expect(await store().append([item(id, epoch + 1, Buffer.byteLength(text), '!')])).toEqual(['stored'])
  })
}

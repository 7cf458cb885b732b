import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { contents, exchange, final, item, newSession, nextTime, R1, R2, R3, read, SCRIPTS, start } from './fixtures.ts'
import type { Harness } from './harness.ts'

/** The running answer: appending, finishing, taking over, regenerating. */
export function answerCases(harness: () => Harness): void {
  const store = () => harness().store

  test('[D1] text is appended piece by piece, whatever its script', async () => {
    const { id } = await newSession(store())
    const { epoch } = await start(store(), id)
    let stored = ''
    for (const piece of SCRIPTS) {
      expect(await store().append([item(id, epoch, Buffer.byteLength(stored), piece)])).toEqual(['stored'])
      stored += piece
      expect((await read(store(), id)).running?.text).toBe(stored)
    }
    expect(contents((await read(store(), id)).messages)).toEqual(['hello', ''])
  })

  test('[D1] an item that was applied is recognised, one at any other length is refused', async () => {
    const { id } = await newSession(store())
    const { epoch } = await start(store(), id)
    const append = async (storedBytes: number, text: string) =>
      (await store().append([item(id, epoch, storedBytes, text)]))[0]
    expect(await append(0, '漢字')).toBe('stored')
    expect(await append(0, '漢字')).toBe('stored')
    expect(await append(6, '!')).toBe('stored')
    expect(await append(6, '!')).toBe('stored')
    expect(await append(7, '')).toBe('stored')
    expect(await append(0, '漢字')).toBe('fenced')
    expect(await append(2, '?')).toBe('fenced')
    expect(await append(8, '?')).toBe('fenced')
    expect((await read(store(), id)).running?.text).toBe('漢字!')
  })

  test('[F1] [G6] a first piece is taken by its own answer alone: where data was lost another may have its epoch', async () => {
    const { id } = await newSession(store())
    const { answer, epoch } = await start(store(), id)
    const first = (messageId: string) => item(id, epoch, 0, 'text', { messageId })
    const { id: other } = await newSession(store())
    const beside = await start(store(), other)
    const items = [first(randomUUID()), item(other, beside.epoch, 0, 'beside', { messageId: beside.answer.id })]
    expect(await store().append(items)).toEqual(['fenced', 'stored'])
    expect((await read(store(), id)).running?.text).toBe('')
    expect(await store().append([first(answer.id)])).toEqual(['stored'])
    expect(await store().append([first(answer.id)])).toEqual(['stored'])
    expect((await read(store(), id)).running?.text).toBe('text')
  })

  test('[D1] items of many sessions stand each on their own', async () => {
    const sessions = await Promise.all([0, 1, 2, 3].map(() => newSession(store())))
    const running = await Promise.all(sessions.map(({ id }) => start(store(), id)))
    const items = sessions.map(({ id }, i) => item(id, (running[i]?.epoch ?? 0) + (i % 2), 0, `text ${i}`))
    expect(await store().append(items)).toEqual(['stored', 'fenced', 'stored', 'fenced'])
    expect(await store().append(items)).toEqual(['stored', 'fenced', 'stored', 'fenced'])
    const texts = await Promise.all(sessions.map(async ({ id }) => (await read(store(), id)).running?.text))
    expect(texts).toEqual(['text 0', '', 'text 2', ''])
    expect(await store().append([])).toEqual([])
  })

  test('[F3] a bookmark is stored with its text, alone, and never by a stale owner', async () => {
    const [a, b] = [await newSession(store()), await newSession(store())]
    const [first, second] = [await start(store(), a.id), await start(store(), b.id)]
    const bookmark = { responseId: 'resp_1', sequence: 0 }
    await store().append([item(a.id, first.epoch, 0, '', { bookmark })])
    expect((await read(store(), a.id)).running).toMatchObject({ text: '', bookmark })
    const later = { ...bookmark, sequence: 7 }
    const items = [
      item(b.id, second.epoch + 1, 0, 'x', { bookmark }),
      item(a.id, first.epoch, 0, 'x', { bookmark: later }),
    ]
    expect(await store().append(items)).toEqual(['fenced', 'stored'])
    expect((await read(store(), a.id)).running).toMatchObject({ text: 'x', bookmark: later })
    expect((await read(store(), b.id)).running).toMatchObject({ text: '', bookmark: null })
    const claimed = await store().claim({ sessionId: a.id, epoch: first.epoch, owner: R2 })
    expect(claimed).toMatchObject({ running: { bookmark: later } })
  })

  test('[D4] finishing writes the final state, frees the slot and raises the version', async () => {
    const { id } = await newSession(store(), 'ann', R2)
    const { epoch, answer } = await start(store(), id)
    await store().append([item(id, epoch, 0, SCRIPTS.join(''))])
    const message = final(answer, SCRIPTS.join(''), { metadata: { replicas: ['r1'], usage: { total: 3 } } })
    const at = nextTime()
    const request = { sessionId: id, epoch, message, at }
    const finished = { kind: 'finished', version: epoch + 1, lastActivity: at, watchers: [R2] }
    expect(await store().finish(request)).toEqual(finished)
    expect(await store().finish(request), 'again, after a lost reply').toEqual(finished)
    const snapshot = await read(store(), id)
    expect(snapshot.running).toBeNull()
    expect(snapshot.messages?.[1]).toEqual(message)
    expect(snapshot.session).toMatchObject({ version: epoch + 1, lastActivity: at })
    expect(await store().append([item(id, epoch, Buffer.byteLength(message.content), 'more')])).toEqual(['fenced'])
    expect(await store().claim({ sessionId: id, epoch, owner: R2 })).toEqual({ kind: 'fenced' })
    await start(store(), id)
    expect((await store().finish(request)).kind, 'again, while the next one streams').toBe('finished')
    expect((await read(store(), id)).running).not.toBeNull()
    expect(await store().finish({ ...request, message: final(answer, 'other') })).toEqual({ kind: 'fenced' })
  })

  test('[F1] a stale owner can neither append nor finish nor keep', async () => {
    const { id } = await newSession(store())
    const { epoch, answer } = await start(store(), id)
    await store().append([item(id, epoch, 0, 'kept')])
    const claimed = await store().claim({ sessionId: id, epoch, owner: R2 })
    if (claimed.kind !== 'claimed') return expect.fail()
    expect(await store().append([item(id, epoch, 4, ' stale')])).toEqual(['fenced'])
    expect(await store().append([item(id, epoch, 0, 'kept')]), 'nor repeat').toEqual(['fenced'])
    expect(await store().keep([{ sessionId: id, epoch }])).toEqual([null])
    const finish = { sessionId: id, message: final(answer, 'kept stale'), at: nextTime() }
    expect(await store().finish({ ...finish, epoch })).toEqual({ kind: 'fenced' })
    expect(await store().append([item(id, claimed.running.epoch, 4, ' fresh')])).toEqual(['stored'])
    expect((await read(store(), id)).running?.text).toBe('kept fresh')
    expect((await store().finish({ ...finish, epoch: claimed.running.epoch })).kind).toBe('finished')
  })

  test('[F2] a claim gives all that the new owner needs, and the same again to the same owner', async () => {
    const { id } = await newSession(store(), null, R1)
    const { epoch, answer, started } = await start(store(), id)
    await store().append([item(id, epoch, 0, 'Hé👍')])
    const request = { sessionId: id, epoch, owner: R2 }
    const claimed = await store().claim(request)
    expect(claimed).toEqual({
      kind: 'claimed',
      session: { ...started.session, version: started.session.version + 1 },
      running: {
        messageId: answer.id,
        seq: 2,
        attempt: 1,
        owner: R2,
        epoch: started.session.version + 1,
        startedAt: Date.parse(answer.createdAt),
        contributors: ['r1'],
        takeovers: 1,
        bookmark: null,
        text: 'Hé👍',
      },
      message: answer,
      watchers: [R1],
    })
    expect(await store().claim(request)).toEqual(claimed)
    expect(await store().claim({ ...request, owner: R3 })).toEqual({ kind: 'fenced' })
    expect(await store().claim({ ...request, epoch: epoch + 7 })).toEqual({ kind: 'fenced' })
  })

  test('[F3] contributors are those that added text, in order', async () => {
    const { id } = await newSession(store())
    let { epoch } = await start(store(), id)
    let bytes = 0
    const pass = async (owner: string, text: string) => {
      expect(await store().append([item(id, epoch, bytes, text)])).toEqual(['stored'])
      bytes += text.length
      const claimed = await store().claim({ sessionId: id, epoch, owner })
      if (claimed.kind !== 'claimed') return expect.fail()
      epoch = claimed.running.epoch
      return claimed.running
    }
    expect((await pass(R2, '')).contributors).toEqual([])
    expect((await pass(R3, 'two')).contributors).toEqual(['r2'])
    expect((await pass(R1, '')).contributors).toEqual(['r2'])
    expect((await pass('r1.ffffff', 'one')).contributors).toEqual(['r2', 'r1'])
    expect((await pass('with.dots.1', 'one again')).contributors, 'a new incarnation of the same replica').toEqual([
      'r2',
      'r1',
    ])
    const last = await pass(R1, 'dots')
    expect(last).toMatchObject({ contributors: ['r2', 'r1', 'with.dots'], takeovers: 6, text: 'twooneone againdots' })
  })

  test('[F5] an answer that its owner handed over was not taken from it', async () => {
    const { id } = await newSession(store())
    let { epoch } = await start(store(), id)
    for (let bytes = 0; bytes < 7; bytes++) {
      await store().append([item(id, epoch, bytes, 'x')])
      const request = { sessionId: id, epoch, owner: bytes % 2 ? R2 : R3, isHandedOver: true }
      const claimed = await store().claim(request)
      if (claimed.kind !== 'claimed') return expect.fail()
      expect(claimed.running).toMatchObject({ takeovers: 0, text: 'x'.repeat(bytes + 1) })
      expect(claimed.running.contributors).toHaveLength(bytes + 1)
      expect(await store().claim(request), 'again, after a lost reply').toEqual(claimed)
      epoch = claimed.running.epoch
    }
    const taken = await store().claim({ sessionId: id, epoch, owner: R1 })
    expect(taken).toMatchObject({ running: { takeovers: 1 } })
  })

  test('[F2] of two claims at once exactly one wins, a hundred times', async () => {
    const { id } = await newSession(store())
    let { epoch } = await start(store(), id)
    for (let round = 1; round <= 100; round++) {
      const claims = await Promise.all([R2, R3].map((owner) => store().claim({ sessionId: id, epoch, owner })))
      expect(claims.map((claim) => claim.kind).sort()).toEqual(['claimed', 'fenced'])
      const won = claims.find((claim) => claim.kind === 'claimed') ?? expect.fail()
      expect(won.running.epoch).toBeGreaterThan(epoch)
      expect(won.running.takeovers).toBe(round)
      epoch = won.running.epoch
    }
  })

  test('[F1] an append and a claim at once: what was stored is in what was claimed, a hundred times', async () => {
    const { id } = await newSession(store())
    let { epoch } = await start(store(), id)
    let text = ''
    for (let round = 0; round < 100; round++) {
      const piece = `${round} `
      const append = store().append([item(id, epoch, text.length, piece)])
      const [[appended], claimed] = await Promise.all([
        append,
        store().claim({ sessionId: id, epoch, owner: round % 2 ? R1 : R2 }),
      ])
      if (claimed.kind !== 'claimed') return expect.fail()
      if (appended === 'stored') text += piece
      expect(claimed.running.text).toBe(text)
      epoch = claimed.running.epoch
    }
  })

  test('[M5] regenerating empties the last answer under a new attempt', async () => {
    const { id } = await newSession(store(), null, R2)
    const { message, finished } = await exchange(store(), id, 'first try')
    const answer = {
      ...message,
      content: '',
      status: 'streaming' as const,
      attempt: 2,
      createdAt: nextTime(),
      metadata: {},
    }
    const request = { sessionId: id, answer, owner: R1, known: finished }
    const started = await store().regenerate(request)
    const session = { lastSeq: 2, version: finished.version + 1, lastActivity: answer.createdAt }
    expect(started).toMatchObject({ kind: 'started', epoch: finished.version + 1, seq: 2, watchers: [R2], session })
    expect(await store().regenerate(request), 'again, after a lost reply').toEqual(started)
    const snapshot = await read(store(), id)
    expect(snapshot.messages?.[1]).toEqual(answer)
    expect(snapshot.running).toMatchObject({
      messageId: answer.id,
      attempt: 2,
      text: '',
      contributors: [],
      takeovers: 0,
    })
    expect(snapshot.running?.startedAt).toBe(Date.parse(answer.createdAt))
    expect((await store().regenerate({ ...request, owner: R2 })).kind).toBe('busy')
    expect((await store().regenerate({ ...request, known: session })).kind).toBe('busy')
  })

  /** Found by a soak: a Redis that had lost data gave an epoch again. */
  test('[F1] [G6] who has an epoch of another answer can neither end nor begin that anew', async () => {
    const { id } = await newSession(store())
    const { answer, epoch } = await start(store(), id)
    await store().append([item(id, epoch, 0, 'so far')])
    const before = await read(store(), id)
    const other = { ...answer, id: randomUUID(), seq: 4 }
    for (const seq of [2, 4]) {
      const message = final({ ...other, seq }, 'of a lost time')
      expect(await store().finish({ sessionId: id, epoch, message, at: nextTime() })).toEqual({ kind: 'fenced' })
      const restarted = { ...other, seq, attempt: 2 }
      expect(await store().restart({ sessionId: id, epoch, message: restarted })).toEqual({ kind: 'fenced' })
    }
    expect(await read(store(), id)).toEqual(before)
    const { loseSlot } = harness()
    if (loseSlot === null) return
    await loseSlot(id, { text: false })
    const message = final({ ...other, seq: 2 }, 'of a lost time')
    expect(await store().finish({ sessionId: id, epoch, message, at: nextTime() })).toEqual({ kind: 'fenced' })
    expect((await read(store(), id)).messages).toEqual(before.messages)
  })

  test('[M5] regenerating what has changed meanwhile is a conflict', async () => {
    const { id } = await newSession(store())
    const { message, finished } = await exchange(store(), id)
    const request = {
      sessionId: id,
      answer: { ...message, attempt: 2 },
      owner: R1,
      known: finished,
    }
    const second = await store().regenerate(request)
    if (second.kind !== 'started') return expect.fail()
    await store().finish({ sessionId: id, epoch: second.epoch, message: { ...message, attempt: 2 }, at: nextTime() })
    const third = { ...request, answer: { ...message, attempt: 3 } }
    expect(await store().regenerate(third), 'another has regenerated it').toEqual({ kind: 'conflict' })
    const next = await exchange(store(), id)
    expect(await store().regenerate(request)).toEqual({ kind: 'conflict' })
    expect(await store().regenerate({ ...request, known: next.finished }), 'not the last').toEqual({ kind: 'conflict' })
    await store().clear(id)
    expect(await store().regenerate(request)).toEqual({ kind: 'missing' })
  })

  test('[M5] [G6] nor is an answer regenerated that only has the version of the one that was meant', async () => {
    const { id } = await newSession(store())
    const { message, finished } = await exchange(store(), id)
    const answer = { ...message, attempt: 2 }
    const known = { ...finished, lastActivity: '2026-01-01T00:00:00.000Z' }
    expect(await store().regenerate({ sessionId: id, answer, owner: R1, known })).toEqual({ kind: 'conflict' })
    expect((await read(store(), id)).messages?.[1]).toEqual(message)
  })
}

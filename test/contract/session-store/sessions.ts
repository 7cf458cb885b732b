import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type { SessionState } from '../../../src/ports/session-store.ts'
import type { Message } from '../../../src/protocol/message.ts'
import { beginRequest, exchange, item, newSession, nextTime, R1, R2, read, seqs, start } from './fixtures.ts'
import { type Harness, MAX_MESSAGES, TTL_SECONDS } from './harness.ts'

/** Creating, opening, reading, keeping alive and removing sessions. */
export function sessionCases(harness: () => Harness): void {
  const store = () => harness().store

  test('[S1] a new session is empty and opens with its full TTL', async () => {
    const id = randomUUID()
    const createdAt = nextTime()
    const session = await store().create({ id, userId: 'ann', createdAt }, { watcher: R1, id: 1 })
    const expected = {
      id,
      userId: 'ann',
      createdAt,
      lastActivity: createdAt,
      lastSeq: 0,
      firstSeq: 1,
      ttlSeconds: TTL_SECONDS,
      version: 0,
    }
    expect(session).toEqual(expected)
    const opened = await store().open({ sessionId: id, userId: 'ann', watch: null, known: null })
    expect(opened).toEqual({ session: expected, messages: [], running: null })
  })

  test('creating again with the same arguments changes nothing', async () => {
    const arguments_ = { id: randomUUID(), userId: null, createdAt: nextTime() }
    const first = await store().create(arguments_, null)
    expect(await store().create(arguments_, null)).toEqual(first)
    await exchange(store(), first.id)
    expect((await store().create(arguments_, null)).lastSeq).toBe(2)
  })

  test('[S1] an unknown or expired session does not exist for any operation', async () => {
    const expired = await newSession(store(), null, R2)
    const { epoch, answer } = await start(store(), expired.id)
    await harness().expire(expired.id)
    for (const id of [expired.id, randomUUID()]) {
      expect(await store().open({ sessionId: id, userId: null, watch: { watcher: R1, id: 1 }, known: null })).toBeNull()
      expect(await store().read({ sessionId: id, after: 0 })).toBeNull()
      expect(await store().page({ sessionId: id, before: 10, limit: 10, bytes: 1e6 })).toBeNull()
      expect(await store().extend(id)).toBeNull()
      expect(await store().clear(id)).toBeNull()
      expect(await store().remaining([id])).toEqual([0])
      expect(await store().sizeOf(id)).toBe(0)
      expect(await store().append([item(id, epoch, 0, 'late')])).toEqual(['fenced'])
      expect(await store().keep([{ sessionId: id, epoch }])).toEqual([null])
      expect(await store().claim({ sessionId: id, epoch, owner: R2 })).toEqual({ kind: 'fenced' })
      expect(await store().finish({ sessionId: id, epoch, message: answer, at: nextTime() })).toEqual({
        kind: 'fenced',
      })
      await store().unwatch(id, { watcher: R1, id: 1 })
      expect(await store().read({ sessionId: id, after: 0 })).toBeNull()
    }
  })

  test('[X3] a session of another user, or of none, does not exist for a user', async () => {
    const hers = await newSession(store(), 'ann')
    const nobodys = await newSession(store(), null)
    const open = (sessionId: string, userId: string | null) =>
      store().open({ sessionId, userId, watch: null, known: null })
    expect(await open(hers.id, 'bob')).toBeNull()
    expect(await open(nobodys.id, 'bob')).toBeNull()
    expect(await open(hers.id, 'ann')).not.toBeNull()
    expect((await open(hers.id, null))?.session.userId).toBe('ann')
    expect((await open(nobodys.id, null))?.session.userId).toBeNull()
    const reads = (sessionId: string, userId: string | null) => [
      store().read({ sessionId, after: 0, userId }),
      store().find({ sessionId, messageId: randomUUID(), userId }),
      store().page({ sessionId, before: 10, limit: 10, bytes: 1000, userId }),
    ]
    for (const read of [...reads(hers.id, 'bob'), ...reads(nobodys.id, 'bob')]) expect(await read).toBeNull()
    for (const read of [...reads(hers.id, 'ann'), ...reads(hers.id, null)]) expect(await read).not.toBeNull()
  })

  test('[S3] opening, messages, extending and keeping set the full TTL again; reading does not', async () => {
    const { id } = await newSession(store(), 'ann', R2)
    const left = async () => Math.ceil(((await store().remaining([id]))[0] ?? 0) / 1000)
    const request = beginRequest(id, { owner: R1 })
    const answer: Message = { ...request.answer, seq: 2 }
    const refreshing: [string, () => Promise<unknown>][] = [
      ['open', () => store().open({ sessionId: id, userId: null, watch: null, known: null })],
      ['extend', () => store().extend(id)],
      ['begin', () => store().begin(request)],
      ['keep', () => store().keep([{ sessionId: id, epoch: 1 }])],
      ['the same message again', () => store().begin({ ...request, owner: R2 })],
      ['asking for the same message', () => store().sent(id, null, request.message.id)],
      ['claim', () => store().claim({ sessionId: id, epoch: 1, owner: R2 })],
      ['the same claim again', () => store().claim({ sessionId: id, epoch: 1, owner: R2 })],
      [
        'open while an answer runs',
        () => store().open({ sessionId: id, userId: null, watch: { watcher: R2, id: 1 }, known: null }),
      ],
      ['extend while an answer runs', () => store().extend(id)],
      ['finish', () => store().finish({ sessionId: id, epoch: 2, message: answer, at: nextTime() })],
      [
        'regenerate',
        async () => {
          const { session: known } = await read(store(), id)
          return store().regenerate({ sessionId: id, answer, owner: R2, known })
        },
      ],
    ]
    for (const [name, operation] of refreshing) {
      await harness().age(id)
      expect((await read(store(), id)).session.ttlSeconds, `before ${name}`).toBeLessThanOrEqual(TTL_SECONDS / 2)
      await store().page({ sessionId: id, before: 10, limit: 10, bytes: 1e6 })
      expect(await left(), `before ${name}`).toBeLessThanOrEqual(TTL_SECONDS / 2)
      await operation()
      expect(await left(), name).toBe(TTL_SECONDS)
    }
    expect(await store().extend(id)).toBe(TTL_SECONDS)
  })

  test('[S3] a session whose TTL was taken away lives, and has it again once it is written or read', async ({
    skip,
  }) => {
    const { persist } = harness()
    if (persist === null) return skip('nobody can take it away')
    const { id } = await newSession(store(), 'ann', R1)
    const { answer, request, epoch } = await start(store(), id)
    const operations: (() => Promise<unknown>)[] = [
      () => store().read({ sessionId: id, after: 0, watch: { watcher: R2, id: 1 } }),
      () => store().find({ sessionId: id, messageId: answer.id }),
      () => store().page({ sessionId: id, before: 9, limit: 9, bytes: 1e6 }),
      () => store().sent(id, null, request.message.id),
      () => store().remaining([id]),
      () => store().keep([{ sessionId: id, epoch }]),
    ]
    for (const operation of operations) {
      await persist(id)
      const found = await operation() // and no key is left without: see the harness
      expect(found, String(operation)).not.toBeNull()
      expect((await read(store(), id)).session.ttlSeconds, String(operation)).toBe(TTL_SECONDS)
    }
    await persist(id)
    expect(await store().remaining([randomUUID(), id])).toEqual([0, TTL_SECONDS * 1000])
    expect(await store().keep([{ sessionId: id, epoch }]), 'who was entered').toEqual([[R2]])
  })

  test('[S3] a running answer that is kept outlives any number of TTLs, all of it', async () => {
    const { id } = await newSession(store(), null, R2)
    const { epoch } = await exchange(store(), id).then(() => start(store(), id))
    await store().append([item(id, epoch, 0, 'some ')])
    for (let halves = 0; halves < 5; halves++) {
      await harness().age(id)
      expect(await store().keep([{ sessionId: id, epoch }])).toEqual([[R2]])
    }
    expect(await store().append([item(id, epoch, 5, 'text')])).toEqual(['stored'])
    expect((await read(store(), id)).running?.text).toBe('some text')
    expect((await read(store(), id)).messages).toHaveLength(4)
  })

  test('[S5] a copy with the current version is not sent again, any other is replaced', async () => {
    const { id } = await newSession(store())
    await exchange(store(), id)
    const open = (known: SessionState | null) => store().open({ sessionId: id, userId: null, watch: null, known })
    const state = (await open(null))?.session ?? expect.fail()
    expect((await open(state))?.messages).toBeNull()
    expect(seqs((await open({ ...state, version: state.version - 1 }))?.messages ?? null)).toEqual([1, 2])
    const lost = { ...state, lastActivity: nextTime() }
    expect(seqs((await open(lost))?.messages ?? null), 'the same version, from before data was lost').toEqual([1, 2])
    expect(seqs((await open(null))?.messages ?? null)).toEqual([1, 2])
    const { epoch, started } = await start(store(), id)
    await store().append([item(id, epoch, 0, 'text')])
    expect((await open(started.session))?.messages, 'a delta is no change of the messages').toBeNull()
    expect((await open(started.session))?.running?.text).toBe('text')
  })

  test('reading gives what is newer, paging what is older, both oldest first', async () => {
    const { id } = await newSession(store())
    for (let i = 0; i < MAX_MESSAGES / 2; i++) await exchange(store(), id)
    const page = async (before: number, limit: number) =>
      seqs((await store().page({ sessionId: id, before, limit, bytes: 1e6 }))?.messages ?? null)
    expect(seqs((await store().read({ sessionId: id, after: 4 }))?.messages ?? null)).toEqual([5, 6])
    expect(seqs((await store().read({ sessionId: id, after: 99 }))?.messages ?? null)).toEqual([])
    expect(await page(5, 2)).toEqual([3, 4])
    expect(await page(Number.MAX_SAFE_INTEGER, 3)).toEqual([4, 5, 6])
    expect(await page(3, 50)).toEqual([1, 2])
    expect(await page(1, 50)).toEqual([])
    expect(await page(0, 50)).toEqual([])
  })

  test('a message is found by its id, whoever sent it, with what runs; reading it touches nothing', async () => {
    const { id } = await newSession(store())
    for (let i = 0; i < 2; i++) await exchange(store(), id, `answer ${i}`)
    const { epoch } = await start(store(), id)
    const { messages = [], session, running } = (await read(store(), id)) ?? {}
    expect(messages).toHaveLength(6)
    for (const message of messages ?? []) {
      expect(await store().find({ sessionId: id, messageId: message.id })).toMatchObject({
        session: { version: session?.version },
        messages: [message],
      })
    }
    expect(running?.epoch).toBe(epoch)
    expect(await store().find({ sessionId: id, messageId: randomUUID() })).toMatchObject({
      messages: [],
      running: { epoch },
    })
    expect(await store().find({ sessionId: randomUUID(), messageId: messages?.[0]?.id ?? '' })).toBeNull()
  })

  test('[E] of what is too much for one reply the newest are read, and the first that does not fit', async () => {
    const { id } = await newSession(store())
    for (let i = 0; i < MAX_MESSAGES / 2; i++) await exchange(store(), id, '漢'.repeat(300 + i))
    const messages = (await read(store(), id)).messages ?? []
    const bytesOf = (...wanted: number[]) =>
      messages.reduce((sum, one) => sum + (wanted.includes(one.seq) ? Buffer.byteLength(JSON.stringify(one)) : 0), 0)
    const opened = async (bytes: number) => {
      const window = { after: 0, bytes }
      return seqs(
        (await store().open({ sessionId: id, userId: null, watch: null, known: null, window }))?.messages ?? null,
      )
    }
    expect(await opened(0)).toEqual([6])
    expect(await opened(bytesOf(5, 6))).toEqual([4, 5, 6])
    expect(await opened(bytesOf(4, 5, 6) - 1)).toEqual([4, 5, 6])
    expect(await opened(bytesOf(1, 2, 3, 4, 5, 6))).toEqual([1, 2, 3, 4, 5, 6])
    const page = async (limit: number, bytes: number) =>
      seqs((await store().page({ sessionId: id, before: 6, limit, bytes }))?.messages ?? null)
    expect(await page(5, bytesOf(5))).toEqual([4, 5])
    expect(await page(1, 1e6)).toEqual([5])
    expect(await page(5, 1e6)).toEqual([1, 2, 3, 4, 5])
  })

  test('watchers are the other replicas that opened the session and did not leave', async () => {
    const { id } = await newSession(store(), null, R1)
    const watch = { watcher: R2, id: 7 }
    for (const _ of [1, 2]) await store().open({ sessionId: id, userId: null, watch, known: null })
    const begun = await start(store(), id, { owner: R1 })
    expect(begun.started.watchers).toEqual([R2])
    for (const _ of [1, 2]) await store().unwatch(id, watch)
    expect(await store().keep([{ sessionId: id, epoch: begun.epoch }])).toEqual([[]])
    await store().open({ sessionId: id, userId: null, watch: { watcher: R2, id: 8 }, known: null })
    expect(await store().keep([{ sessionId: id, epoch: begun.epoch }])).toEqual([[R2]])
    await store().unwatch(id, watch) // of before, come late
    await store().open({ sessionId: id, userId: null, watch, known: null }) // likewise
    await store().unwatch(id, watch)
    expect(await store().keep([{ sessionId: id, epoch: begun.epoch }])).toEqual([[R2]])
    await store().unwatch(id, { watcher: R2, id: null })
    expect(await store().keep([{ sessionId: id, epoch: begun.epoch }]), 'of a dead replica').toEqual([[]])
  })

  test('[X3] nobody watches a session by reading it as a user whose it is not', async () => {
    const { id } = await newSession(store(), 'ann')
    const watch = { watcher: R2, id: 1 }
    expect(await store().read({ sessionId: id, after: 0, userId: 'bob', watch })).toBeNull()
    expect((await start(store(), id)).started.watchers).toEqual([])
  })

  test('keeping tells for each answer on its own which were lost', async () => {
    const [a, b] = [await newSession(store(), 'ann', R2), await newSession(store())]
    const [first, second] = [await start(store(), a.id), await start(store(), b.id)]
    await store().claim({ sessionId: b.id, epoch: second.epoch, owner: R2 })
    const answers = [
      { sessionId: a.id, epoch: first.epoch },
      { sessionId: b.id, epoch: second.epoch },
    ]
    expect(await store().keep(answers)).toEqual([[R2], null])
    expect(await store().keep([])).toEqual([])
  })

  test('clearing removes everything, also while an answer runs, and fences its owner', async () => {
    const { id } = await newSession(store(), 'clara', R2)
    await exchange(store(), id)
    const { epoch, answer } = await start(store(), id)
    await store().append([item(id, epoch, 0, 'text')])
    expect(await store().clear(id), 'who watched it').toEqual([R2])
    expect(await store().clear(id)).toBeNull()
    expect(await store().read({ sessionId: id, after: 0 })).toBeNull()
    expect(await store().append([item(id, epoch, 4, ' more')])).toEqual(['fenced'])
    expect(await store().finish({ sessionId: id, epoch, message: answer, at: nextTime() })).toEqual({ kind: 'fenced' })
    expect(await store().read({ sessionId: id, after: 0 })).toBeNull()
    expect((await store().sessionsOf('clara', { before: null, limit: 10 })).sessions).toEqual([])
  })

  test('the time left and the size are told for many sessions and for none', async () => {
    const { id } = await newSession(store())
    const empty = await store().sizeOf(id)
    expect(empty).toBeGreaterThan(0)
    await exchange(store(), id, 'x'.repeat(10_000))
    expect(await store().sizeOf(id)).toBeGreaterThan(empty + 10_000)
    const [known, unknown] = await store().remaining([id, randomUUID()])
    expect(known).toBeGreaterThan((TTL_SECONDS - 10) * 1000)
    expect(unknown).toBe(0)
    expect(await store().remaining([])).toEqual([])
  })
}

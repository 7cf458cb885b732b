import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Message } from '../../../src/protocol/message.ts'
import { interruptedUnknown } from '../../../src/session/interruptions.ts'
import {
  beginRequest,
  contents,
  draft,
  exchange,
  final,
  isStarted,
  item,
  newSession,
  nextTime,
  R1,
  R2,
  R3,
  read,
  SCRIPTS,
  seqs,
  start,
} from './fixtures.ts'
import { type Harness, MAX_MESSAGES } from './harness.ts'

/** Storing a message with its empty answer, and claiming the slot. */
export function beginCases(harness: () => Harness): void {
  const store = () => harness().store
  /** How it says where its messages are (M1, G1). */
  const durability = () => ({ backend: store().backend, persisted: store().backend === 'redis' })

  test('[S4] beginning stores the message and the empty answer, numbers them and claims the slot', async () => {
    const { id } = await newSession(store(), 'ann')
    const request = beginRequest(id, {
      userId: 'ann',
      message: draft('user', SCRIPTS.join(''), { metadata: { a: ['ü', null, { b: 1.5 }] } }),
    })
    const started = await store().begin(request)
    const session = { lastSeq: 2, firstSeq: 1, version: 1, userId: 'ann', lastActivity: request.answer.createdAt }
    expect(started).toMatchObject({ kind: 'started', ...durability(), epoch: 1, seq: 2, watchers: [], session })
    const message = { ...request.message, seq: 1 }
    const answer = { ...request.answer, seq: 2 }
    const snapshot = await read(store(), id)
    expect(snapshot.messages).toEqual([message, answer])
    expect(snapshot.running).toEqual({
      messageId: answer.id,
      seq: 2,
      attempt: 1,
      owner: R1,
      epoch: 1,
      startedAt: Date.parse(answer.createdAt),
      contributors: [],
      takeovers: 0,
      bookmark: null,
      text: '',
    })
  })

  test('a missing session and another user are told apart from nothing', async () => {
    const { id } = await newSession(store(), 'ann')
    expect(await store().begin(beginRequest(randomUUID()))).toEqual({ kind: 'missing' })
    expect(await store().begin(beginRequest(id, { userId: 'bob' }))).toEqual({ kind: 'missing' })
    expect((await read(store(), id)).session.lastSeq).toBe(0)
  })

  test('[S5] [S7] the model gets its context unless the copy of the caller is current', async () => {
    const { id } = await newSession(store())
    await exchange(store(), id, 'one')
    const { finished } = await exchange(store(), id, 'two')
    const current = await start(store(), id, { known: finished })
    expect(current.started.context).toBeNull()
    await store().finish({
      sessionId: id,
      epoch: current.epoch,
      message: final(current.answer, 'three'),
      at: nextTime(),
    })
    const stale = await start(store(), id, {
      known: finished,
      contextSize: 4,
      message: draft('user', 'last'),
    })
    expect(contents(stale.started.context)).toEqual(['two', 'hello', 'three', 'last'].slice(-4))
    await store().clear(id)
    const fresh = await newSession(store())
    expect(contents((await start(store(), fresh.id, { contextSize: 1 })).started.context)).toEqual(['hello'])
  })

  test('[M3] a second message while an answer streams is refused with what runs', async () => {
    const { id } = await newSession(store())
    const { epoch, answer } = await start(store(), id)
    await store().append([item(id, epoch, 0, 'so far')])
    const busy = await store().begin(beginRequest(id, { owner: R2 }))
    expect(busy).toMatchObject({ kind: 'busy', running: { messageId: answer.id, owner: R1 } })
    expect((await read(store(), id)).session).toMatchObject({ lastSeq: 2, version: epoch })
  })

  test('[M2] an id that is stored gives its message and answer, while it streams and after', async () => {
    const { id } = await newSession(store())
    const { epoch, answer, request } = await start(store(), id)
    await store().append([item(id, epoch, 0, 'so far')])
    const again = beginRequest(id, {
      message: { ...request.message, content: 'changed', createdAt: nextTime() },
      owner: R2,
    })
    const message = { ...request.message, seq: 1 }
    const repeated = { kind: 'repeated', ...durability(), message }
    expect(await store().begin(again)).toEqual({ ...repeated, answer: { ...answer, content: 'so far' } })
    const done = final(answer, 'so far so good')
    await store().finish({ sessionId: id, epoch, message: done, at: nextTime() })
    expect(await store().begin(again)).toEqual({ ...repeated, answer: done })
    const next = await start(store(), id)
    expect(await store().begin(again), 'while the next one streams').toEqual({ ...repeated, answer: done })
    expect(next.started.seq).toBe(4)
  })

  test('[M2] a message that was sent is found by its id, as beginning it again would give it', async () => {
    const { id } = await newSession(store(), 'ann')
    const { request, epoch, answer } = await start(store(), id, { userId: 'ann' })
    await store().append([item(id, epoch, 0, 'so far')])
    const sent = () => store().sent(id, 'ann', request.message.id)
    expect(await sent()).toEqual(await store().begin({ ...request, owner: R2 }))
    await store().finish({ sessionId: id, epoch, message: final(answer, 'so far so good'), at: nextTime() })
    expect(await sent()).toEqual(await store().begin({ ...request, owner: R2 }))
    expect(await store().sent(id, null, request.message.id)).toEqual(await sent())
    expect(await store().sent(id, 'ann', randomUUID())).toEqual({ kind: 'unknown' })
    expect(await store().sent(id, 'ann', answer.id)).toEqual({ kind: 'unknown' })
    expect(await store().sent(id, 'bob', request.message.id)).toEqual({ kind: 'missing' })
    expect(await store().sent(randomUUID(), null, request.message.id)).toEqual({ kind: 'missing' })
  })

  test('[X7] the id of an answer is no id for a message, while it streams and after, until it is trimmed', async () => {
    const { id } = await newSession(store())
    const { epoch, answer } = await start(store(), id)
    const hostile = beginRequest(id, { message: draft('user', 'mine', { id: answer.id }) })
    expect(await store().begin(hostile)).toEqual({ kind: 'taken' })
    await store().finish({ sessionId: id, epoch, message: final(answer, 'done'), at: nextTime() })
    expect(await store().begin(hostile)).toEqual({ kind: 'taken' })
    expect((await read(store(), id)).session).toMatchObject({ lastSeq: 2, version: 2 })
    for (let i = 0; i < MAX_MESSAGES / 2; i++) await exchange(store(), id)
    expect((await store().begin(hostile)).kind).toBe('started')
  })

  test('[G6] [F4] an answer whose slot was lost ends where the next one begins, with its text, and its owner is fenced', async ({
    skip,
  }) => {
    const { loseSlot } = harness()
    if (loseSlot === null) return skip('its slot cannot be lost by itself')
    const { id } = await newSession(store(), 'ann', R3)
    const { finished } = await exchange(store(), id)
    const { answer, epoch, started } = await start(store(), id, { known: finished })
    const text = SCRIPTS.join('')
    const bytes = Buffer.byteLength(text)
    await store().append([item(id, epoch, 0, text)])
    await loseSlot(id, { text: false })
    const next = await start(store(), id, { owner: R2, known: started.session })
    const lost = { ...answer, content: text, status: 'error', metadata: interruptedUnknown('lost') }
    expect(next.started.lost).toEqual(lost)
    expect(next.started.context?.slice(-2)).toEqual([lost, { ...next.request.message, seq: 5 }])
    expect(next.started).toMatchObject({ seq: 6, epoch: epoch + 2, watchers: [R3] })
    const { messages, running } = await read(store(), id)
    expect(messages?.slice(2)).toEqual([
      { ...messages?.[2], seq: 3 },
      lost,
      { ...next.request.message, seq: 5 },
      next.answer,
    ])
    expect(running).toMatchObject({ messageId: next.answer.id, owner: R2, text: '' })
    expect(await store().append([item(id, epoch, bytes, 'more')])).toEqual(['fenced'])
    const end = { sessionId: id, epoch, message: final(answer, text), at: nextTime() }
    expect(await store().finish(end)).toEqual({ kind: 'fenced' })
    expect((await start(store(), (await newSession(store())).id)).started.lost, 'as usual').toBeNull()
  })

  test('[G6] [D3] where its text was lost as well, what was shown of it is dropped by a higher attempt', async ({
    skip,
  }) => {
    const { loseSlot } = harness()
    if (loseSlot === null) return skip('its slot cannot be lost by itself')
    const { id } = await newSession(store())
    const { answer, epoch } = await start(store(), id)
    await store().append([item(id, epoch, 0, 'so far')])
    await loseSlot(id, { text: true })
    const request = beginRequest(id, { owner: R2 })
    const begun = await store().begin(request)
    const lost = { ...answer, attempt: 2, status: 'error', metadata: interruptedUnknown('lost') }
    expect(begun).toMatchObject({ kind: 'started', lost })
    expect(await store().begin(request), 'again, after a lost reply').toMatchObject({ epoch: epoch + 2, seq: 4 })
    expect((await read(store(), id)).messages?.[1]).toEqual(lost)
  })

  test('[G6] [F4] and where one is brought back that was held elsewhere', async ({ skip }) => {
    const { loseSlot } = harness()
    if (loseSlot === null) return skip('its slot cannot be lost by itself')
    const { id } = await newSession(store())
    const { answer, epoch } = await start(store(), id)
    await store().append([item(id, epoch, 0, 'so far')])
    await loseSlot(id, { text: false })
    const held = {
      question: { ...draft('user', 'held'), seq: 3 },
      answer: final({ ...draft('assistant'), seq: 4 }, 'kept'),
    }
    const { session } = await read(store(), id)
    const back = await store().reconcile({
      session,
      owner: R2,
      base: { seq: 2, lastSeq: 2, version: epoch, lastActivity: session.lastActivity },
      exchanges: [held],
      running: null,
      watch: null,
    })
    if (back.kind !== 'reconciled') return expect.fail(back.kind)
    expect(back.snapshot.messages?.slice(1)).toEqual([
      { ...answer, content: 'so far', status: 'error', metadata: interruptedUnknown('lost') },
      held.question,
      held.answer,
    ])
    expect(await store().append([item(id, epoch, 6, 'more')])).toEqual(['fenced'])
  })

  test('[M2] the same begin again, after a lost reply, is still started: under the same epoch, stored once', async () => {
    const { id } = await newSession(store())
    const { finished } = await exchange(store(), id)
    const request = beginRequest(id, { known: finished })
    const first = await store().begin(request)
    const again = await store().begin(request)
    expect(again).toEqual({ ...first, context: isStarted(again) ? again.context : null })
    expect(first).toMatchObject({ kind: 'started', seq: 4, context: null })
    expect(seqs((await read(store(), id)).messages)).toEqual([1, 2, 3, 4])
    if (!isStarted(first)) return
    await store().claim({ sessionId: id, epoch: first.epoch, owner: R2 })
    expect(await store().begin(request), 'once it was taken over').toMatchObject({ kind: 'repeated' })
  })

  test('[M2] [M5] so it is when another replica has brought back what it held behind that answer', async () => {
    const { id } = await newSession(store())
    const request = beginRequest(id)
    const first = await store().begin(request)
    await bringBack(id, 2)
    expect(await store().begin(request)).toMatchObject({ ...first, session: { lastSeq: 6 } })
    if (!isStarted(first)) return expect.fail()
    const message = final({ ...request.answer, seq: first.seq }, '')
    await store().finish({ sessionId: id, epoch: first.epoch, message, at: nextTime() })
    const { session: known, messages } = await read(store(), id)
    const answer: Message = { ...(messages?.at(-1) ?? expect.fail()), content: '', status: 'streaming', attempt: 2 }
    const regenerated = await store().regenerate({ sessionId: id, answer, owner: R1, known })
    await bringBack(id, 1)
    const again = await store().regenerate({ sessionId: id, answer, owner: R1, known })
    expect(again).toMatchObject({ ...regenerated, session: { lastSeq: 8 } })
  })

  /** Exchanges that another replica held while it was without the store. */
  async function bringBack(id: string, count: number): Promise<void> {
    const exchanges = Array.from({ length: count }, (_, i) => ({
      question: { ...draft('user', 'held'), seq: 2 * i + 1 },
      answer: final({ ...draft('assistant'), seq: 2 * i + 2 }, 'kept'),
    }))
    const { session } = await read(store(), id)
    const base = { seq: 0, lastSeq: 0, version: 0, lastActivity: '' }
    const back = await store().reconcile({ session, owner: R3, base, exchanges, running: null, watch: null })
    expect(back.kind).toBe('reconciled')
  }

  test('[S4] the oldest are dropped beyond the maximum while seq goes on rising', async () => {
    const { id } = await newSession(store())
    const first = await exchange(store(), id)
    for (let i = 1; i < 5; i++) await exchange(store(), id)
    const { session, messages } = await read(store(), id)
    expect(session).toMatchObject({ lastSeq: 10, firstSeq: 10 - MAX_MESSAGES + 1 })
    expect(seqs(messages)).toEqual([5, 6, 7, 8, 9, 10])
    const page = await store().page({ sessionId: id, before: 7, limit: 10, bytes: 1e6 })
    expect(seqs(page?.messages ?? null)).toEqual([5, 6])
    const kept = await start(store(), id, { contextSize: 50 })
    expect(seqs(kept.started.context)).toEqual([7, 8, 9, 10, 11])
    await store().finish({ sessionId: id, epoch: kept.epoch, message: final(kept.answer, ''), at: nextTime() })
    expect(
      (await store().begin(beginRequest(id, { message: first.request.message }))).kind,
      'its id is forgotten too',
    ).toBe('started')
  })

  test('[M3] of two messages at once exactly one starts, a hundred times', async () => {
    const { id } = await newSession(store())
    for (let round = 1; round <= 100; round++) {
      const requests = [beginRequest(id, { owner: R1 }), beginRequest(id, { owner: R2 })]
      const results = await Promise.all(requests.map((request) => store().begin(request)))
      expect(results.map((result) => result.kind).sort()).toEqual(['busy', 'started'])
      const winner = results.findIndex(isStarted)
      const [started, request] = [results[winner], requests[winner]]
      if (started === undefined || request === undefined || !isStarted(started)) return expect.fail()
      expect(started.seq).toBe(2 * round)
      const message = final({ ...request.answer, seq: started.seq }, 'done')
      expect((await store().finish({ sessionId: id, epoch: started.epoch, message, at: nextTime() })).kind).toBe(
        'finished',
      )
    }
  })
}

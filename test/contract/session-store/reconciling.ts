import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type { RunningAnswer } from '../../../src/ports/session-store.ts'
import type { Exchange, ReconcileRequest } from '../../../src/ports/shared-store.ts'
import type { Message } from '../../../src/protocol/message.ts'
import {
  contents,
  draft,
  exchange,
  final,
  item,
  newSession,
  nextTime,
  R1,
  R2,
  R3,
  read,
  seqs,
  start,
} from './fixtures.ts'
import { type Harness, MAX_MESSAGES } from './harness.ts'

/** What a replica brings that went on without the store (G2, G4). */
export function reconcileCases(harness: () => Harness): void {
  const store = () => harness().store

  /** A question and its answer as a replica's memory has them, under provisional numbers. */
  function heldExchange(seq: number, content: string, more: Partial<Message> = {}): Exchange {
    const question: Message = { ...draft('user', content), seq }
    const answer: Message = { ...draft('assistant'), seq: seq + 1 }
    return { question, answer: { ...final(answer, `answer to ${content}`), ...more } }
  }

  function request(id: string, more: Partial<ReconcileRequest> = {}): ReconcileRequest {
    const session = { id, userId: null, createdAt: nextTime(), lastActivity: nextTime() }
    return {
      session,
      owner: R1,
      base: { seq: 0, lastSeq: 0, version: 0, lastActivity: '' },
      exchanges: [],
      running: null,
      watch: null,
      ...more,
    }
  }

  function runningOf(answer: Message, text: string, more: Partial<RunningAnswer> = {}): RunningAnswer {
    const { id: messageId, seq, attempt } = answer
    const slot = { messageId, seq, attempt, owner: R1, epoch: 2 ** 44, startedAt: 1000, contributors: [], takeovers: 0 }
    return { ...slot, bookmark: null, text, ...more }
  }

  async function reconcile(reconciling: ReconcileRequest) {
    const reply = await store().reconcile(reconciling)
    return reply.kind === 'reconciled' ? reply : expect.fail(`reconcile gave ${reply.kind}`)
  }

  test('[E] a session that was cleared meanwhile is not made again', async () => {
    const { id } = await newSession(store())
    await exchange(store(), id)
    const { lastSeq: seq, version, lastActivity } = (await read(store(), id)).session
    expect(await store().clear(id)).not.toBeNull()
    const bringing = request(id, {
      base: { seq, lastSeq: seq, version, lastActivity },
      exchanges: [heldExchange(seq + 1, 'held')],
    })
    expect(await store().reconcile(bringing)).toEqual({ kind: 'cleared' })
    expect(await store().read({ sessionId: id, after: 0 })).toBeNull()
  })

  test('[E] nor is one that was brought without a reply, and cleared before it is brought again', async () => {
    const bringing = request(randomUUID(), { exchanges: [heldExchange(1, 'held')] })
    await reconcile(bringing)
    expect(await store().clear(bringing.session.id)).not.toBeNull()
    expect(await store().reconcile(bringing)).toEqual({ kind: 'cleared' })
  })

  test('[E] nor is one that the store did not have when it was to be cleared', async () => {
    const bringing = request(randomUUID(), { exchanges: [heldExchange(1, 'held')] })
    expect(await store().clear(bringing.session.id)).toBeNull()
    expect(await store().reconcile(bringing)).toEqual({ kind: 'cleared' })
  })

  test('[G2] a session that was made without the store is made there, with all that it has, and is told the same again', async () => {
    const id = randomUUID()
    const exchanges = [heldExchange(1, 'one'), heldExchange(3, 'two')]
    const reconciling = request(id, { exchanges, watch: { watcher: R1, id: 7 } })
    const { snapshot, watchers } = await reconcile(reconciling)
    expect(contents(snapshot.messages)).toEqual(['one', 'answer to one', 'two', 'answer to two'])
    expect(snapshot.running).toBeNull()
    expect(watchers).toEqual([])
    const { session, messages } = await read(store(), id)
    expect(messages).toEqual(exchanges.flatMap(({ question, answer }) => [question, answer]))
    expect(session).toMatchObject({ createdAt: reconciling.session.createdAt, lastSeq: 4, firstSeq: 1 })
    const again = await reconcile({ ...reconciling, base: { ...session, seq: 0 } })
    expect(again.snapshot.messages).toEqual(messages)
    expect((await reconcile({ ...reconciling, owner: R2 })).watchers, 'who was entered is told of').toEqual([R1])
  })

  test('[D7] [F2] a stop that the store has is undone by nobody: no claim, no return of the owner, no append', async () => {
    const { id } = await newSession(store())
    const { epoch, answer } = await start(store(), id)
    await store().append([item(id, epoch, 0, 'so far')])
    const claimed = await store().claim({ sessionId: id, epoch, owner: R2 })
    if (claimed.kind !== 'claimed') return expect.fail()
    const stopped = final(answer, 'so far', { status: 'stopped' })
    await store().finish({ sessionId: id, epoch: claimed.running.epoch, message: stopped, at: nextTime() })
    const stands = await read(store(), id)
    for (const stale of [epoch, claimed.running.epoch]) {
      expect(await store().claim({ sessionId: id, epoch: stale, owner: R3 })).toEqual({ kind: 'fenced' })
      expect(await store().append([item(id, stale, 6, ' and on')])).toEqual(['fenced'])
    }
    // Its first owner had lost the store, and comes back with what it went on to write.
    const exchanges = [{ question: null, answer: { ...answer, content: '' } }]
    const base = { seq: 2, lastSeq: 2, version: epoch, lastActivity: '' }
    const { snapshot } = await reconcile(request(id, { base, exchanges, running: runningOf(answer, 'so far and on') }))
    expect(snapshot.running).toBeNull()
    expect(snapshot.messages).toEqual(stands.messages)
    expect(snapshot.messages?.at(-1)).toMatchObject({ status: 'stopped', content: 'so far' })
  })

  test('[G4] what is there stands, and what is brought comes after it, once, under new numbers', async () => {
    const { id } = await newSession(store(), null, R2)
    const known = await exchange(store(), id, 'known')
    const base = { ...known.finished, seq: 2 }
    await exchange(store(), id, 'meanwhile')
    const exchanges = [{ question: null, answer: known.message }, heldExchange(3, 'held')]
    const reconciling = request(id, { base, exchanges })
    const { snapshot, watchers } = await reconcile(reconciling)
    expect(contents(snapshot.messages)?.slice(3)).toEqual(['meanwhile', 'held', 'answer to held'])
    expect(seqs(snapshot.messages)).toEqual([1, 2, 3, 4, 5, 6])
    expect(watchers).toEqual([R2])
    expect((await reconcile(reconciling)).snapshot).toEqual({ ...snapshot, session: expect.anything() })
    const sentAgain = await store().begin({
      ...(await begun(id, exchanges[1]?.question ?? null)),
    })
    expect(sentAgain, '[M2] the same id again').toMatchObject({
      kind: 'repeated',
      message: { seq: 5 },
      answer: { seq: 6 },
    })
  })

  test('[G4] [M2] a question that another replica brought with its own answer keeps that one, whoever knew the version', async () => {
    const { id } = await newSession(store())
    const held = heldExchange(1, 'one')
    const { snapshot } = await reconcile(request(id, { exchanges: [held] }))
    const base = { ...snapshot.session, seq: 0 }
    const other = { ...held, answer: { ...held.answer, id: randomUUID(), content: 'another answer' } }
    expect((await reconcile(request(id, { owner: R2, base, exchanges: [other] }))).snapshot).toEqual(snapshot)
  })

  async function begun(sessionId: string, question: Message | null) {
    if (question === null) return expect.fail()
    const { seq: _, ...message } = question
    return {
      sessionId,
      userId: null,
      message,
      answer: draft('assistant'),
      owner: R2,
      known: null,
      contextSize: 0,
    }
  }

  test("[X7] an id that is brought as an answer's is no question's any more", async () => {
    const { id } = await newSession(store())
    const held = heldExchange(1, 'one')
    await reconcile(request(id, { exchanges: [held] }))
    const taken = await store().begin(await begun(id, { ...held.answer, role: 'user' }))
    expect(taken.kind).toBe('taken')
  })

  test("[X7] [G4] nor is a question that has an answer's id taken for the one to which that is the answer", async () => {
    const { id } = await newSession(store())
    const { message } = await exchange(store(), id)
    const held = heldExchange(1, 'held')
    const question = { ...(held.question ?? expect.fail()), id: message.id }
    const { snapshot } = await reconcile(request(id, { exchanges: [{ ...held, question }] }))
    expect(contents(snapshot.messages)?.slice(1)).toEqual(['an answer', 'held', 'answer to held'])
    expect(await store().sent(id, null, message.id)).toMatchObject({ kind: 'repeated', message: { seq: 3 } })
    const found = await store().find({ sessionId: id, messageId: message.id })
    expect(found?.messages).toEqual([message])
  })

  test('[G2] [F1] a running answer of the caller is its own under a new epoch, with the text that it brings', async () => {
    const { id } = await newSession(store(), null, R2)
    const { answer, epoch, started } = await start(store(), id)
    await store().append([item(id, epoch, 0, 'stored ')])
    const base = { ...started.session, seq: 2 }
    const bookmark = { responseId: 'resp_1', sequence: 9 }
    const running = runningOf(answer, 'stored and more ', { bookmark, contributors: ['r3'], startedAt: started.epoch })
    const reconciling = request(id, { base, exchanges: [{ question: null, answer }], running })
    const { snapshot } = await reconcile(reconciling)
    const now = snapshot.running ?? expect.fail('it does not run')
    expect(now).toMatchObject({
      messageId: answer.id,
      owner: R1,
      text: 'stored and more ',
      bookmark,
      contributors: ['r3'],
    })
    expect(now.epoch).toBe(snapshot.session.version)
    expect(await store().append([item(id, epoch, 7, 'late')]), 'of the old epoch').toEqual(['fenced'])
    const bytes = Buffer.byteLength(now.text)
    expect(await store().append([item(id, now.epoch, bytes, 'end')])).toEqual(['stored'])
    expect((await read(store(), id)).running?.text).toBe('stored and more end')
  })

  test('[G2] one that has ended meanwhile ends there too, and its slot is free', async () => {
    const { id } = await newSession(store())
    const { answer, epoch, started } = await start(store(), id)
    await store().append([item(id, epoch, 0, 'half')])
    const ended = final(answer, 'half and whole')
    const base = { ...started.session, seq: 2 }
    const { snapshot } = await reconcile(request(id, { base, exchanges: [{ question: null, answer: ended }] }))
    expect(snapshot.running).toBeNull()
    expect(snapshot.messages?.[1]).toEqual(ended)
    expect((await start(store(), id)).started.seq).toBe(4)
  })

  test('[G4] an answer that another replica has taken over, or ended, is left as it is', async () => {
    const { id } = await newSession(store())
    const { answer, epoch, started } = await start(store(), id)
    await store().append([item(id, epoch, 0, 'half')])
    const claimed = await store().claim({ sessionId: id, epoch, owner: R2 })
    if (claimed.kind !== 'claimed') return expect.fail()
    const base = { ...started.session, seq: 2 }
    const ours = [{ question: null, answer: final(answer, 'half of another kind') }]
    const taken = await reconcile(request(id, { base, exchanges: ours }))
    expect(taken.snapshot.running).toMatchObject({ owner: R2, text: 'half', epoch: claimed.running.epoch })
    const theirs = final(answer, 'half and theirs')
    await store().finish({ sessionId: id, epoch: claimed.running.epoch, message: theirs, at: nextTime() })
    const ended = await reconcile(request(id, { base, exchanges: ours }))
    expect(ended.snapshot.messages?.[1]).toEqual(theirs)
  })

  test('[G4] another attempt at the last answer is taken where nobody has changed the session since, else not', async () => {
    const { id } = await newSession(store())
    const { message, finished } = await exchange(store(), id)
    const base = { ...finished, seq: 2 }
    const second = { ...message, content: 'the second', attempt: 2 }
    const reconciling = request(id, { base, exchanges: [{ question: null, answer: second }] })
    expect((await reconcile(reconciling)).snapshot.messages?.[1]).toEqual(second)
    const third = { ...message, content: 'the third', attempt: 3 }
    const late = request(id, { base, exchanges: [{ question: null, answer: third }] })
    expect((await reconcile(late)).snapshot.messages?.[1]).toEqual(second)
  })

  /** The first call was carried out, and its reply was lost. */
  test('[G4] [M5] what the caller has made anew since it brought it is taken, unless another has written meanwhile', async () => {
    for (const elsewhere of [false, true]) {
      const { id } = await newSession(store())
      const { finished } = await exchange(store(), id)
      const base = { ...finished, seq: 2 }
      const held = heldExchange(3, 'held')
      const { snapshot } = await reconcile(request(id, { base, exchanges: [held] }))
      if (elsewhere) await exchange(store(), id)
      const anew = { ...held, answer: { ...held.answer, content: 'made anew', attempt: 2 } }
      const again = await reconcile(request(id, { base, sent: snapshot.session, exchanges: [anew] }))
      expect(again.snapshot.messages?.[3]?.content).toBe(elsewhere ? held.answer.content : 'made anew')
    }
  })

  /** Found by the simulation (seed 212076626). */
  test('[G4] an attempt that the caller claimed unawares is not undone by the earlier one that it knows', async () => {
    const { id } = await newSession(store())
    const { message, finished } = await exchange(store(), id)
    const second = { ...message, content: '', status: 'streaming' as const, attempt: 2, metadata: {} }
    const begun = { sessionId: id, userId: null, answer: second, owner: R2, known: finished }
    const started = await store().regenerate(begun)
    if (started.kind !== 'started') return expect.fail(started.kind)
    await store().claim({ sessionId: id, epoch: started.epoch, owner: R1 }) // the reply is lost
    const base = { ...finished, seq: 2 }
    const { snapshot } = await reconcile(request(id, { base, exchanges: [{ question: null, answer: message }] }))
    expect(snapshot.running).toMatchObject({ messageId: message.id, attempt: 2, owner: R1 })
    expect(snapshot.messages?.[1]).toEqual(second)
  })

  test('[M3] while another answer runs one that has ended is added after it, and one that runs has to wait', async () => {
    const { id } = await newSession(store())
    const other = await start(store(), id, { owner: R3 })
    await store().append([item(id, other.epoch, 0, 'theirs')])
    const held = heldExchange(1, 'held')
    const next: Exchange = { question: { ...draft('user', 'next'), seq: 3 }, answer: { ...draft('assistant'), seq: 4 } }
    const running = runningOf(next.answer, 'ours')
    const before = await read(store(), id)
    const busy = await store().reconcile(request(id, { exchanges: [held, next], running }))
    expect(busy).toMatchObject({ kind: 'busy', running: { messageId: other.answer.id, owner: R3 } })
    expect(await read(store(), id), 'nothing was changed').toEqual(before)

    const { snapshot } = await reconcile(request(id, { exchanges: [held] }))
    expect(contents(snapshot.messages)).toEqual(['hello', '', 'held', 'answer to held'])
    expect(snapshot.running).toMatchObject({ messageId: other.answer.id, epoch: other.epoch })
    const message = final(other.answer, 'theirs')
    await store().finish({ sessionId: id, epoch: other.epoch, message, at: nextTime() })
    const after = await reconcile(request(id, { exchanges: [held, next], running }))
    expect(after.snapshot.running).toMatchObject({ messageId: next.answer.id, seq: 6, text: 'ours', owner: R1 })
  })

  test('[G2] a store that has lost messages says how far it goes, and takes the rest', async () => {
    const { id } = await newSession(store())
    await exchange(store(), id)
    const base = { seq: 4, lastSeq: 4, version: 9, lastActivity: '' }
    expect(await store().reconcile(request(id, { base }))).toEqual({ kind: 'behind', lastSeq: 2 })
    expect(await store().reconcile(request(randomUUID(), { base }))).toEqual({ kind: 'behind', lastSeq: 0 })
    const { snapshot } = await reconcile(
      request(id, { base: { seq: 2, lastSeq: 2, version: 9, lastActivity: '' }, exchanges: [heldExchange(3, 'lost')] }),
    )
    expect(contents(snapshot.messages)?.slice(2)).toEqual(['lost', 'answer to lost'])
  })

  test('[S3] [S4] it has its full TTL, keeps what a session keeps, and none of its keys is without a TTL', async () => {
    const { id } = await newSession(store())
    const left = async () => Math.round(((await store().remaining([id]))[0] ?? 0) / 1000)
    const whole = await left()
    await harness().age(id)
    const exchanges = Array.from({ length: 40 }, (_, i) => heldExchange(2 * i + 1, `q${i}`))
    const { snapshot } = await reconcile(request(id, { exchanges, watch: { watcher: R1, id: 1 } }))
    expect(await left()).toBe(whole)
    const { firstSeq, lastSeq } = snapshot.session
    expect(lastSeq).toBe(80)
    expect(seqs(snapshot.messages)).toEqual(Array.from({ length: lastSeq - firstSeq + 1 }, (_, i) => firstSeq + i))
    await start(store(), id)
    expect((await read(store(), id)).session.firstSeq).toBe(firstSeq + 2)
  })

  test('[S4] [F3] however much is brought, an answer that runs keeps its place and its question', async () => {
    const { id } = await newSession(store())
    const { epoch } = await start(store(), id, { owner: R3 })
    const exchanges = Array.from({ length: 10 }, (_, i) => heldExchange(2 * i + 1, `q${i}`))
    const { snapshot } = await reconcile(request(id, { exchanges }))
    expect(contents(snapshot.messages)?.slice(0, 3)).toEqual(['hello', '', 'q0'])
    const claimed = await store().claim({ sessionId: id, epoch, owner: R2 })
    expect(claimed).toMatchObject({ kind: 'claimed', message: { seq: 2 } })
  })

  test('[S4] [F3] nor does it lose its place when its owner comes back after others brought much', async () => {
    const { id } = await newSession(store())
    const { answer, started } = await start(store(), id)
    await reconcile(
      request(id, { owner: R2, exchanges: Array.from({ length: 10 }, (_, i) => heldExchange(2 * i + 1, `q${i}`)) }),
    )
    const base = { ...started.session, seq: 2 }
    const running = runningOf(answer, 'and on')
    const { snapshot } = await reconcile(request(id, { base, exchanges: [{ question: null, answer }], running }))
    expect(snapshot.running).toMatchObject({ messageId: answer.id, seq: 2, owner: R1, text: 'and on' })
    expect(contents(snapshot.messages)?.slice(0, 3)).toEqual(['hello', '', 'q0'])
    const { epoch } = snapshot.running ?? expect.fail()
    const claimed = await store().claim({ sessionId: id, epoch, owner: R3 })
    expect(claimed).toMatchObject({ kind: 'claimed', message: answer })
  })

  test('[S4] what brings nothing new drops nothing either', async () => {
    const { id } = await newSession(store())
    const { answer, epoch } = await start(store(), id)
    const bringing = request(id, {
      owner: R2,
      exchanges: Array.from({ length: 10 }, (_, i) => heldExchange(2 * i + 1, `q${i}`)),
    })
    await reconcile(bringing)
    await store().finish({ sessionId: id, epoch, message: final(answer, 'done'), at: nextTime() })
    const before = await read(store(), id)
    const { snapshot } = await reconcile(bringing)
    expect(snapshot).toEqual(before)
    await start(store(), id)
    expect((await read(store(), id)).messages).toHaveLength(MAX_MESSAGES)
  })
}

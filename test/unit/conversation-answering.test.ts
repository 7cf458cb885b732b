import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { AnswerWriter } from '../../src/conversation/answer-writer.ts'
import { Answering } from '../../src/conversation/answering.ts'
import { OwnedAnswer } from '../../src/conversation/owned-answer.ts'
import { silentLog } from '../../src/ports/log.ts'
import { noMeter } from '../../src/ports/meter.ts'
import { noRetriever } from '../../src/ports/retriever.ts'
import { StoreUnavailable } from '../../src/ports/session-store.ts'
import type { Message } from '../../src/protocol/message.ts'
import { MemorySessionStore } from '../../src/store/memory/memory-store.ts'
import { aborted, answerFrom, modelOf } from '../support/answering.ts'
import { HandClock } from '../support/hand-clock.ts'

/** A store that gives no reply to the first end of an answer. */
class MuteStore extends MemorySessionStore {
  ends = 0
  override async finish(request: Parameters<MemorySessionStore['finish']>[0]) {
    if (++this.ends === 1) throw new StoreUnavailable('no reply')
    return super.finish(request)
  }
}

/** A store in which something is wrong that will not pass. */
class BrokenStore extends MemorySessionStore {
  ends = 0
  override async finish(): Promise<never> {
    this.ends++
    throw new TypeError('not a hash')
  }
}

async function answering() {
  const clock = new HandClock()
  const store = new MuteStore({ ttlSeconds: 60, maxMessages: 100, clock })
  const load = { utilisation: () => 0, saturated: () => false, close() {} }
  const shared = { store, clock, load, meter: noMeter, log: silentLog }
  const finished: string[] = []
  const all = new Answering({
    ...shared,
    address: 'r1.a',
    systemPrompt: '',
    contextMessages: 20,
    contextTokens: 0,
    maxAnswerBytes: 2 ** 20,
    reasoning: 'hide',
    retries: 0,
    random: () => 0,
    retriever: noRetriever,
    source: {
      resumes: 'continue',
      async generate(_, sink) {
        await sink.text('whole')
        return { finishReason: 'stop' }
      },
      cancel() {},
      close: async () => {},
    },
    writer: new AnswerWriter({ ...shared, windowMs: 0, onStored() {}, onFenced() {}, onBroken() {} }),
    onActivity() {},
    onRestarted() {},
    onReleased() {},
    onUnstorable() {},
    onFinished: (_, message) => finished.push(message.content),
  })
  const sessionId = randomUUID()
  const createdAt = new Date(clock.now()).toISOString()
  await store.create({ id: sessionId, userId: null, createdAt }, null)
  const draft = { attempt: 1, createdAt, metadata: {} }
  const empty = { ...draft, id: randomUUID(), role: 'assistant', content: '', status: 'streaming' } as const
  const begun = await store.begin({
    sessionId,
    userId: null,
    message: { ...draft, id: randomUUID(), role: 'user', content: 'Go', status: 'complete' },
    answer: empty,
    owner: 'r1.a',
    knownVersion: null,
    contextSize: 20,
  })
  if (begun.kind !== 'started') throw new Error(begun.kind)
  const message = { ...empty, seq: begun.seq }
  const answer = new OwnedAnswer({ sessionId, message, epoch: begun.epoch, startedAt: clock.now(), watchers: [] })
  all.start(answer, [])
  await clock.advance(0)
  expect({ ends: store.ends, state: answer.state }).toEqual({ ends: 1, state: 'closing' })
  return { all, answer, clock, store, finished }
}

test('[D4] the end of an answer that got no reply is stored again until there is one', async () => {
  const { answer, clock, finished } = await answering()
  await clock.advance(1000)
  expect({ state: answer.state, finished }).toEqual({ state: 'ended', finished: ['whole'] })
})

test('[F1] [F3] the end of an answer that another replica is known to have taken meanwhile is never stored again', async () => {
  const { all, answer, clock, store, finished } = await answering()
  all.lose(answer)
  await clock.advance(10_000)
  expect({ ends: store.ends, finished, running: all.running }).toEqual({ ends: 1, finished: [], running: [] })
})

for (const text of ['', ' and more'])
  test(`[F1] [M4] an end meets a claim of its own replica without a reply, ${text ? 'after another one had added text: it gives way' : 'after nobody had added text: it is stored'}`, async () => {
    const { answer, clock, store, finished } = await answering()
    const { sessionId } = answer
    const there = await store.claim({ sessionId, epoch: answer.epoch, owner: 'r2.b' })
    if (there.kind !== 'claimed') throw new Error(there.kind)
    const { epoch } = there.running
    const storedBytes = Buffer.byteLength(there.running.text)
    await store.append([{ sessionId, epoch, storedBytes, text, bookmark: null }])
    await store.claim({ sessionId, epoch, owner: 'r1.a' })
    await clock.advance(10_000)
    expect({ state: answer.state, finished }).toEqual(
      text ? { state: 'lost', finished: [] } : { state: 'ended', finished: ['whole'] },
    )
  })

test('[G6] an end that can never be stored is told all the same, and tried once', async () => {
  const told: Message[] = []
  const store = (clock: HandClock) => new BrokenStore({ ttlSeconds: 60, maxMessages: 100, clock })
  const model = modelOf([async () => ({ finishReason: 'stop' })])
  const stage = await answerFrom(model.source, { store, onUnstorable: (_, message) => void told.push(message) })
  await stage.clock.advance(60_000)
  expect((stage.store as BrokenStore).ends).toBe(1)
  expect(told).toMatchObject([{ status: 'error', metadata: { error: { code: 'internal' } } }])
  expect({ running: stage.answering.running, finished: stage.finished }).toEqual({ running: [], finished: [] })
})

test.each([
  {
    takeovers: 20,
    contributors: ['r1'],
    ends: 'complete',
    why: 'has changed hands often, among owners that added nothing',
  },
  {
    takeovers: 6,
    contributors: ['1', '2', '3', '4', '5', '6'],
    ends: 'error',
    why: 'has cost six owners that added to it',
  },
  { takeovers: 26, contributors: ['r1'], ends: 'error', why: 'has changed hands without end' },
])('[F4] an answer that $why ends as $ends', async ({ takeovers, contributors, ends }) => {
  const model = modelOf([async (_, __, signal) => aborted(signal), async () => ({ finishReason: 'stop' })])
  const { answering, answer, clock, finished } = await answerFrom(model.source, { inherited: 'half' })
  answering.lose(answer)
  await clock.advance(0)
  answer.state = 'streaming'
  answering.resume(answer, [{ role: 'user', content: 'Go' }], { ...answer.asRunning('r1.a'), takeovers, contributors })
  await clock.advance(100)
  expect(finished).toMatchObject([{ status: ends, content: 'half' }])
})

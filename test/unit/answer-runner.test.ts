import { expect, test } from 'vitest'
import { silentLog } from '../../src/ports/log.ts'
import { type FinishRequest, StoreUnavailable } from '../../src/ports/session-store.ts'
import type { Message } from '../../src/protocol/message.ts'
import { MemorySessionStore } from '../../src/store/memory/memory-store.ts'
import { aborted, answerFrom, claimed, modelOf } from '../support/answering.ts'
import type { HandClock } from '../support/hand-clock.ts'

/** A store that gives no reply to the first end of an answer. */
class MuteStore extends MemorySessionStore {
  ends = 0
  override async finish(request: FinishRequest) {
    if (++this.ends === 1) throw new StoreUnavailable('no reply')
    return super.finish(request)
  }
}

/** A store that takes no end of an answer for as long as it is away. */
class AwayStore extends MemorySessionStore {
  isAway = true
  override async finish(request: FinishRequest) {
    if (this.isAway) throw new StoreUnavailable('away')
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

/** An answer whose end the store was told of, and has given no reply. */
async function unanswered() {
  const model = modelOf([
    async (sink) => {
      await sink.text('whole')
      return { finishReason: 'stop' }
    },
  ])
  const store = (clock: HandClock) => new MuteStore({ ttlSeconds: 60, maxMessages: 100, clock })
  const stage = await answerFrom(model.model, { store })
  const mute = stage.store as MuteStore
  await stage.clock.advance(0)
  expect({ ends: mute.ends, state: stage.answer.state }).toEqual({ ends: 1, state: 'closing' })
  const contents = () => stage.finished.map(({ content }) => content)
  return { ...stage, store: mute, contents }
}

test('[D4] the end of an answer that got no reply is stored again until there is one', async () => {
  const { answer, clock, contents } = await unanswered()
  await clock.advance(1000)
  expect({ state: answer.state, contents: contents() }).toEqual({ state: 'ended', contents: ['whole'] })
})

test('[F7] an answer whose end is not taken for seconds says each second that it is tried again, and nothing in the log', async () => {
  const { model } = modelOf([async () => ({ finishReason: 'stop' })])
  const kinds: string[] = []
  const warnings: string[] = []
  const { clock, finished, store } = await answerFrom(model, {
    store: (clock) => new AwayStore({ ttlSeconds: 60, maxMessages: 100, clock }),
    told: { activity: (_, kind) => kinds.push(kind) },
    log: { ...silentLog, warn: (_, text) => warnings.push(text) },
  })
  await clock.advance(10_000)
  expect(kinds.length).toBeGreaterThanOrEqual(9)
  expect({ kinds: new Set(kinds), most: kinds.length <= 10, warnings }).toEqual({
    kinds: new Set(['retrying']),
    most: true,
    warnings: [],
  })
  ;(store as AwayStore).isAway = false
  await clock.advance(1000)
  expect(finished).toHaveLength(1)
})

test('[F1] [F3] the end of an answer that another replica is known to have taken meanwhile is never stored again', async () => {
  const { answering, answer, clock, store, contents } = await unanswered()
  answering.lose(answer)
  await clock.advance(10_000)
  expect({ ends: store.ends, contents: contents(), running: answering.running }).toEqual({
    ends: 1,
    contents: [],
    running: [],
  })
})

test('[G4] an end that only memory has taken, of an answer that another replica is known to have taken meanwhile, is told to nobody', async () => {
  const taken = Promise.withResolvers<void>()
  class SlowStore extends MemorySessionStore {
    override async finish(request: FinishRequest) {
      await taken.promise
      return super.finish(request)
    }
  }
  const { model } = modelOf([
    async (sink) => {
      await sink.text('whole')
      return { finishReason: 'stop' }
    },
  ])
  const store = (clock: HandClock) => new SlowStore({ ttlSeconds: 60, maxMessages: 100, clock })
  const { answering, answer, clock, finished } = await answerFrom(model, { store })
  await clock.advance(0)
  answering.lose(answer)
  taken.resolve()
  await clock.advance(1000)
  expect({ state: answer.state, finished }).toEqual({ state: 'lost', finished: [] })
})

for (const text of ['', ' and more'])
  test(`[F1] [M4] an end meets a claim of its own replica without a reply, ${text ? 'after another one had added text: it gives way' : 'after nobody had added text: it is stored'}`, async () => {
    const { answer, clock, store, contents } = await unanswered()
    const { sessionId } = answer
    const there = await store.claim({ sessionId, epoch: answer.epoch, owner: 'r2.b' })
    if (there.kind !== 'claimed') throw new Error(there.kind)
    const { epoch } = there.running
    const storedBytes = Buffer.byteLength(there.running.text)
    await store.append([{ sessionId, epoch, messageId: null, storedBytes, text, bookmark: null }])
    await store.claim({ sessionId, epoch, owner: 'r1.a' })
    await clock.advance(10_000)
    expect({ state: answer.state, contents: contents() }).toEqual(
      text ? { state: 'lost', contents: [] } : { state: 'ended', contents: ['whole'] },
    )
  })

test('[G6] an end that can never be stored is told all the same, and tried once', async () => {
  const told: Message[] = []
  const store = (clock: HandClock) => new BrokenStore({ ttlSeconds: 60, maxMessages: 100, clock })
  const model = modelOf([async () => ({ finishReason: 'stop' })])
  const stage = await answerFrom(model.model, { store, told: { unstorable: (_, message) => void told.push(message) } })
  await stage.clock.advance(60_000)
  expect((stage.store as BrokenStore).ends).toBe(1)
  expect(told).toMatchObject([{ status: 'error', metadata: { error: { code: 'internal' } } }])
  expect({ running: stage.answering.running, finished: stage.finished }).toEqual({ running: [], finished: [] })
})

test('[F4] a bug beside the call of the model ends the answer: nobody waits for it, and the next is taken', async () => {
  const model = modelOf([async () => ({ finishReason: 'stop' })])
  const { answering, clock, finished } = await answerFrom(model.model, { messages: [null as never] })
  await clock.advance(100)
  expect(finished).toMatchObject([{ status: 'error', metadata: { error: { code: 'internal' } } }])
  expect(answering.running).toEqual([])
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
  {
    takeovers: 0,
    contributors: ['1', '2', '3', '4', '5', '6', '7'],
    ends: 'complete',
    why: 'seven owners that drained have added to',
  },
  { takeovers: 26, contributors: ['r1'], ends: 'error', why: 'was taken from more owners than any fault explains' },
])('[F4] an answer that $why ends as $ends', async ({ takeovers, contributors, ends }) => {
  const model = modelOf([async (_, __, signal) => aborted(signal), async () => ({ finishReason: 'stop' })])
  const { answering, answer, clock, finished } = await answerFrom(model.model, { inherited: 'half' })
  answering.lose(answer)
  await clock.advance(0)
  const next = claimed(answer)
  answering.resume(next, [{ role: 'user', content: 'Go' }], { ...next.asRunning('r1.a'), takeovers, contributors })
  await clock.advance(100)
  expect(finished).toMatchObject([{ status: ends, content: 'half' }])
  expect(finished[0]?.metadata.usage, 'with what the owner before asked').toMatchObject({ prompt_tokens: 5 })
})

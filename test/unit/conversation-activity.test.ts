import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ActivityLine } from '../../src/conversation/answer/activity-line.ts'
import { ModelError } from '../../src/ports/model.ts'
import type { RetrievedDocument } from '../../src/ports/retriever.ts'
import { type Act, aborted, answerFrom, claimed, modelOf } from '../support/answering.ts'
import { HandClock } from '../support/hand-clock.ts'

function line() {
  const clock = new HandClock()
  const told: string[] = []
  const times: number[] = []
  const state = { isQuiet: true }
  const activity = new ActivityLine({
    clock,
    isQuiet: () => state.isQuiet,
    tell(kind, words) {
      told.push(words === '' ? kind : `${kind}: ${words}`)
      times.push(clock.now())
    },
  })
  return { clock, activity, told, times, state }
}

describe('[F7] what goes on', () => {
  test('is said at once, then again while it lasts, and no more when text comes', async () => {
    const { clock, activity, told } = line()
    activity.tell('thinking')
    expect(told).toEqual(['thinking'])
    for (let i = 0; i < 100; i++) activity.tell('thinking')
    await clock.advance(1900)
    expect(told).toHaveLength(1)
    await clock.advance(2200)
    expect(told).toEqual(['thinking', 'thinking', 'thinking'])
    activity.clear()
    await clock.advance(60_000)
    expect(told).toHaveLength(3)
    expect(clock.pending).toBe(0)
  })

  test('has the model’s words in order, gathered, each once, the last ones before the text', async () => {
    const { clock, activity, told } = line()
    for (const word of ['a ', 'b ', '\ud83d', '\udc4d ', 'c ']) {
      activity.tell('thinking', word)
      await clock.advance(1)
    }
    await clock.advance(1000)
    activity.tell('thinking', 'd')
    activity.tell('thinking', 'e')
    activity.clear()
    expect(told).toEqual(['thinking: a ', 'thinking: b 👍 c ', 'thinking: d', 'thinking: e'])
  })

  test('is said after the text before it, never among it', async () => {
    const { clock, activity, told, state } = line()
    state.isQuiet = false
    activity.tell('thinking', 'so')
    await clock.advance(1000)
    expect(told).toEqual([])
    state.isQuiet = true
    await clock.advance(400)
    expect(told).toEqual(['thinking: so'])
  })

  test('is never said more than four times in a second, whatever happens when', async () => {
    const step = fc.record({
      ms: fc.nat(400),
      call: fc.constantFrom('thinking', 'words', 'words', 'retrying', 'clear', 'busy', 'quiet'),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { clock, activity, times, state } = line()
        for (const { ms, call } of steps) {
          await clock.advance(ms)
          if (call === 'thinking' || call === 'retrying') activity.tell(call)
          else if (call === 'words') activity.tell('thinking', 'hm ')
          else if (call === 'clear') activity.clear()
          else state.isQuiet = call === 'quiet'
        }
        for (const [i, at] of times.entries()) {
          const fifth = times[i + 4]
          if (fifth !== undefined) expect(fifth - at).toBeGreaterThanOrEqual(1000)
        }
      }),
    )
  })

  test('is said no more once it has ended, also where words wait', async () => {
    const { clock, activity, told } = line()
    activity.tell('thinking', 'a')
    activity.tell('thinking', 'b')
    activity.end()
    activity.tell('thinking', 'c')
    await clock.advance(60_000)
    expect(told).toEqual(['thinking: a'])
    expect(clock.pending).toBe(0)
  })
})

const thinks: Act = async (sink) => {
  sink.reasoning?.('Let me see.')
  await sink.text('whole')
  return { finishReason: 'stop' }
}

async function toldOf(model: ReturnType<typeof modelOf>, options: Parameters<typeof answerFrom>[1] = {}) {
  const told: string[] = []
  const stage = await answerFrom(model.model, {
    ...options,
    told: { activity: (_, kind, words) => void told.push(words === '' ? kind : `${kind}: ${words}`) },
  })
  await stage.clock.advance(20_000)
  return { ...stage, told }
}

describe('[F7] an answer', () => {
  test.each([
    { reasoning: 'hide', told: 'thinking', kept: undefined },
    { reasoning: 'show', told: 'thinking: Let me see.', kept: undefined },
    { reasoning: 'store', told: 'thinking', kept: 'Let me see.' },
  ] as const)('with LLM_REASONING=$reasoning', async ({ reasoning, told, kept }) => {
    const { finished, ...outcome } = await toldOf(modelOf([thinks]), { reasoning })
    expect(outcome.told).toEqual([told])
    expect(finished[0]?.content).toBe('whole')
    expect(finished[0]?.metadata.reasoning).toBe(kept)
  })

  test('keeps no more than 64 Ki of what a model thinks', async () => {
    const long: Act = async (sink) => {
      for (let i = 0; i < 30_000; i++) sink.reasoning?.('think')
      return { finishReason: 'stop' }
    }
    const { finished } = await toldOf(modelOf([long]), { reasoning: 'store' })
    expect(finished[0]?.metadata.reasoning).toHaveLength(64 * 1024)
  })

  test('says that documents are searched for, and that a model is asked again', async () => {
    const documents = Promise.withResolvers<readonly RetrievedDocument[]>()
    const failing: Act = () => Promise.reject(new ModelError('busy', { retryable: true, retryAfterMs: 5000 }))
    const stage = await toldOf(modelOf([failing, thinks]), { retriever: { retrieve: () => documents.promise } })
    const { told, clock } = stage
    expect(new Set(told)).toEqual(new Set(['searching']))
    told.length = 0
    documents.resolve([])
    await clock.advance(60_000)
    expect(told).toEqual(['retrying', 'retrying', 'retrying', 'thinking'])
  })

  test('says that it is gone on with elsewhere until text comes', async () => {
    const slow: Act = async (_, __, signal) => aborted(signal)
    const { answering, answer, told, clock } = await toldOf(modelOf([slow]), { inherited: 'half ' })
    answering.lose(answer)
    await clock.advance(0)
    told.length = 0
    const next = claimed(answer)
    answering.resume(next, [{ role: 'user', content: 'Go' }], next.asRunning('r1.a'))
    await clock.advance(3000)
    expect(told).toEqual(['resuming', 'resuming'])
    answering.lose(next)
    await clock.advance(60_000)
    expect(told).toHaveLength(2)
  })
})

import { describe, expect, test } from 'vitest'
import { ModelError, type Turn } from '../../src/ports/model.ts'
import type { AppendItem } from '../../src/ports/session-store.ts'
import { MemorySessionStore } from '../../src/store/memory/memory-store.ts'
import { type Act, aborted, answerFrom, modelOf } from '../support/answering.ts'

const whole: Act = async (sink) => {
  await sink.text('whole')
  return { finishReason: 'stop' }
}
const fails =
  (options: Partial<ConstructorParameters<typeof ModelError>[1]>, text = ''): Act =>
  async (sink) => {
    if (text !== '') await sink.text(text)
    throw new ModelError('the model failed', { retryable: true, ...options })
  }

const namesAnd =
  (act: Act): Act =>
  (sink, ...rest) => {
    sink.bookmark({ responseId: 'resp_1', sequence: 0 })
    return act(sink, ...rest)
  }

describe('[F6] a model that failed', () => {
  test('is asked again after what Retry-After asks for', async () => {
    const model = modelOf([fails({ retryAfterMs: 20_000 }), whole])
    const { clock, finished } = await answerFrom(model.model)
    await clock.advance(19_999)
    expect(model.asked).toHaveLength(1)
    await clock.advance(10)
    expect(finished[0]).toMatchObject({ status: 'complete', content: 'whole' })
  })

  test('and asks for more than 30 s ends the answer at once, which says for how long', async () => {
    const model = modelOf([fails({ retryAfterMs: 90_000 }, 'so far')])
    const { clock, finished } = await answerFrom(model.model)
    await clock.advance(100)
    const error = { code: 'llm_failed', message: 'the model failed', retryable: true, retryAfterMs: 90_000 }
    expect(finished).toMatchObject([{ status: 'error', content: 'so far', metadata: { error } }])
    expect(model.asked).toHaveLength(1)
  })

  test('for what asking again does not mend is asked once', async () => {
    const model = modelOf([fails({ retryable: false })])
    const { clock, finished } = await answerFrom(model.model)
    await clock.advance(60_000)
    expect(finished).toMatchObject([{ status: 'error', metadata: { error: { retryable: false } } }])
    expect(model.asked).toHaveLength(1)
  })

  test('is asked LLM_RETRIES times again, from the start while there is no text, then from the text', async () => {
    const model = modelOf([fails({}), fails({}, 'some '), whole])
    const { clock, finished } = await answerFrom(model.model)
    await clock.advance(60_000)
    expect(model.asked.map(({ resume }) => resume?.text)).toEqual([undefined, undefined, 'some '])
    expect(finished).toMatchObject([{ status: 'complete', content: 'some whole' }])
  })

  test('[F8] and is not asked again has its response cancelled', async () => {
    const model = modelOf([namesAnd(fails({}))], 'reattach')
    const { clock, finished } = await answerFrom(model.model)
    await clock.advance(60_000)
    expect(finished).toMatchObject([{ status: 'error' }])
    expect(model.asked).toHaveLength(3)
    expect(model.cancelled).toEqual(['resp_1'])
  })

  test('[F8] and is stopped before it is asked again has its response cancelled', async () => {
    const model = modelOf([namesAnd(fails({ retryAfterMs: 20_000 }))], 'reattach')
    const { clock, answering, answer } = await answerFrom(model.model)
    await clock.advance(1000)
    expect(model.cancelled).toEqual([])
    expect(await answering.stop(answer)).toMatchObject({ status: 'stopped' })
    expect(model.cancelled).toEqual(['resp_1'])
  })

  test('a fault of the gateway is not laid at its door', async () => {
    const model = modelOf([() => Promise.reject(new TypeError('a bug'))])
    const { clock, finished } = await answerFrom(model.model)
    await clock.advance(60_000)
    expect(finished).toMatchObject([{ metadata: { error: { code: 'internal', retryable: true } } }])
    expect(model.asked).toHaveLength(1)
  })
})

/** A store whose appends wait while it is frozen. */
class FreezingStore extends MemorySessionStore {
  frozen: Promise<void> = Promise.resolve()
  override async append(items: readonly AppendItem[]) {
    await this.frozen
    return super.append(items)
  }
}

test('[F3] [D1] an attempt that was abandoned while the store was slow leaves no text in the next', async () => {
  let store: FreezingStore | undefined
  const freeze = (): PromiseWithResolvers<void> => {
    const latch = Promise.withResolvers<void>()
    if (store !== undefined) store.frozen = latch.promise
    return latch
  }
  const latches: PromiseWithResolvers<void>[] = []
  const model = modelOf(
    [
      async (sink) => {
        latches.push(freeze())
        sink.text('one ')
        throw new ModelError('broke', { retryable: true })
      },
      async (sink) => {
        latches.push(freeze())
        sink.text('two ')
        await new Promise((resolve) => setImmediate(resolve))
        sink.text('TAIL ')
        throw new ModelError('broke', { retryable: true })
      },
      whole,
    ],
    'restart',
  )
  const { clock, finished } = await answerFrom(model.model, {
    store: (clock) => {
      store = new FreezingStore({ ttlSeconds: 60, maxMessages: 100, clock })
      return store
    },
  })
  for (let asked = 1; asked <= 2; asked++) {
    await clock.advance(5000)
    expect(model.asked).toHaveLength(asked)
    latches.at(-1)?.resolve()
  }
  await clock.advance(5000)
  expect(model.asked.map(({ resume }) => resume)).toEqual([undefined, undefined, undefined])
  expect(finished).toMatchObject([{ content: 'whole', attempt: 3 }])
})

describe('[S7] a context that the model calls too long', () => {
  const messages: Turn[] = ['1', '2', '3', '4', '5', '6', '7'].map((content, i) => ({
    role: i % 2 === 0 ? 'user' : 'assistant',
    content,
  }))
  const tooLong = fails({ retryable: false, contextTooLong: true })
  const lengths = (model: ReturnType<typeof modelOf>) => model.asked.map(({ turns }) => turns.length)

  test('loses its older half, which is no retry, until it fits', async () => {
    const model = modelOf([tooLong, tooLong, whole])
    const { clock, finished } = await answerFrom(model.model, { messages, retries: 0 })
    await clock.advance(100)
    expect(lengths(model)).toEqual([7, 3, 1])
    expect(model.asked.at(-1)?.turns).toEqual([{ role: 'user', content: '7' }])
    expect(finished).toMatchObject([{ status: 'complete', content: 'whole' }])
  })

  test('though only the new message is left fails the answer for good', async () => {
    const model = modelOf([tooLong])
    const { clock, finished } = await answerFrom(model.model, { messages })
    await clock.advance(60_000)
    expect(lengths(model)).toEqual([7, 3, 1])
    expect(finished).toMatchObject([{ status: 'error', metadata: { error: { code: 'llm_failed', retryable: false } } }])
  })
})

describe('[X6] an answer that reaches MAX_ANSWER_BYTES', () => {
  const endless: Act = async (sink, _, signal) => {
    const end = aborted(signal)
    for (let i = 0; i < 20; i++) await sink.text('👍')
    await sink.text('a')
    return end
  }

  test('is complete, cut off between two characters, and the model’s work on it ended', async () => {
    const model = modelOf([endless])
    const { clock, finished, shown } = await answerFrom(model.model, { maxAnswerBytes: 11 })
    await clock.advance(100)
    expect(finished).toMatchObject([{ status: 'complete', content: '👍👍', metadata: { finish_reason: 'length' } }])
    expect(shown.join()).not.toContain('a')
    expect(model.asked).toHaveLength(1)
  })

  test('before its owner could end it is ended by the next one without another request', async () => {
    const model = modelOf([whole])
    const { clock, finished } = await answerFrom(model.model, { maxAnswerBytes: 4, inherited: '👍' })
    await clock.advance(100)
    expect(finished).toMatchObject([{ status: 'complete', content: '👍', metadata: { finish_reason: 'length' } }])
    expect(model.asked).toHaveLength(0)
  })

  test('with half a pair at its end is not longer than that', async () => {
    const model = modelOf([
      async (sink) => {
        await sink.text('abcd')
        await sink.text('\ud83d')
        return { finishReason: 'stop' }
      },
    ])
    const { clock, finished } = await answerFrom(model.model, { maxAnswerBytes: 5 })
    await clock.advance(100)
    expect(finished).toMatchObject([{ content: 'abcd' }])
  })
})

describe('[M4] the usage of an answer', () => {
  const told = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
  const tells =
    (then: Act): Act =>
    (sink, request, signal) => {
      sink.usage?.(told)
      return then(sink, request, signal)
    }
  const usageOf = async (model: ReturnType<typeof modelOf>, options = {}) => {
    const { clock, finished } = await answerFrom(model.model, options)
    await clock.advance(60_000)
    return finished[0]?.metadata.usage
  }

  test('is what the provider tells of its request', async () => {
    expect(await usageOf(modelOf([tells(whole)]))).toEqual(told)
  })

  test('is the sum over its requests; of one that was refused there is nothing', async () => {
    expect(await usageOf(modelOf([fails({}), tells(fails({}, 'xx')), tells(whole)]))).toEqual({
      prompt_tokens: 20,
      completion_tokens: 10,
      total_tokens: 30,
      estimated: true,
    })
  })

  test('is estimated from the text where the provider tells nothing', async () => {
    // "Go" with what is around it: 1 + 4; "whole": 2
    const estimate = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7, estimated: true }
    expect(await usageOf(modelOf([whole]))).toEqual(estimate)
    expect(await usageOf(modelOf([fails({}, 'who'), whole]))).toMatchObject({ prompt_tokens: 10, estimated: true })
  })

  test('counts what an owner before this one had of it', async () => {
    const usage = await usageOf(modelOf([tells(whole)]), { inherited: '8 bytes.' })
    expect(usage).toEqual({ prompt_tokens: 15, completion_tokens: 7, total_tokens: 22, estimated: true })
  })

  test('counts a response that was reattached to once', async () => {
    const bookmarked: Act = async (sink) => {
      sink.bookmark({ responseId: 'r', sequence: 1 })
      await sink.text('half ')
      throw new ModelError('broke', { retryable: true })
    }
    const model = modelOf([bookmarked, tells(whole)], 'reattach')
    expect(await usageOf(model)).toEqual(told)
  })

  test('of one that was stopped is estimated', async () => {
    const model = modelOf([
      async (sink, _, signal) => {
        await sink.text('four')
        return aborted(signal)
      },
    ])
    const { clock, answering, answer, finished } = await answerFrom(model.model)
    await clock.advance(100)
    const stopped = answering.stop(answer)
    await clock.advance(100)
    expect((await stopped)?.metadata.usage).toMatchObject({ completion_tokens: 1, estimated: true })
    expect(finished).toMatchObject([{ status: 'stopped', content: 'four' }])
  })
})

test('[R6] the model is told whose session it answers in', async () => {
  const model = modelOf([whole])
  const { clock, answer } = await answerFrom(model.model)
  await clock.advance(100)
  expect(model.asked).toMatchObject([{ userId: 'u1', sessionId: answer.sessionId, messageId: answer.message.id }])
})

test('[M4] what a response cost that was lost and gone on with in another one is counted, too', async () => {
  const model = modelOf(
    [
      async (sink) => {
        sink.bookmark({ responseId: 'resp_1', sequence: 0 })
        await sink.text('x'.repeat(400))
        sink.bookmark({ responseId: 'resp_1', sequence: 1 })
        throw new ModelError('the connection to the model broke', { retryable: true })
      },
      // As ResponsesSource does where GET /responses/resp_1 is a 404.
      async (sink) => {
        sink.bookmark({ responseId: 'resp_1', sequence: Number.MAX_SAFE_INTEGER })
        sink.bookmark({ responseId: 'resp_2', sequence: 0 })
        await sink.text(' end')
        sink.usage?.({ input_tokens: 110, output_tokens: 1, total_tokens: 111 })
        return { finishReason: 'stop' }
      },
    ],
    'reattach',
  )
  const { clock, finished } = await answerFrom(model.model)
  await clock.advance(60_000)
  const usage = finished[0]?.metadata.usage as { total_tokens: number }
  expect(usage).toMatchObject({ estimated: true, input_tokens: expect.any(Number) })
  expect(usage).not.toHaveProperty('prompt_tokens')
  expect(usage.total_tokens).toBeGreaterThanOrEqual(111 + 100)
})

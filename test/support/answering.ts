import { randomUUID } from 'node:crypto'
import type { AnswerEvents } from '../../src/conversation/answer/answer-events.ts'
import { AnswerRunner, type AnswerRunnerOptions } from '../../src/conversation/answer/answer-runner.ts'
import { AnswerWriter } from '../../src/conversation/answer/answer-writer.ts'
import { OwnedAnswer } from '../../src/conversation/answer/owned-answer.ts'
import { silentLog } from '../../src/ports/log.ts'
import { noMeter } from '../../src/ports/meter.ts'
import type { Model, ModelEnd, ModelRequest, TokenSink, Turn } from '../../src/ports/model.ts'
import { noRetriever } from '../../src/ports/retriever.ts'
import type { Message } from '../../src/protocol/message.ts'
import { MemorySessionStore } from '../../src/store/memory/memory-store.ts'
import { HandClock } from './hand-clock.ts'

/** What the model does when it is asked for the n-th time. */
export type Act = (sink: TokenSink, request: ModelRequest, signal: AbortSignal) => Promise<ModelEnd>

/** A model that plays `acts`, one for each time that it is asked, the last one again and again. */
export function modelOf(acts: readonly Act[], resumes: Model['resumes'] = 'continue') {
  const asked: ModelRequest[] = []
  const cancelled: string[] = []
  const model: Model = {
    resumes,
    generate(request, sink, signal) {
      const act = acts[Math.min(asked.length, acts.length - 1)]
      asked.push(request)
      if (act === undefined) throw new Error('no act')
      return act(sink, request, signal)
    },
    cancel: ({ responseId }) => void cancelled.push(responseId),
    close: async () => {},
  }
  return { model, asked, cancelled }
}

/** Resolves with the signal's reason as the rejection, as a source that is aborted does. */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
}

export const noEvents: AnswerEvents = {
  text() {},
  activity() {},
  restarted() {},
  finished() {},
  unstorable() {},
  orphaned() {},
}

/** The same answer as its next owner has it. */
export function claimed({
  sessionId,
  message,
  epoch,
  startedAt,
  contributors,
  stored,
  bookmark,
}: OwnedAnswer): OwnedAnswer {
  return new OwnedAnswer({ sessionId, message, epoch, startedAt, watchers: [], contributors, text: stored, bookmark })
}

export interface Stage {
  readonly answering: AnswerRunner
  readonly answer: OwnedAnswer
  readonly clock: HandClock
  readonly store: MemorySessionStore
  /** Text as it was shown: `attempt@offset:text`. */
  readonly shown: string[]
  /** Final messages that were told. */
  readonly finished: Message[]
}

/** An answer of a session of its own, produced by the real parts from `source` on a clock that stands. */
export async function answerFrom(
  model: Model,
  options: Partial<Omit<AnswerRunnerOptions, 'store' | 'events'>> & {
    readonly told?: Partial<AnswerEvents>
    readonly store?: (clock: HandClock) => MemorySessionStore
    readonly messages?: readonly Turn[]
    readonly inherited?: string
  } = {},
): Promise<Stage> {
  const { store: storeOf, messages, inherited, told, ...overrides } = options
  const clock = new HandClock()
  const store = storeOf?.(clock) ?? new MemorySessionStore({ ttlSeconds: 3600, maxMessages: 100, clock })
  const load = { utilisation: () => 0, saturated: () => false, close() {} }
  const shared = { store, clock, load, meter: noMeter, log: silentLog }
  const shown: string[] = []
  const finished: Message[] = []
  const events: AnswerEvents = {
    ...noEvents,
    text: ({ message }, offset, text) => shown.push(`${message.attempt}@${offset}:${text}`),
    finished: (_, message) => finished.push(message),
    ...told,
  }
  const answering = new AnswerRunner({
    ...shared,
    address: 'r1.a',
    systemPrompt: '',
    contextMessages: 20,
    contextTokens: 0,
    retries: 2,
    maxAnswerBytes: 2 ** 20,
    reasoning: 'hide',
    random: () => 0,
    retriever: noRetriever,
    model,
    writer: new AnswerWriter({
      ...shared,
      windowMs: 0,
      events,
      onFenced: (answer, epoch) => void answering.afterRefusal(answer, epoch),
      onBroken: (answer, error) => answering.fail(answer, error),
    }),
    events,
    onReleased() {},
    ...overrides,
  })
  const answer = await begin(store, clock, inherited)
  answering.start(answer, messages ?? [{ role: 'user', content: 'Go' }])
  return { answering, answer, clock, store, shown, finished }
}

async function begin(store: MemorySessionStore, clock: HandClock, text = ''): Promise<OwnedAnswer> {
  const sessionId = randomUUID()
  const createdAt = new Date(clock.now()).toISOString()
  await store.create({ id: sessionId, userId: 'u1', createdAt }, null)
  const draft = { attempt: 1, createdAt, metadata: {} }
  const empty = { ...draft, id: randomUUID(), role: 'assistant', content: '', status: 'streaming' } as const
  const begun = await store.begin({
    sessionId,
    userId: null,
    message: { ...draft, id: randomUUID(), role: 'user', content: 'Go', status: 'complete' },
    answer: empty,
    owner: 'r1.a',
    known: null,
    contextSize: 20,
  })
  if (begun.kind !== 'started') throw new Error(begun.kind)
  const { epoch, seq, session } = begun
  if (text !== '') await store.append([{ sessionId, epoch, messageId: null, storedBytes: 0, text, bookmark: null }])
  const message = { ...empty, seq }
  return new OwnedAnswer({
    sessionId,
    userId: session.userId,
    message,
    epoch,
    startedAt: clock.now(),
    watchers: [],
    text,
  })
}

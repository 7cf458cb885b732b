import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SessionFeed } from '../../src/conversation/follow/session-feed.ts'
import type { Subscriber } from '../../src/ports/subscriber.ts'
import type { Delta, SessionSync } from '../../src/protocol/events.ts'
import type { Message } from '../../src/protocol/message.ts'
import { anyText } from '../support/arbitrary-text.ts'
import { type News, TextChecker } from '../support/text-checker.ts'

const SESSION = '5d8b7d26-4f3c-4f7e-9a43-0f6a4a3f7f10'
const SOURCES = 3

/** What happens to a session, and to the notes that tell a replica of it: in order per source, with none between sources. */
type Act =
  | { kind: 'send'; source: number }
  | { kind: 'say'; text: string }
  /** The answer changes hands; the new owner repeats what may not have been seen. */
  | { kind: 'takeover'; source: number; back: number }
  /** A new attempt: a regenerate of an answer that has ended, a restart of one that streams. */
  | { kind: 'again'; source: number }
  | { kind: 'finish'; source: number }
  | { kind: 'deliver'; source: number; count: number; again: boolean }
  | { kind: 'lose'; source: number; count: number }
  /** The store's reply to a reading comes; it was read when the reading began, or just now. */
  | { kind: 'read'; late: boolean }
  /** The look after answers that nothing was heard of. */
  | { kind: 'sweep' }
  /** Another follower joins, is given what the store holds `after` so many further deliveries. */
  | { kind: 'join'; source: number; between: number }

const source = fc.nat(SOURCES - 1)
const count = fc.integer({ min: 1, max: 4 })
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('send' as const), source }) },
  { weight: 8, arbitrary: anyText.map((text): Act => ({ kind: 'say', text: text.toWellFormed() || '.' })) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('takeover' as const), source, back: fc.nat(12) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('again' as const), source }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('finish' as const), source }) },
  { weight: 9, arbitrary: fc.record({ kind: fc.constant('deliver' as const), source, count, again: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lose' as const), source, count }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('read' as const), late: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant<Act>({ kind: 'sweep' }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('join' as const), source, between: fc.nat(3) }) },
)

/** A follower that holds early news until its open is acknowledged, as a client does. */
class Follower implements Subscriber {
  readonly checker = new TextChecker()
  #early: News[] | null = []

  opened(messages: readonly Message[]): void {
    this.checker.opened(SESSION, messages, this.#early ?? [])
    this.#early = null
  }

  sync({ messages }: SessionSync): void {
    this.checker.opened(SESSION, messages, [])
  }

  message(payload: { sessionId: string; message: Message }): void {
    this.#take({ event: 'message', payload })
  }

  delta(payload: Delta): void {
    this.#take({ event: 'delta', payload })
  }

  activity(): void {}
  ended(): void {}

  #take(news: News): void {
    if (this.#early === null) this.checker.take(news)
    else this.#early.push(news)
  }
}

/** The truth of a session, the notes under way, and one replica's feed. */
class Scene {
  messages: Message[] = []
  readonly followers: Follower[] = []
  readonly #channels: News[][] = Array.from({ length: SOURCES }, () => [])
  readonly #feed = new SessionFeed(
    SESSION,
    { watcher: 'r1.a', id: 1 },
    {
      onGap: () => this.#startReading(),
      onFault(_feed, _subscriber, error) {
        throw error
      },
    },
  )
  #owner = 0
  #read: readonly Message[] | null = null
  #reading = 0

  constructor() {
    this.#join(0, 0)
  }

  play(act: Act): void {
    const last = this.messages.at(-1)
    const streaming = last?.status === 'streaming' ? last : undefined
    switch (act.kind) {
      case 'send':
        return streaming === undefined ? this.#send(act.source) : undefined
      case 'say':
        return streaming && this.#say(streaming, act.text)
      case 'takeover':
        return streaming && this.#takeOver(streaming, act.source, act.back)
      case 'again':
        if (last !== undefined) this.#owner = act.source
        return last && this.#tell(act.source, { ...last, content: '', attempt: last.attempt + 1, status: 'streaming' })
      case 'finish':
        return streaming && this.#tell(act.source, { ...streaming, status: 'complete' })
      case 'deliver':
        for (let i = 0; i < act.count; i++) this.#deliver(act.source, act.again && i === 0)
        return
      case 'lose':
        return void this.#channels[act.source]?.splice(0, act.count)
      case 'read':
        return this.#finishReading(act.late)
      case 'sweep':
        return this.#feed.expecting ? this.#startReading() : undefined
      case 'join':
        return this.#join(act.source, act.between)
    }
  }

  /** One more exchange of which nothing is lost, with everything on its way delivered before. */
  settle(): void {
    const finish: Act = { kind: 'finish', source: this.#owner }
    const ask: Act[] = [
      finish,
      { kind: 'send', source: 0 },
      { kind: 'say', text: 'the end' },
      { kind: 'finish', source: 0 },
    ]
    for (const act of ask) {
      this.play(act)
      for (let i = 0; i < SOURCES; i++) {
        for (let left = this.#channels[i]?.length ?? 0; left > 0; left--) this.#deliver(i, false)
      }
      while (this.#read !== null) this.#finishReading(false)
    }
  }

  #send(source: number): void {
    this.#owner = source
    const seq = this.messages.length + 1
    const base = { attempt: 1, createdAt: '2026-03-01T12:00:00.000Z', metadata: {} }
    const question: Message = {
      id: randomUUID(),
      seq,
      role: 'user',
      content: `question ${seq}`,
      status: 'complete',
      ...base,
    }
    const answer: Message = {
      id: randomUUID(),
      seq: seq + 1,
      role: 'assistant',
      content: '',
      status: 'streaming',
      ...base,
    }
    this.messages.push(question, answer)
    for (const message of [question, answer])
      this.#note(source, { event: 'message', payload: { sessionId: SESSION, message } })
  }

  #say(answer: Message, text: string): void {
    this.messages[answer.seq - 1] = { ...answer, content: answer.content + text }
    this.#noteDelta(answer, answer.content.length, text)
  }

  #takeOver(answer: Message, source: number, back: number): void {
    this.#owner = source
    const offset = Math.max(0, answer.content.length - back)
    if (offset < answer.content.length) this.#noteDelta(answer, offset, answer.content.slice(offset))
  }

  #tell(source: number, message: Message): void {
    this.messages[message.seq - 1] = message
    this.#note(source, { event: 'message', payload: { sessionId: SESSION, message } })
  }

  #noteDelta({ id: messageId, attempt }: Message, offset: number, text: string): void {
    this.#note(this.#owner, { event: 'delta', payload: { sessionId: SESSION, messageId, attempt, offset, text } })
  }

  #note(source: number, news: News): void {
    this.#channels[source]?.push(news)
  }

  #deliver(source: number, again: boolean): void {
    const channel = this.#channels[source] ?? []
    const news = again ? channel[0] : channel.shift()
    if (news?.event === 'delta') this.#feed.delta(news.payload)
    else if (news?.event === 'message') this.#feed.message(news.payload)
  }

  #startReading(): void {
    this.#reading = this.#feed.startReading()
    this.#read = [...this.messages]
  }

  #finishReading(late: boolean): void {
    const read = late ? this.messages : this.#read
    if (this.#read === null || read === null) return
    this.#read = null
    const { newsAfter } = this.#feed
    this.#feed.show(
      read.filter(({ seq }) => seq > newsAfter),
      0,
      this.#reading,
    )
  }

  #join(source: number, between: number): void {
    const follower = new Follower()
    this.followers.push(follower)
    this.#feed.join(follower)
    for (let i = 0; i < between; i++) this.#deliver(source, false)
    const snapshot = [...this.messages]
    this.#feed.admit(follower)
    this.#feed.show(snapshot, 0)
    follower.opened(snapshot)
  }
}

test('[D2] [D4] whatever is lost, late, doubled or out of order, each follower is shown contiguous text that is the final one', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const scene = new Scene()
      for (const act of acts) scene.play(act)
      scene.settle()
      for (const { checker } of scene.followers) {
        expect(checker.violations).toEqual([])
        expect(scene.messages.map(({ id }) => checker.get(id))).toEqual(scene.messages)
      }
    }),
    { numRuns: 3000 },
  )
})

import { randomUUID } from 'node:crypto'
import type { Check } from '../check.ts'
import { LONG, SHORT } from '../gateway.ts'
import type { Message } from '../shapes.ts'
import type { Talk } from '../talk.ts'
import { ensure, excerpt, Skip, same } from '../verdict.ts'

/** Messages, their acknowledgement and their repetition (M, E). */
export const messages: readonly Check[] = [
  {
    rule: 'E',
    says: 'message:send is acknowledged with the message as it was sent and the empty streaming answer.',
    run: async (gateway) => {
      const { sent } = await gateway.conversation()
      same(sent.message.role, 'user', "the message's role")
      same(sent.message.content, SHORT, "the message's content")
      same(sent.message.status, 'complete', "the message's status")
      same(sent.answer.role, 'assistant', "the answer's role")
      same(sent.answer.status, 'streaming', "the answer's status")
      same(sent.answer.content, '', "the answer's content")
      same(sent.answer.attempt, 1, "the answer's attempt")
    },
  },
  {
    rule: 'E',
    says: 'Every connection that opened a session is told its messages, once; no other connection is.',
    run: async (gateway) => {
      const { sent, sessionId, asker, watcher, stranger } = await gateway.conversation()
      for (const talk of [asker, watcher]) {
        same(told(talk, sent.message.id).length, 1, 'the number of message events of the question')
        ensure(
          told(talk, sent.answer.id).some(({ status }) => status === 'streaming'),
          'the new answer was not told before its end',
        )
        const finals = told(talk, sent.answer.id).filter(({ status }) => status !== 'streaming')
        same(finals.length, 1, 'the number of final message events')
      }
      const leaked = stranger.connection.news.find(
        ({ payload }) => 'sessionId' in payload && payload.sessionId === sessionId,
      )
      ensure(leaked === undefined, `a connection that did not open the session was told ${excerpt(leaked)}`)
    },
  },
  {
    rule: 'M',
    says: 'seq counts 1, 2, 3 … without a gap, and is the same in acknowledgements, events, snapshots and the history; so is createdAt.',
    run: async (gateway) => {
      const { sessionId, sent, asker } = await gateway.conversation()
      const connection = await gateway.connect()
      const { messages: history } = await connection.ask('session:history', { sessionId })
      const { messages: snapshot } = await connection.ask('session:open', { sessionId })
      const views = [history, snapshot, asker.connection.news.flatMap(messageIn), [sent.message, sent.answer]]
      const known = new Map(history.map((message) => [message.id, message]))
      same(excerpt(history.map(({ seq }) => seq)), excerpt(history.map((_, i) => i + 1)), 'the seq of the history')
      for (const { id, seq, createdAt } of views.flat()) {
        same(seq, known.get(id)?.seq, `the seq of message ${id}`)
        same(createdAt, known.get(id)?.createdAt, `createdAt of message ${id}`)
      }
    },
  },
  {
    rule: 'M1',
    says: 'An acknowledged message is there for everybody who opens the session next.',
    run: async (gateway) => {
      const talk = await gateway.talk()
      const sent = await talk.say(SHORT)
      if (!sent.persisted) throw new Skip('the gateway has no Redis at present: persisted is false')
      same(sent.backend, 'redis', 'backend where persisted is true')
      const { opened } = await gateway.join(talk)
      const ids = opened.messages.map(({ id }) => id)
      ensure(ids.includes(sent.message.id), 'the message is not in the snapshot of another connection')
      ensure(ids.includes(sent.answer.id), 'its answer is not in the snapshot of another connection')
    },
  },
  {
    rule: 'M2',
    says: 'The same id sent again, at once and from elsewhere, is acknowledged with the same seq and answer, and stored once.',
    run: async (gateway) => {
      const talk = await gateway.talk()
      const other = await gateway.join(talk)
      const id = randomUUID()
      const first = await talk.say(SHORT, id)
      const again = [await talk.say(SHORT, id), await other.say(SHORT, id)]
      await talk.end(first.answer.id)
      again.push(await other.say(SHORT, id))
      for (const { message, answer } of again) {
        same(message.seq, first.message.seq, 'the seq of the repeated message')
        same(answer.id, first.answer.id, 'the id of its answer')
      }
      const { messages: history } = await talk.connection.ask('session:history', { sessionId: talk.sessionId })
      same(history.length, 2, 'the number of messages')
    },
  },
  {
    rule: 'M3',
    says: 'A message sent while an answer streams is refused with answer_in_progress, retryable.',
    run: async (gateway) => {
      const talk = await gateway.talk()
      const { answer } = await talk.say(LONG)
      const payload = { sessionId: talk.sessionId, id: randomUUID(), content: SHORT }
      const reply = (await talk.connection.emit('message:send', payload)) as { ok?: boolean; error?: unknown }
      await talk.flush()
      if (reply.ok === true && talk.isOver(answer.id)) throw new Skip('the answer was over too soon')
      ensure(reply.ok === false, `it was acknowledged with ${excerpt(reply)}`)
      const error = reply.error as { code?: string; retryable?: boolean }
      same(error.code, 'answer_in_progress', 'the code')
      same(error.retryable, true, 'retryable')
      await talk.connection.ask('message:stop', { sessionId: talk.sessionId, messageId: answer.id })
    },
  },
  {
    rule: 'M4',
    says: "A final answer's metadata has replicas, processing_time_ms and finish_reason, or an error in place of the last.",
    run: async (gateway) => {
      const { final } = await gateway.conversation()
      const { replicas, processing_time_ms: time, finish_reason: reason, error } = final.metadata
      const isNamed = Array.isArray(replicas) && replicas.every((name) => typeof name === 'string' && name !== '')
      ensure(isNamed, `replicas is ${excerpt(replicas)}`)
      ensure(typeof time === 'number' && time >= 0, `processing_time_ms is ${excerpt(time)}`)
      if (final.status === 'error') ensure(hasError(error), `error is ${excerpt(error)}`)
      else ensure(typeof reason === 'string' && reason !== '', `finish_reason is ${excerpt(reason)}`)
    },
  },
  {
    rule: 'M5',
    says: 'Blank content is invalid, and the error names content.',
    run: async (gateway) => {
      const talk = await gateway.talk()
      for (const content of ['', ' ', '\n\t ']) {
        const payload = { sessionId: talk.sessionId, id: randomUUID(), content }
        const error = await talk.connection.refusal('message:send', payload)
        same(error.code, 'invalid', `the code for ${excerpt(content)}`)
        ensure(error.message.includes('content'), `the message does not name content: ${error.message}`)
      }
    },
  },
  {
    rule: 'M5',
    says: 'Stopping an answer that has ended acknowledges it as it is.',
    run: async (gateway) => {
      const { sessionId, final } = await gateway.conversation()
      const connection = await gateway.connect()
      const { message } = await connection.ask('message:stop', { sessionId, messageId: final.id })
      same(message.status, final.status, 'the status')
      same(message.content, final.content, 'the content')
    },
  },
  {
    rule: 'M5',
    says: "Regenerating another message than the session's last answer is invalid.",
    run: async (gateway) => {
      const { sessionId, sent } = await gateway.conversation()
      const connection = await gateway.connect()
      const error = await connection.refusal('message:regenerate', { sessionId, messageId: sent.message.id })
      same(error.code, 'invalid', 'the code')
    },
  },
  {
    rule: 'E',
    says: 'after leaves out what the client has, and the acknowledgement says where the messages begin.',
    run: async (gateway) => {
      const { sessionId, final } = await gateway.conversation()
      const connection = await gateway.connect()
      const open = (after: number) => connection.ask('session:open', { sessionId, after })
      const one = await open(final.seq - 1)
      same(one.after, final.seq - 1, 'after')
      same(excerpt(one.messages.map(({ seq }) => seq)), excerpt([final.seq]), 'the seq of the messages')
      const none = await open(final.seq)
      same(none.messages.length, 0, 'the number of messages above the last')
      const all = await open(final.seq + 1000)
      same(all.after, 0, 'after, where the session does not reach that far')
      same(all.messages.length, final.seq, 'the number of messages then')
    },
  },
  {
    rule: 'E',
    says: 'session:history pages backwards with before and limit, oldest first, and hasMore says whether there is more.',
    run: async (gateway) => {
      const { sessionId, final } = await gateway.conversation()
      const connection = await gateway.connect()
      const newest = await connection.ask('session:history', { sessionId, limit: 1 })
      same(excerpt(newest.messages.map(({ seq }) => seq)), excerpt([final.seq]), 'the seq of the newest page')
      same(newest.hasMore, true, 'hasMore of the newest page')
      const before = await connection.ask('session:history', { sessionId, before: final.seq })
      same(before.messages.at(-1)?.seq, final.seq - 1, 'the last seq of the page before')
      same(before.hasMore, false, 'hasMore of the oldest page')
    },
  },
  {
    rule: 'X7',
    says: 'An id that another role has in the session is invalid for a message.',
    run: async (gateway) => {
      const { sessionId, final } = await gateway.conversation()
      const connection = await gateway.connect()
      const error = await connection.refusal('message:send', { sessionId, id: final.id, content: SHORT })
      same(error.code, 'invalid', 'the code')
    },
  },
]

/** The message events of one message. */
function told(talk: Talk, messageId: string): Message[] {
  return talk.connection.news.flatMap(messageIn).filter(({ id }) => id === messageId)
}

function messageIn(news: Talk['connection']['news'][number]): Message[] {
  return news.name === 'message' ? [news.payload.message] : []
}

function hasError(value: unknown): boolean {
  const { code, message, retryable } = (value ?? {}) as Record<string, unknown>
  return typeof code === 'string' && typeof message === 'string' && typeof retryable === 'boolean'
}

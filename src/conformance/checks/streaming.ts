import type { Check } from '../check.ts'
import { type Gateway, LONG, SHORT } from '../gateway.ts'
import type { Message } from '../shapes.ts'
import { isHandedOver, joined, merged, Talk } from '../talk.ts'
import { ensure, Failure, Skip, same } from '../verdict.ts'

/** Deltas, snapshots and the end of answers (D, E). */
export const streaming: readonly Check[] = [
  {
    rule: 'D1',
    says: 'Text that a connection was shown is already there for another one that opens the session.',
    run: async (gateway) => {
      const talk = await gateway.talk()
      const { answer, persisted } = await talk.say(LONG)
      if (!persisted) throw new Skip('the gateway has no Redis at present')
      const other = await gateway.connect()
      for (let look = 0; look < LOOKS; look++) {
        await talk.begun(answer.id)
        const shown = joined(talk.deltas(answer.id))
        const { messages } = await other.ask('session:open', { sessionId: talk.sessionId })
        const stored = messages.find(({ id }) => id === answer.id)?.content ?? ''
        ensure(stored.startsWith(shown), `${shown.length} units were shown, and ${stored.length} are there`)
      }
      await stop(talk, answer)
    },
  },
  {
    rule: 'D2',
    says: 'The deltas of an answer begin at 0 and follow each other without a gap or an overlap, on every connection.',
    run: async (gateway) => {
      const { asker, watcher, final } = await gateway.conversation()
      for (const talk of [asker, watcher]) joined(talk.deltas(final.id), '', isHandedOver(final))
    },
  },
  {
    rule: 'D2',
    says: 'Deltas hold no half of a surrogate pair: an answer with emoji is well-formed, piece by piece.',
    run: async (gateway) => {
      const talk = await gateway.talk()
      const { answer } = await talk.say('Please answer with ten different emoji, nothing else. 🧑🏽‍🚀👩‍👩‍👧')
      const final = await talk.end(answer.id)
      same(joined(talk.deltas(answer.id), '', isHandedOver(final)), final.content, 'the deltas joined')
    },
  },
  {
    rule: 'D3',
    says: 'A snapshot in the middle of an answer and the deltas after it give the whole text, nothing twice.',
    run: async (gateway) => {
      const talk = await gateway.talk()
      const { answer } = await talk.say(LONG)
      await talk.begun(answer.id)
      const late = await gateway.join(talk)
      const held = late.opened.messages.find(({ id }) => id === answer.id)
      if (held === undefined) throw new Failure('the running answer is not in the snapshot')
      if (held.status !== 'streaming') throw new Skip('the answer was over too soon: the check needs a longer one')
      await late.connection.until(
        () => late.deltas(answer.id).length > 2 || late.isOver(answer.id) || undefined,
        'deltas',
      )
      await stop(talk, answer)
      const final = await late.end(answer.id)
      same(merged(held, late.deltas(answer.id)), final.content, 'the snapshot with its deltas')
    },
  },
  {
    rule: 'D4',
    says: 'The final message carries the whole text: the deltas joined, on every connection and in the history.',
    run: async (gateway) => {
      const { sessionId, asker, watcher, final } = await gateway.conversation()
      if (final.status === 'error')
        throw new Failure(`the answer ended as an error: ${JSON.stringify(final.metadata.error)}`)
      for (const talk of [asker, watcher]) {
        same((await talk.end(final.id)).content, textOf(talk, final), 'the content of the final message')
      }
      const { messages } = await (await gateway.connect()).ask('session:history', { sessionId })
      same(messages.find(({ id }) => id === final.id)?.content, final.content, 'the content in the history')
    },
  },
  {
    rule: 'D7',
    says: 'message:stop works from another connection and keeps the text so far; no delta follows the stopped message.',
    run: async (gateway) => {
      const talk = await gateway.talk()
      const other = await gateway.join(talk)
      const { answer } = await talk.say(LONG)
      await talk.begun(answer.id)
      const shown = joined(talk.deltas(answer.id))
      const { message } = await stop(other, answer)
      const final = await talk.end(answer.id)
      if (message.status === 'complete') throw new Skip('the answer was over too soon: the check needs a longer one')
      same(message.status, 'stopped', 'the status')
      same(final.status, 'stopped', 'the status of the final message')
      ensure(message.content.startsWith(shown), 'the text that was shown is not the beginning of what was kept')
      same(final.content, message.content, 'the content of the final message')
      await talk.flush()
      same(joined(talk.deltas(answer.id), '', isHandedOver(final)), final.content, 'the deltas joined')
      ensure(!deltaAfterEnd(talk, final), 'a delta followed the stopped message')
    },
  },
  {
    rule: 'D7',
    says: 'An answer goes on when no client is connected.',
    run: async (gateway) => {
      const talk = await gateway.talk()
      const { answer } = await talk.say(SHORT)
      talk.connection.close()
      const { final } = await followToEnd(gateway, talk.sessionId, answer.id)
      same(final.status, 'complete', 'the status')
      ensure(final.content !== '', 'the answer has no text')
    },
  },
  {
    rule: 'E',
    says: 'message:regenerate begins the last answer again: the same id and seq, attempt + 1, its deltas from 0.',
    run: async (gateway) => {
      const talk = await gateway.talk()
      const { answer } = await talk.say(SHORT)
      const first = await talk.end(answer.id)
      const ref = { sessionId: talk.sessionId, messageId: answer.id }
      const { answer: again } = await talk.connection.ask('message:regenerate', ref)
      same(again.id, answer.id, 'the id')
      same(again.seq, answer.seq, 'the seq')
      same(again.attempt, first.attempt + 1, 'the attempt')
      const final = await talk.end(answer.id, again.attempt)
      const text = joined(talk.deltas(answer.id, again.attempt), '', isHandedOver(final))
      same(text, final.content, 'the deltas of the new attempt joined')
    },
  },
]

/** How often D1 looks. */
const LOOKS = 5

function stop({ connection, sessionId }: Talk, { id }: Message) {
  return connection.ask('message:stop', { sessionId, messageId: id })
}

function textOf(talk: Talk, final: Message): string {
  return joined(talk.deltas(final.id), '', isHandedOver(final))
}

async function followToEnd(gateway: Gateway, sessionId: string, messageId: string): Promise<{ final: Message }> {
  const talk = await Talk.begin(await gateway.connect(), { sessionId })
  const held = talk.opened.messages.find(({ id }) => id === messageId)
  return { final: held !== undefined && held.status !== 'streaming' ? held : await talk.end(messageId) }
}

function deltaAfterEnd({ connection }: Talk, final: Message): boolean {
  const { news } = connection
  const end = news.findIndex(
    ({ name, payload }) =>
      name === 'message' && payload.message.id === final.id && payload.message.status !== 'streaming',
  )
  return news.slice(end).some(({ name, payload }) => name === 'delta' && payload.messageId === final.id)
}

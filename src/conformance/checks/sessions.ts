import { randomUUID } from 'node:crypto'
import type { Check } from '../check.ts'
import type { Connection } from '../connection.ts'
import { Talk } from '../talk.ts'
import { ensure, Skip, same } from '../verdict.ts'

/** Making, resuming, listing, keeping and clearing sessions (S, E). */
export const sessions: readonly Check[] = [
  {
    rule: 'S1',
    says: 'Opening without an id gives a new session, with a UUID v4 of the gateway.',
    run: async (gateway) => {
      const { opened } = await gateway.talk()
      same(opened.resumed, false, 'resumed')
      same(opened.messages.length, 0, 'the number of messages')
      same(opened.session.messageCount, 0, 'messageCount')
      if (gateway.target.token === undefined) same(opened.session.userId, null, 'userId, where nobody is named')
    },
  },
  {
    rule: 'S1',
    says: 'Opening an unknown id gives a new session under another id, with resumed: false.',
    run: async (gateway) => {
      const unknown = randomUUID()
      const { opened } = await gateway.talk({ sessionId: unknown })
      same(opened.resumed, false, 'resumed')
      ensure(opened.session.id !== unknown, 'the new session has the id that was asked for')
    },
  },
  {
    rule: 'S1',
    says: 'Opening the id of a live session resumes it, from any connection and in either case of letters.',
    run: async (gateway) => {
      const { sessionId } = await gateway.talk()
      for (const id of [sessionId, sessionId.toUpperCase()]) {
        const { opened } = await Talk.begin(await gateway.connect(), { sessionId: id })
        same(opened.resumed, true, 'resumed')
        same(opened.session.id, sessionId, 'the id of the session')
      }
    },
  },
  {
    rule: 'S3',
    says: 'Extending sets the full time to live again.',
    run: async (gateway) => {
      const talk = await gateway.talk()
      const { ttlSeconds } = await talk.connection.ask('session:extend', { sessionId: talk.sessionId })
      const { opened } = await gateway.join(talk)
      const left = opened.session.ttlSeconds
      ensure(left > ttlSeconds - 30 && left <= ttlSeconds, `${left} s are left of ${ttlSeconds}`)
    },
  },
  {
    rule: 'S6',
    says: 'Opening with a user id and resume: "latest" finds the latest session of that user.',
    run: async (gateway) => {
      const user = gateway.target.token === undefined ? { userId: `conformance-${randomUUID()}` } : {}
      const { sessionId } = await gateway.talk(user)
      const connection = await gateway.connect()
      const payload = { ...user, resume: 'latest' }
      const reply = (await connection.emit('session:open', payload)) as { error?: { code?: string } }
      if (reply.error?.code === 'forbidden') throw new Skip('the gateway does not trust user ids (TRUST_USER_ID)')
      const { session, resumed } = await connection.ask('session:open', payload)
      same(resumed, true, 'resumed')
      same(session.id, sessionId, 'the id of the session')
    },
  },
  {
    rule: 'E',
    says: 'A session:open may be repeated on the same connection, and events are not told twice after it.',
    run: async (gateway) => {
      const talk = await gateway.talk()
      await talk.connection.ask('session:open', { sessionId: talk.sessionId })
      const other = await gateway.join(talk)
      await other.connection.ask('session:clear', { sessionId: talk.sessionId })
      await ended(talk)
      same(
        await codeOfExtend(talk.connection, talk.sessionId),
        'session_not_found',
        'the error of a later session:extend',
      )
      same(ends(talk), 1, 'the number of session:ended events')
    },
  },
  {
    rule: 'E',
    says: 'Clearing a session tells session:ended "cleared" to every connection that opened it; then it is unknown.',
    run: async (gateway) => {
      const talk = await gateway.talk()
      const other = await gateway.join(talk)
      await other.connection.ask('session:clear', { sessionId: talk.sessionId })
      for (const one of [talk, other]) same(await ended(one), 'cleared', 'the reason')
      same(
        await codeOfExtend(await gateway.connect(), talk.sessionId),
        'session_not_found',
        'the error of a later session:extend',
      )
    },
  },
]

function ended({ connection, sessionId }: Talk): Promise<string> {
  const look = () =>
    connection.news.flatMap(({ name, payload }) =>
      name === 'session:ended' && payload.sessionId === sessionId ? [payload.reason] : [],
    )[0]
  return connection.until(look, 'session:ended')
}

function ends({ connection, sessionId }: Talk): number {
  return connection.news.filter(({ name, payload }) => name === 'session:ended' && payload.sessionId === sessionId)
    .length
}

async function codeOfExtend(connection: Connection, sessionId: string): Promise<string> {
  return (await connection.refusal('session:extend', { sessionId })).code
}

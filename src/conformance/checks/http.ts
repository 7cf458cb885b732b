import { randomUUID } from 'node:crypto'
import {
  answerReply,
  clearReply,
  createdReply,
  extendReply,
  healthReply,
  historyReply,
  readyReply,
  regeneratedReply,
  sessionsReply,
  statsReply,
  stoppedReply,
} from '../../protocol/rest.ts'
import type { Check } from '../check.ts'
import { type Gateway, SHORT } from '../gateway.ts'
import { shaped } from '../shapes.ts'
import { ANSWER_MS } from '../talk.ts'
import { ensure, excerpt, Skip, same } from '../verdict.ts'
import { refused } from './errors.ts'

/** The routes of the contract, as /openapi.json writes them. */
const ROUTES: readonly (readonly [method: string, path: string])[] = [
  ['post', '/api/chat/sessions'],
  ['get', '/api/chat/sessions'],
  ['get', '/api/chat/sessions/{id}'],
  ['delete', '/api/chat/sessions/{id}'],
  ['get', '/api/chat/sessions/{id}/history'],
  ['post', '/api/chat/sessions/{id}/messages'],
  ['get', '/api/chat/sessions/{id}/stream'],
  ['post', '/api/chat/sessions/{id}/messages/{messageId}/stop'],
  ['post', '/api/chat/sessions/{id}/messages/{messageId}/regenerate'],
  ['post', '/api/chat/sessions/{id}/extend'],
  ['post', '/api/session/create'],
  ['get', '/api/session/{id}/history'],
  ['get', '/api/session/{id}/validate'],
  ['delete', '/api/session/{id}'],
  ['post', '/api/send-message'],
  ['get', '/healthz'],
  ['get', '/readyz'],
  ['get', '/metrics'],
]

/** HTTP without its streams (H, M2, X7). */
export const http: readonly Check[] = [
  {
    rule: 'H',
    says: 'A session is made, read, extended and removed over HTTP; after that it is session_not_found.',
    run: async (gateway) => {
      const path = await newSession(gateway)
      const stats = await gateway.http(path)
      same(stats.status, 200, 'the status of its stats')
      same(shaped(statsReply, stats.json(), 'the stats').message_count, 0, 'message_count')
      const extended = await gateway.http(`${path}/extend`, { method: 'POST' })
      ensure(shaped(extendReply, extended.json(), 'the reply to extend').ttl_seconds > 0, 'ttl_seconds is not above 0')
      const removed = await gateway.http(path, { method: 'DELETE' })
      same(removed.status, 200, 'the status of DELETE')
      shaped(clearReply, removed.json(), 'the reply to DELETE')
      refused(await gateway.http(path), 'session_not_found')
    },
  },
  {
    rule: 'H',
    says: 'What a socket is told of a session when it opens it is what its stats say over HTTP.',
    run: async (gateway) => {
      const talk = await gateway.talk()
      const { answer } = await talk.say(SHORT)
      await talk.end(answer.id)
      const { session } = (await gateway.join(talk)).opened
      const reply = await gateway.http(`/api/chat/sessions/${talk.sessionId}`)
      const stats = shaped(statsReply, reply.json(), 'the stats')
      same(session.messageCount, 2, 'messageCount')
      same(stats.message_count, 2, 'message_count')
      same(session.userId, stats.user_id, 'userId')
      same(session.createdAt, stats.created_at, 'createdAt')
    },
  },
  {
    rule: 'H',
    says: "A user's sessions are listed, latest first, and the total counts all of them.",
    run: async (gateway) => {
      const query = gateway.target.token === undefined ? `?user_id=conformance-${randomUUID()}` : ''
      const made = [await newSession(gateway, query), await newSession(gateway, query)]
      const reply = await gateway.http(`/api/chat/sessions${query}`)
      if (reply.status === 403) throw new Skip('the gateway does not trust user ids (TRUST_USER_ID)')
      const { sessions, total } = shaped(sessionsReply, reply.json(), 'the list')
      const ids = sessions.map(({ session_id }) => session_id)
      ensure(
        made.every((path) => ids.includes(path.split('/').at(-1) ?? '')),
        'a session that was just made is not in the list',
      )
      ensure(total >= made.length, `total is ${total}`)
      const times = sessions.map(({ last_activity }) => Date.parse(last_activity))
      ensure(
        times.every((time, i) => i === 0 || time <= (times[i - 1] ?? time)),
        'the latest does not come first',
      )
    },
  },
  {
    rule: 'H',
    says: 'A message posted over HTTP is answered there, and told to the sockets of its session.',
    run: async (gateway) => {
      const talk = await gateway.talk()
      const path = `/api/chat/sessions/${talk.sessionId}`
      const reply = await gateway.http(`${path}/messages`, post({ message: SHORT }))
      same(reply.status, 200, 'the status')
      const answer = shaped(answerReply, reply.json(), 'the answer')
      same(answer.user_message, SHORT, 'user_message')
      same(answer.conversation_length, 2, 'conversation_length')
      if (answer.session_persisted) same(answer.backend, 'redis', 'backend where session_persisted is true')
      else if ((await gateway.conversation()).sent.persisted)
        same(answer.backend, 'memory', 'backend where session_persisted is false')
      const { messages, total_messages } = await history(gateway, path)
      same(total_messages, 2, 'total_messages')
      same(messages[1]?.content, answer.assistant_response, 'the content of the answer in the history')
      const told = await talk.end(messages[1]?.id ?? '')
      same(told.content, answer.assistant_response, 'the content that the socket was told')
    },
  },
  {
    rule: 'H',
    says: 'What was said on a socket is in the history over HTTP, which pages back with max_messages and before.',
    run: async (gateway) => {
      const { sessionId, sent, final } = await gateway.conversation()
      const path = `/api/chat/sessions/${sessionId}`
      const { messages } = await history(gateway, path)
      same(excerpt(messages.map(({ id }) => id)), excerpt([sent.message.id, final.id]), 'the ids of the messages')
      same(messages[1]?.content, final.content, 'the content of the answer')
      const newest = await history(gateway, path, '?max_messages=1')
      same(excerpt(newest.messages.map(({ seq }) => seq)), excerpt([final.seq]), 'the seq of the newest')
      const before = await history(gateway, path, `?before=${final.seq}`)
      same(excerpt(before.messages.map(({ seq }) => seq)), excerpt([final.seq - 1]), 'the seq of the page before')
    },
  },
  {
    rule: 'M2',
    says: 'The same id posted twice over HTTP, at once and later, gives the same answer and is stored once.',
    run: async (gateway) => {
      const path = await newSession(gateway)
      const again = () => gateway.http(`${path}/messages`, post({ message: SHORT, id }))
      const id = randomUUID()
      const replies = await Promise.all([again(), again()])
      replies.push(await again())
      const texts = replies.map((reply) => shaped(answerReply, reply.json(), 'the answer').assistant_response)
      same(new Set(texts).size, 1, 'the number of different answers')
      same((await history(gateway, path)).total_messages, 2, 'total_messages')
    },
  },
  {
    rule: 'H',
    says: 'An answer is regenerated and stopped over HTTP as it is on a socket.',
    run: async (gateway) => {
      const { sessionId, final } = await gateway.conversation()
      const answer = `/api/chat/sessions/${sessionId}/messages/${final.id}`
      const again = await gateway.http(`${answer}/regenerate`, { method: 'POST' })
      const { answer: begun } = shaped(regeneratedReply, again.json(), 'the reply to regenerate')
      same(begun.id, final.id, 'the id')
      ensure(begun.attempt > final.attempt, `attempt is ${begun.attempt} after ${final.attempt}`)
      const stopped = await gateway.http(`${answer}/stop`, { method: 'POST' })
      const { message } = shaped(stoppedReply, stopped.json(), 'the reply to stop')
      ensure(message.status !== 'streaming', 'the stopped message still streams')
    },
  },
  {
    rule: 'H',
    says: '/openapi.json lists every route.',
    run: async (gateway) => {
      const { paths } = (await gateway.http('/openapi.json')).json() as { paths?: Record<string, object> }
      const has = ([method, path]: (typeof ROUTES)[number]) =>
        Object.entries(paths ?? {}).some(([name, methods]) => name.endsWith(path) && method in methods)
      const missing = ROUTES.filter((route) => !has(route))
      ensure(missing.length === 0, `these are missing: ${missing.map((route) => route.join(' ')).join(', ')}`)
    },
  },
  {
    rule: 'H',
    says: 'A path by a method that it does not have is 405 with Allow; a path that does not exist is 404.',
    run: async (gateway) => {
      for (const [method, path] of [
        ['PUT', '/api/chat/sessions'],
        ['DELETE', '/healthz'],
        ['GET', '/api/send-message'],
      ] as const) {
        const reply = await gateway.http(path, { method })
        refused(reply, 'invalid', 405)
        ensure(
          /GET|POST/.test(String(reply.headers.allow)),
          `Allow of ${method} ${path} is ${excerpt(reply.headers.allow)}`,
        )
      }
      refused(await gateway.http('/api/chat/nothing'), 'invalid', 404)
    },
  },
  {
    rule: 'H',
    says: 'HEAD gives what GET gives, without the body.',
    run: async (gateway) => {
      const path = await newSession(gateway)
      for (const one of ['/healthz', path, `${path}/history`]) {
        const [head, get] = [await gateway.http(one, { method: 'HEAD' }), await gateway.http(one)]
        same(head.status, get.status, `the status of HEAD ${one}`)
        same(head.headers['content-type'], get.headers['content-type'], `the content type of HEAD ${one}`)
        same(head.text, '', `the body of HEAD ${one}`)
      }
    },
  },
  {
    rule: 'H',
    says: '/healthz and /readyz answer.',
    run: async (gateway) => {
      const [health, ready] = [await gateway.http('/healthz'), await gateway.http('/readyz')]
      same(health.status, 200, 'the status of /healthz')
      shaped(healthReply, health.json(), 'the body of /healthz')
      same(ready.status, 200, 'the status of /readyz')
      shaped(readyReply, ready.json(), 'the body of /readyz')
    },
  },
  {
    rule: 'H',
    says: '/metrics is in the text format of Prometheus.',
    run: async (gateway) => {
      const { status, text } = await gateway.http('/metrics')
      if (status === 401 || status === 403 || status === 404)
        throw new Skip(`/metrics cannot be read from here (${status})`)
      same(status, 200, 'the status')
      ensure(/^# TYPE \S+ \w+$/m.test(text), 'there is no # TYPE line')
    },
  },
  {
    rule: 'X7',
    says: 'A plain HTTP request stays one, whatever Upgrade it names.',
    run: async (gateway) => {
      for (const upgrade of ['h2c', 'websocket', 'something/1']) {
        const reply = await gateway.http('/healthz', { headers: { connection: 'Upgrade', upgrade } })
        same(reply.status, 200, `the status with Upgrade: ${upgrade}`)
      }
    },
  },
]

/** Makes a session over HTTP and gives its path. */
export async function newSession(gateway: Gateway, query = ''): Promise<string> {
  const reply = await gateway.http(`/api/chat/sessions${query}`, { method: 'POST' })
  same(reply.status, 201, 'the status of POST /api/chat/sessions')
  const { session_id } = shaped(createdReply, reply.json(), 'the new session')
  gateway.made(session_id)
  return `/api/chat/sessions/${session_id}`
}

export async function history(gateway: Gateway, path: string, query = '') {
  const reply = await gateway.http(`${path}/history${query}`)
  same(reply.status, 200, 'the status of the history')
  return shaped(historyReply, reply.json(), 'the history')
}

export function post(body: object) {
  return { method: 'POST', body, ms: ANSWER_MS }
}

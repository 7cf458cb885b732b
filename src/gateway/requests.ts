import type { ConversationApi } from '../conversation/api.ts'
import { BatonError, toBatonError } from '../protocol/errors.ts'
import type { Acknowledgement, ClientEvent, ReplyOf, RequestOf } from '../protocol/events.ts'
import type { Message } from '../protocol/message.ts'
import { describeIssue, requestSchemas } from '../protocol/schemas.ts'
import type { Connection } from './connection.ts'
import { isCallback } from './engine-internals.ts'

type Handler<E extends ClientEvent> = (
  connection: Connection,
  api: ConversationApi,
  request: RequestOf<E>,
) => Promise<ReplyOf<E>>

/** What each client event does (contract E). */
const handlers: { [E in ClientEvent]: Handler<E> } = {
  'session:open': (connection, _api, request) => connection.open(request),
  'message:send': ({ caller }, api, request) => api.send(caller, request),
  'message:stop': ({ caller }, api, request) => api.stop(caller, request),
  'message:regenerate': ({ caller }, api, request) => api.regenerate(caller, request),
  'session:history': async ({ caller }, api, request) => {
    const { messages, hasMore } = await api.history(caller, request)
    return { messages, hasMore }
  },
  'session:extend': async ({ caller }, api, { sessionId }) => ({ ttlSeconds: await api.extend(caller, sessionId) }),
  'session:clear': async ({ caller }, api, { sessionId }) => {
    await api.clear(caller, sessionId)
    return {}
  },
  'auth:renew': ({ credentials }, _api, request) => credentials.renew(request),
}

/** Those that may read and answer much. */
const LARGE = new Set<string>(['session:open', 'session:history'] satisfies ClientEvent[])

export function isLarge(event: string): boolean {
  return LARGE.has(event)
}

interface Texts {
  readonly messages?: readonly Message[]
  readonly message?: Message
  readonly answer?: Message
}

/** Of the text that a reply has, or would have where the request asks for none: it was read all the same. */
export function charactersIn({ messages = [], message, answer }: Texts): number {
  return [...messages, message, answer].reduce((sum, one) => sum + (one?.content.length ?? 0), 0)
}

function isClientEvent(event: string): event is ClientEvent {
  return Object.hasOwn(handlers, event)
}

/** Checks a client's event, does it, and gives what acknowledges it; never rejects. */
export async function acknowledge(
  connection: Connection,
  api: ConversationApi,
  event: string,
  payload: unknown,
  onError: (error: BatonError) => void,
): Promise<Acknowledgement<object>> {
  try {
    if (!isClientEvent(event)) throw new BatonError('invalid', 'event: there is no such event')
    return { ok: true, ...(await perform(connection, api, event, payload)) }
  } catch (thrown) {
    const error = toBatonError(thrown)
    onError(error)
    return { ok: false, error: error.body }
  }
}

async function perform<E extends ClientEvent>(
  connection: Connection,
  api: ConversationApi,
  event: E,
  payload: unknown,
): Promise<ReplyOf<E>> {
  // Without a payload the callback stands in its place.
  const parsed = requestSchemas[event].safeParse(isCallback(payload) ? undefined : payload)
  if (!parsed.success) throw new BatonError('invalid', describeIssue(parsed.error))
  const handler: Handler<E> = handlers[event]
  return handler(connection, api, parsed.data as RequestOf<E>)
}

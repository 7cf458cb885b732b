import type { z } from 'zod'
import type { Caller } from '../conversation/api.ts'
import { BatonError } from '../protocol/errors.ts'
import { DEFAULT_LIST_LIMIT, MAX_HISTORY_LIMIT } from '../protocol/limits.ts'
import {
  clearReply,
  createdReply,
  extendReply,
  historyQuery,
  historyReply,
  listQuery,
  sessionParams,
  sessionsReply,
  statsReply,
  userQuery,
} from '../protocol/rest.ts'
import { type App, admit, type RouteContext } from './context.ts'
import { errorReplies } from './openapi.ts'
import { listInTurn, statsTold } from './session-replies.ts'

const tags = ['sessions']

/** `/api/chat/sessions`: making, listing, reading, keeping and clearing sessions. */
export function registerSessions(app: App, context: RouteContext): void {
  createSession(app, context)
  listSessions(app, context)
  getSession(app, context)
  getHistory(app, context)
  extendSession(app, context)
  deleteSession(app, context)
}

function createSession(app: App, context: RouteContext): void {
  const { api } = context
  app.route({
    method: 'POST',
    url: '/api/chat/sessions',
    schema: {
      operationId: 'createSession',
      summary: 'Make a session',
      tags,
      querystring: userQuery,
      response: { 201: createdReply, ...errorReplies('rate_limited', 'quota_exceeded') },
    },
    handler: async (request, reply) => {
      const userId = ownUserId(request.caller, request.query.user_id)
      await admit(context, request.caller)
      const { session } = await api.open(request.caller, { userId }, null)
      reply.code(201)
      return { session_id: session.id, created_at: session.createdAt }
    },
  })
}

function listSessions(app: App, { api, messageLists }: RouteContext): void {
  app.route({
    method: 'GET',
    url: '/api/chat/sessions',
    schema: {
      operationId: 'listSessions',
      summary: "List a user's live sessions, latest activity first",
      description:
        '`user_id` is needed unless the caller is authenticated; then it can only be its own. Without authentication the list is `forbidden` unless user ids are trusted (TRUST_USER_ID). Sessions of the very same `last_activity` come on one page, which may be that much longer.',
      tags,
      querystring: listQuery,
      response: { 200: sessionsReply, ...errorReplies() },
    },
    handler: async ({ caller, query }, reply) => {
      const { user_id, limit = DEFAULT_LIST_LIMIT, before = null } = query
      const userId = ownUserId(caller, user_id)
      return listInTurn(messageLists, reply, () => api.list(caller, userId, { before, limit }))
    },
  })
}

function getSession(app: App, { api }: RouteContext): void {
  app.route({
    method: 'GET',
    url: '/api/chat/sessions/:id',
    schema: {
      operationId: 'getSession',
      summary: 'Facts about a session',
      tags,
      params: sessionParams,
      response: { 200: statsReply, ...errorReplies('session_not_found') },
    },
    handler: async ({ caller, params }) => statsTold(await api.stats(caller, params.id)),
  })
}

function getHistory(app: App, { api, messageLists }: RouteContext): void {
  app.route({
    method: 'GET',
    url: '/api/chat/sessions/:id/history',
    schema: {
      operationId: 'getHistory',
      summary: 'The messages, oldest first; a running answer with its text so far',
      tags,
      params: sessionParams,
      querystring: historyQuery,
      response: { 200: historyReply, ...errorReplies('session_not_found') },
    },
    handler: ({ caller, params, query }, reply) => {
      const { max_messages: most = MAX_HISTORY_LIMIT, before } = query
      const limit = Math.min(most, MAX_HISTORY_LIMIT)
      return messageLists.send<z.input<typeof historyReply>>(reply, async () => {
        const { session, messages } = await api.history(caller, { sessionId: params.id, before, limit })
        const timed = messages.map(({ createdAt, ...message }) => ({ ...message, timestamp: createdAt }))
        return { session_id: session.id, messages: timed, total_messages: session.messageCount }
      })
    },
  })
}

function extendSession(app: App, { api }: RouteContext): void {
  app.route({
    method: 'POST',
    url: '/api/chat/sessions/:id/extend',
    schema: {
      operationId: 'extendSession',
      summary: 'Set the full TTL again',
      tags,
      params: sessionParams,
      response: { 200: extendReply, ...errorReplies('session_not_found') },
    },
    handler: async ({ caller, params }) => ({
      session_id: params.id,
      ttl_seconds: await api.extend(caller, params.id),
    }),
  })
}

function deleteSession(app: App, { api }: RouteContext): void {
  app.route({
    method: 'DELETE',
    url: '/api/chat/sessions/:id',
    schema: {
      operationId: 'deleteSession',
      summary: 'Remove a session and everything of it',
      tags,
      params: sessionParams,
      response: { 200: clearReply, ...errorReplies('session_not_found') },
    },
    handler: async ({ caller, params }) => {
      await api.clear(caller, params.id)
      return { message: 'session cleared' }
    },
  })
}

/** An authenticated caller can only speak of itself (X3). Said here because the field has a name of its own here. */
function ownUserId(caller: Caller, userId: string | undefined): string | undefined {
  if (caller.user !== null && userId !== undefined && userId !== caller.user) {
    throw new BatonError('forbidden', 'user_id: is not the user of the token')
  }
  return userId
}

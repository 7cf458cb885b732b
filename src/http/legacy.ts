import { z } from 'zod'
import { BatonError } from '../protocol/errors.ts'
import {
  legacyAnswerReply,
  legacyClearReply,
  legacyCreatedReply,
  legacyHeaders,
  legacyHistoryReply,
  legacyValidReply,
  questionBody,
  sessionParams,
} from '../protocol/rest.ts'
import { uuid } from '../protocol/schemas.ts'
import { finalAnswer, send } from './ask.ts'
import { type App, type RouteContext, waitingFor } from './context.ts'
import { errorReplies } from './openapi.ts'

/** The routes of the older API: `/api/session/*` and `/api/send-message`. */
export function registerLegacy(app: App, { api, closing }: RouteContext): void {
  const tags = ['older API']

  app.route({
    method: 'POST',
    url: '/api/session/create',
    schema: { summary: 'Make a session', tags, response: { 200: legacyCreatedReply, ...errorReplies() } },
    handler: async ({ caller }) => {
      const { session } = await api.open(caller, {}, null)
      return { success: true, sessionId: session.id, message: 'session created' } as const
    },
  })

  app.route({
    method: 'GET',
    url: '/api/session/:id/history',
    schema: {
      summary: 'The messages, oldest first; a running answer with its text so far',
      tags,
      params: sessionParams,
      response: { 200: legacyHistoryReply, ...errorReplies('session_not_found') },
    },
    handler: async ({ caller, params }) => {
      const { session, messages } = await api.look(caller, params.id)
      return {
        success: true,
        messages: messages.map(({ role, content, createdAt }) => ({ type: role, content, timestamp: createdAt })),
        sessionId: session.id,
        createdAt: session.createdAt,
        lastActivity: session.lastActivity,
      } as const
    },
  })

  app.route({
    method: 'GET',
    url: '/api/session/:id/validate',
    schema: {
      summary: 'Whether a session is alive',
      tags,
      params: z.object({ id: z.string() }),
      response: { 200: legacyValidReply, ...errorReplies() },
    },
    handler: async ({ caller, params }) => {
      const id = uuid.safeParse(params.id)
      const valid = id.success && (await exists(() => api.look(caller, id.data)))
      return { success: true, valid, sessionId: params.id } as const
    },
  })

  app.route({
    method: 'DELETE',
    url: '/api/session/:id',
    schema: {
      summary: 'Remove a session and everything of it',
      tags,
      params: sessionParams,
      response: { 200: legacyClearReply, ...errorReplies('session_not_found') },
    },
    handler: async ({ caller, params }) => {
      await api.clear(caller, params.id)
      return { success: true, message: 'session cleared' } as const
    },
  })

  app.route({
    method: 'POST',
    url: '/api/send-message',
    schema: {
      summary: 'Ask a question and wait for the answer; a missing or dead session gets a new one',
      tags,
      headers: legacyHeaders,
      body: questionBody,
      response: {
        200: legacyAnswerReply,
        ...errorReplies(
          'session_not_found',
          'answer_in_progress',
          'too_large',
          'rate_limited',
          'llm_failed',
          'interrupted',
        ),
      },
    },
    handler: async ({ caller, headers, body }, reply) => {
      const named = uuid.safeParse(headers['session-id'])
      const request = named.success ? { sessionId: named.data, after: Number.MAX_SAFE_INTEGER } : {}
      const { session } = await api.open(caller, request, null)
      const sent = await send(api, caller, { sessionId: session.id, text: body.question, field: 'question' })
      const answer = await finalAnswer(api, caller, sent, session.id, waitingFor(reply, closing))
      return { success: true, reply: answer.content, sessionID: session.id } as const
    },
  })
}

async function exists(look: () => Promise<unknown>): Promise<boolean> {
  try {
    await look()
    return true
  } catch (thrown) {
    if (thrown instanceof BatonError && thrown.code === 'session_not_found') return false
    throw thrown
  }
}

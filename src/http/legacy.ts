import { z } from 'zod'
import type { Caller } from '../conversation/api.ts'
import { BatonError } from '../protocol/errors.ts'
import type { Sent } from '../protocol/events.ts'
import { MAX_HISTORY_LIMIT } from '../protocol/limits.ts'
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
import { checkQuestion, finalAnswer, QUESTION_ERRORS, type Question, send } from './ask.ts'
import { type App, admit, NO_TEXT, type RouteContext, waitingFor } from './context.ts'
import { errorReplies } from './openapi.ts'

const tags = ['older API']

/** The routes of the older API: `/api/session/*` and `/api/send-message`. */
export function registerLegacy(app: App, context: RouteContext): void {
  createSession(app, context)
  getHistory(app, context)
  validateSession(app, context)
  deleteSession(app, context)
  sendMessage(app, context)
}

function createSession(app: App, context: RouteContext): void {
  const { api } = context
  app.route({
    method: 'POST',
    url: '/api/session/create',
    schema: {
      operationId: 'legacyCreateSession',
      summary: 'Make a session',
      tags,
      response: { 200: legacyCreatedReply, ...errorReplies('rate_limited', 'quota_exceeded') },
    },
    handler: async ({ caller }) => {
      await admit(context, caller)
      const { session } = await api.open(caller, {}, null)
      return { success: true, sessionId: session.id, message: 'session created' } as const
    },
  })
}

function getHistory(app: App, { api, messageLists }: RouteContext): void {
  app.route({
    method: 'GET',
    url: '/api/session/:id/history',
    schema: {
      operationId: 'legacyGetHistory',
      summary: 'The newest messages, at most 1 MiB, oldest first; a running answer with its text so far',
      tags,
      params: sessionParams,
      response: { 200: legacyHistoryReply, ...errorReplies('session_not_found') },
    },
    handler: ({ caller, params }, reply) =>
      messageLists.send<z.input<typeof legacyHistoryReply>>(reply, async () => {
        const { session, messages } = await api.history(caller, { sessionId: params.id, limit: MAX_HISTORY_LIMIT })
        const { id, createdAt, lastActivity } = session
        const told = messages.map((message) => ({
          type: message.role,
          content: message.content,
          timestamp: message.createdAt,
        }))
        return { success: true, sessionId: id, createdAt, lastActivity, messages: told }
      }),
  })
}

function validateSession(app: App, { api }: RouteContext): void {
  app.route({
    method: 'GET',
    url: '/api/session/:id/validate',
    schema: {
      operationId: 'legacyValidateSession',
      summary: 'Whether a session is alive',
      tags,
      params: z.object({ id: z.string() }),
      response: { 200: legacyValidReply, ...errorReplies() },
    },
    handler: async ({ caller, params }) => {
      const id = uuid.safeParse(params.id)
      const valid = id.success && (await whereFound(() => api.look(caller, id.data, NO_TEXT))) !== null
      return { success: true, valid, sessionId: params.id } as const
    },
  })
}

function deleteSession(app: App, { api }: RouteContext): void {
  app.route({
    method: 'DELETE',
    url: '/api/session/:id',
    schema: {
      operationId: 'legacyDeleteSession',
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
}

function sendMessage(app: App, context: RouteContext): void {
  const { api, closing } = context
  app.route({
    method: 'POST',
    url: '/api/send-message',
    schema: {
      operationId: 'legacySendMessage',
      summary: 'Ask a question and wait for the answer; a missing or dead session gets a new one',
      tags,
      headers: legacyHeaders,
      body: questionBody,
      response: {
        200: legacyAnswerReply,
        ...errorReplies(...QUESTION_ERRORS),
      },
    },
    handler: async ({ caller, headers, body }, reply) => {
      const named = uuid.safeParse(headers['session-id'])
      const question = { text: body.question, field: 'question' }
      const { sent, sessionId } = await sendSomewhere(context, caller, named.success ? named.data : null, question)
      const { message } = await finalAnswer(api, caller, sent, sessionId, waitingFor(reply, closing))
      return { success: true, reply: message.content, sessionID: sessionId } as const
    },
  })
}

/** Sends to the session where it lives, else to a new one; to another user's not at all (X3). */
async function sendSomewhere(
  context: RouteContext,
  caller: Caller,
  named: string | null,
  question: Omit<Question, 'sessionId'>,
): Promise<{ readonly sent: Sent; readonly sessionId: string }> {
  const { api } = context
  const to = async (sessionId: string) => ({ sent: await send(api, caller, { ...question, sessionId }), sessionId })
  if (named !== null) {
    const there = await whereFound(() => to(named))
    if (there !== null) return there
  }
  checkQuestion(question, context.maxContentBytes) // before a session is made for it
  await admit(context, caller)
  let sent: Awaited<ReturnType<typeof to>> | null = null
  const ask = async (made: string) => {
    try {
      sent = await to(made)
    } catch (thrown) {
      await api.clear(caller, made).catch(() => {}) // nobody was told of it
      throw thrown
    }
  }
  const { session } = await api.open(caller, named === null ? {} : { sessionId: named }, null, ask)
  return sent ?? to(session.id)
}

/** Null where there is no such session. */
async function whereFound<T>(call: () => Promise<T>): Promise<T | null> {
  try {
    return await call()
  } catch (thrown) {
    if (thrown instanceof BatonError && thrown.code === 'session_not_found') return null
    throw thrown
  }
}

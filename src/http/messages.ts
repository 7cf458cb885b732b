import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Caller, ConversationApi, EndedAnswer, Subscription } from '../conversation/api.ts'
import type { Message, SessionInfo } from '../protocol/message.ts'
import {
  answerReply,
  messageParams,
  regeneratedReply,
  resumeHeaders,
  sendBody,
  sessionParams,
  stoppedReply,
} from '../protocol/rest.ts'
import { wantsEvents } from './accept.ts'
import { AnswerStream, resumeOffset } from './answer-stream.ts'
import { finalAnswer, QUESTION_ERRORS, send } from './ask.ts'
import { type App, NO_TEXT, type RouteContext, waitingFor } from './context.ts'
import { EVENT_STREAM_HEADERS, EventStream } from './event-stream.ts'
import { errorReplies, jsonOrEvents } from './openapi.ts'

/** Sending a message and reading its answer, whole or as it streams. */
export function registerMessages(app: App, context: RouteContext): void {
  sendMessage(app, context)
  stopAnswer(app, context)
  regenerateAnswer(app, context)
  streamAnswer(app, context)
}

function sendMessage(app: App, context: RouteContext): void {
  const { api } = context
  app.route({
    method: 'POST',
    url: '/api/chat/sessions/:id/messages',
    schema: {
      operationId: 'sendMessage',
      summary: 'Send a message and wait for its answer, or stream it with Accept: text/event-stream',
      description:
        'The same `id` again waits for, or gives, the same answer: a client that lost its connection repeats it.',
      tags: ['messages'],
      params: sessionParams,
      body: sendBody,
      response: {
        200: jsonOrEvents(answerReply),
        ...errorReplies(...QUESTION_ERRORS),
      },
    },
    handler: async (request, reply) => {
      const { caller, body } = request
      const sessionId = request.params.id
      const question = { sessionId, text: body.message, field: 'message', id: body.id, metadata: body.metadata }
      const sent = await send(api, caller, question)
      if (wantsEvents(request.headers.accept)) {
        const found = (messages: readonly Message[]) => messages.find(({ id }) => id === sent.answer.id) ?? sent.answer
        await sendEvents(context, caller, sessionId, reply, found, { ended: sent.answer.status !== 'streaming' })
        return reply
      }
      const ended = await finalAnswer(api, caller, sent, sessionId, waitingFor(reply, context.closing))
      const { session } = await api.look(caller, sessionId, NO_TEXT)
      return answered(sent.message, ended, session)
    },
  })
}

function stopAnswer(app: App, { api, messageLists }: RouteContext): void {
  app.route({
    method: 'POST',
    url: '/api/chat/sessions/:id/messages/:messageId/stop',
    schema: {
      operationId: 'stopAnswer',
      summary: 'Stop an answer, with the text so far; one that has ended is given as it is',
      tags: ['messages'],
      params: messageParams,
      response: { 200: stoppedReply, ...errorReplies('session_not_found') },
    },
    handler: async ({ caller, params }, reply) => {
      const stop = () => api.stop(caller, { sessionId: params.id, messageId: params.messageId })
      // What runs is stopped at once (D7). An answer that has ended may be long (X6).
      if ((await api.ownerOf(caller, params.id)) !== null) return stop()
      return messageLists.inTurn(reply, stop, (stopped) => {
        reply.send(stopped)
        return stopped.message.content.length
      })
    },
  })
}

function regenerateAnswer(app: App, { api }: RouteContext): void {
  app.route({
    method: 'POST',
    url: '/api/chat/sessions/:id/messages/:messageId/regenerate',
    schema: {
      operationId: 'regenerateAnswer',
      summary: 'Begin the last answer again; `GET …/stream` follows it',
      tags: ['messages'],
      params: messageParams,
      response: {
        200: regeneratedReply,
        ...errorReplies('session_not_found', 'answer_in_progress', 'rate_limited', 'quota_exceeded'),
      },
    },
    handler: async ({ caller, params }) =>
      api.regenerate(caller, { sessionId: params.id, messageId: params.messageId }),
  })
}

function streamAnswer(app: App, context: RouteContext): void {
  app.route({
    method: 'GET',
    url: '/api/chat/sessions/:id/stream',
    schema: {
      operationId: 'streamAnswer',
      summary: 'Follow the running answer as server-sent events',
      tags: ['messages'],
      params: sessionParams,
      headers: resumeHeaders,
      response: {
        200: {
          description: 'delta events, last the message',
          content: { 'text/event-stream': { schema: z.string() } },
        },
        204: z.undefined().meta({ description: 'No answer is running' }),
        ...errorReplies('session_not_found'),
      },
    },
    handler: async ({ caller, params, headers }, reply) => {
      // To follow it, all of a session is read, which may be much: not where nothing runs (X6).
      const isRunning =
        (await context.api.ownerOf(caller, params.id)) !== null ||
        (await isLeftRunning(context, caller, params.id, reply))
      if (!isRunning) return reply.code(204).send()
      await sendEvents(context, caller, params.id, reply, running, { lastEventId: headers['last-event-id'] })
      return reply
    },
  })
}

const running = (messages: readonly Message[]) => messages.findLast(({ status }) => status === 'streaming')

/** Whether the newest message is an answer that nobody owns and that has not ended yet (G6). Its text, which may be long, is read for that. */
async function isLeftRunning(
  { api, messageLists }: RouteContext,
  caller: Caller,
  sessionId: string,
  reply: FastifyReply,
): Promise<boolean> {
  let isLeft = false
  const newest = () => api.history(caller, { sessionId, limit: 1 })
  await messageLists.inTurn(reply, newest, ({ messages: [message] }) => {
    isLeft = message?.status === 'streaming'
    return message?.content.length ?? 0
  })
  return isLeft
}

const NOTHING_TO_FOLLOW: Pick<Subscription, 'messages' | 'close'> = { messages: [], close() {} }

/** Answers with the events of the answer that `choose` finds in the session, or, where it has `ended`, without following the session; 204 where it finds none. */
async function sendEvents(
  { api, meter, closing, backlog, streamLimits }: RouteContext,
  caller: Caller,
  sessionId: string,
  reply: FastifyReply,
  choose: (messages: readonly Message[]) => Message | undefined,
  { lastEventId, ended = false }: { readonly lastEventId?: string | undefined; readonly ended?: boolean },
): Promise<void> {
  let answer: Message | undefined
  const stream = new AnswerStream({
    sessionId,
    stored: () => storedAnswer(api, caller, sessionId, answer),
    onSlow: () => meter.slowReaders(1),
  })
  const subscription = ended ? NOTHING_TO_FOLLOW : await api.follow(caller, sessionId, stream)
  answer = choose(subscription.messages)
  if (answer === undefined || reply.raw.destroyed) {
    subscription.close()
    reply.code(204).send()
    return
  }
  if (reply.request.method === 'HEAD') {
    subscription.close()
    reply.headers(EVENT_STREAM_HEADERS).send()
    return
  }

  reply.hijack()
  const out = new EventStream(reply.raw, reply.getHeaders(), backlog, streamLimits)
  const over = waitingFor(reply, closing)
  over.addEventListener('abort', () => out.end(), { once: true })
  out.onClose(() => subscription.close())
  stream.start(out, answer, resumeOffset(lastEventId, answer))
  if (over.aborted) out.end()
}

/** The answer as it is stored; where it was given another place meanwhile (G5), the whole session is looked through for it. */
async function storedAnswer(
  api: ConversationApi,
  caller: Caller,
  sessionId: string,
  known: Message | undefined,
): Promise<Message | undefined> {
  const above = async (after: number) =>
    (await api.look(caller, sessionId, after)).messages.find(({ id }) => id === known?.id)
  return known && ((await above(known.seq - 1)) ?? above(0))
}

function answered(
  question: Message,
  { message, persisted, backend }: EndedAnswer,
  { id, messageCount }: SessionInfo,
): z.output<typeof answerReply> {
  const { sources, processing_time_ms: time, finish_reason: reason } = message.metadata
  return {
    session_id: id,
    user_message: question.content,
    assistant_response: message.content,
    sources: Array.isArray(sources) ? sources : [],
    processing_time_ms: typeof time === 'number' ? time : null,
    finish_reason: typeof reason === 'string' ? reason : null,
    status: message.status,
    conversation_length: messageCount,
    session_persisted: persisted,
    backend,
  }
}

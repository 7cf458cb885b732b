import { randomUUID } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Caller, ConversationApi, EndedAnswer } from '../conversation/api.ts'
import type { Sent } from '../protocol/events.ts'
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
import { finalAnswer, QUESTION_ERRORS, type Question, send } from './ask.ts'
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
      const { message: text, id = randomUUID(), metadata } = body
      const asksForEvents = wantsEvents(request.headers.accept)
      const sent = await sendOrGive(context, reply, { sessionId, text, field: 'message', id, metadata }, asksForEvents)
      if (sent === undefined) return
      if (asksForEvents) {
        const found = (messages: readonly Message[]) => messages.find(({ id }) => id === sent.answer.id) ?? sent.answer
        await sendEvents(context, caller, sessionId, reply, found)
        return reply
      }
      const ended = await finalAnswer(api, caller, sent, sessionId, waitingFor(reply, context.closing))
      const { session } = await api.look(caller, sessionId, NO_TEXT)
      return answered(sent.message, ended, session)
    },
  })
}

/** Sends the message. Undefined where its answer has ended already and was given, or where the client has gone. */
async function sendOrGive(
  context: RouteContext,
  reply: FastifyReply,
  question: Question & { readonly id: string },
  asksForEvents: boolean,
): Promise<Sent | undefined> {
  const { api, repeats } = context
  const { caller } = reply.request
  const { sessionId, id } = question
  const isGiven = ({ status }: Message) =>
    status === 'complete' || status === 'stopped' || (asksForEvents && status === 'error')
  const ask = async () => {
    const sent = await send(api, caller, question)
    const session = isGiven(sent.answer) ? (await api.look(caller, sessionId, NO_TEXT)).session : null
    return { sent, session }
  }
  const asked = await repeats.send(
    reply,
    `${sessionId} ${id}`,
    ask,
    ({ sent: { message, answer, ...stored }, session }) => {
      if (session === null || reply.raw.destroyed) return answer.status === 'streaming' ? 0 : answer.content.length
      if (asksForEvents) followEnded(context, sessionId, reply, answer)
      else reply.send(answered(message, { message: answer, ...stored }, session))
      return answer.content.length
    },
  )
  return asked?.session === null ? asked.sent : undefined
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
        (await context.api.ownerOf(caller, params.id)) !== null || (await isLeftRunning(context, reply, params.id))
      if (!isRunning) return reply.code(204).send()
      await sendEvents(context, caller, params.id, reply, running, headers['last-event-id'])
      return reply
    },
  })
}

const running = (messages: readonly Message[]) => messages.findLast(({ status }) => status === 'streaming')

/** Whether the newest message is an answer that nobody owns and that has not ended yet (G6). Its text, which may be long, is read for that. */
async function isLeftRunning({ api, messageLists }: RouteContext, reply: FastifyReply, sessionId: string) {
  const newest = async () => (await api.history(reply.request.caller, { sessionId, limit: 1 })).messages[0]
  const message = await messageLists.read(reply, newest, (message) => message?.content.length ?? 0)
  return message?.status === 'streaming'
}

/** Answers with the events of the answer that `choose` finds in the session; 204 where it finds none. */
async function sendEvents(
  context: RouteContext,
  caller: Caller,
  sessionId: string,
  reply: FastifyReply,
  choose: (messages: readonly Message[]) => Message | undefined,
  lastEventId?: string,
): Promise<void> {
  const { api, meter } = context
  let answer: Message | undefined
  const stream = new AnswerStream({
    sessionId,
    stored: () => storedAnswer(api, caller, sessionId, answer),
    onSlow: () => meter.slowReaders(1),
  })
  const subscription = await api.follow(caller, sessionId, stream)
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
  reply.raw.once('close', () => subscription.close())
  startStream(context, reply, stream, answer, resumeOffset(lastEventId, answer))
}

/** Answers with the events of an answer that has ended. What a slow reader lacks of it is read in turn, too (X6). */
function followEnded(context: RouteContext, sessionId: string, reply: FastifyReply, answer: Message): void {
  const { api, meter, messageLists } = context
  const { caller } = reply.request
  const stored = () => storedAnswer(api, caller, sessionId, answer)
  const stream = new AnswerStream({
    sessionId,
    stored: () => messageLists.read(reply, stored, (now) => now?.content.length ?? 0),
    onSlow: () => meter.slowReaders(1),
  })
  startStream(context, reply, stream, answer, 0)
}

function startStream(
  { closing, backlog, streamLimits }: RouteContext,
  reply: FastifyReply,
  stream: AnswerStream,
  answer: Message,
  offset: number,
): void {
  reply.hijack()
  const out = new EventStream(reply.raw, reply.getHeaders(), backlog, streamLimits)
  const over = waitingFor(reply, closing)
  over.addEventListener('abort', () => out.end(), { once: true })
  stream.start(out, answer, offset)
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

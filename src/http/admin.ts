import type { FastifyRequest } from 'fastify'
import { signature } from '../access/operators.ts'
import type { Caller, ConversationApi } from '../conversation/api.ts'
import type { Reports } from '../conversation/reports.ts'
import { type Order, orderText } from '../ports/report.ts'
import {
  adminListQuery,
  adminListReply,
  adminSessionReply,
  adminStoppedReply,
  doneReply,
  levelBody,
  replicaParams,
  stateReply,
} from '../protocol/admin.ts'
import { BatonError } from '../protocol/errors.ts'
import { DEFAULT_LIST_LIMIT } from '../protocol/limits.ts'
import type { Backend } from '../protocol/message.ts'
import { extendReply, messageParams, sessionParams } from '../protocol/rest.ts'
import { type AdminAccess, admitOperators } from './admin-access.ts'
import { registerAdminPage, setAdminHeaders } from './admin-page.ts'
import { factsOf, stateOf } from './admin-state.ts'
import { audited } from './audit.ts'
import type { App } from './context.ts'
import type { MessageLists } from './message-lists.ts'
import { errorReplies } from './openapi.ts'
import { listInTurn } from './session-replies.ts'

export interface AdminContext extends AdminAccess {
  readonly api: ConversationApi
  readonly reports: Reports
  readonly replica: string
  /** The built page; may be absent. */
  readonly adminDir: string
  readonly messageLists: MessageLists
  readonly backend: () => Backend
}

/** Newest messages of a session that an operator is shown the facts of. */
const SHOWN_MESSAGES = 50

/** An operator sees every session, as the gateway itself does. */
const ANYBODY: Caller = { user: null, clientAddress: 'operator' }

const NOT_OBEYED = 'the replica does not say that it obeys: is its ADMIN_TOKEN the same, and its clock right?'
const OUT_OF_REACH = 'Redis is away, and other replicas cannot be reached without it: ask that replica itself'

const tags = ['admin']
const security = [{ operator: [] }]

/** `/admin`: what operators look at, and what they can do. Exists only where `ADMIN_TOKEN` is set. */
export async function registerAdmin(app: App, context: AdminContext): Promise<void> {
  setAdminHeaders(app)
  registerAdminPage(app, context.adminDir)
  await app.register(async (routes: App) => {
    admitOperators(routes, context)
    tellState(routes, context)
    listSessions(routes, context)
    inspectSession(routes, context)
    stopAnswer(routes, context)
    extendSession(routes, context)
    clearSession(routes, context)
    drainReplica(routes, context)
    setLogLevel(routes, context)
  })
}

function tellState(app: App, { reports, replica }: AdminContext): void {
  app.route({
    method: 'GET',
    url: '/admin/api/state',
    schema: {
      operationId: 'getState',
      summary: 'Replicas, their running answers, and takeovers of the last hour',
      security,
      tags,
      response: { 200: stateReply, ...errorReplies('rate_limited') },
    },
    handler: async () => stateOf(await reports.all(), replica),
  })
}

function listSessions(app: App, { api, messageLists }: AdminContext): void {
  app.route({
    method: 'GET',
    url: '/admin/api/sessions',
    schema: {
      operationId: 'listSessionsOfUser',
      summary: "A user's live sessions, latest activity first",
      security,
      tags,
      querystring: adminListQuery,
      response: { 200: adminListReply, ...errorReplies('rate_limited') },
    },
    handler: async ({ query: { user_id = '', limit = DEFAULT_LIST_LIMIT, before = null } }, reply) =>
      listInTurn(messageLists, reply, () => api.list({ ...ANYBODY, user: user_id }, user_id, { before, limit })),
  })
}

function inspectSession(app: App, { api }: AdminContext): void {
  app.route({
    method: 'GET',
    url: '/admin/api/sessions/:id',
    schema: {
      operationId: 'inspectSession',
      summary: 'Facts about a session and its newest messages, without what they say',
      security,
      tags,
      params: sessionParams,
      response: { 200: adminSessionReply, ...errorReplies('session_not_found', 'rate_limited') },
    },
    handler: async ({ params: { id } }) => {
      const [stats, owner, { messages }] = await Promise.all([
        api.stats(ANYBODY, id),
        api.ownerOf(ANYBODY, id),
        api.history(ANYBODY, { sessionId: id, limit: SHOWN_MESSAGES }),
      ])
      return factsOf(stats, owner, messages)
    },
  })
}

function stopAnswer(app: App, { api, audit }: AdminContext): void {
  app.route({
    method: 'POST',
    url: '/admin/api/sessions/:id/messages/:messageId/stop',
    schema: {
      operationId: 'operatorStopAnswer',
      summary: 'Stop an answer; its text so far stays',
      security,
      tags,
      params: messageParams,
      response: { 200: adminStoppedReply, ...errorReplies('session_not_found', 'message_not_found', 'rate_limited') },
    },
    handler: async (request) => {
      const { id: sessionId, messageId } = request.params
      const { message } = await audited(audit, request, 'stop', { session: sessionId, message: messageId }, () =>
        api.stop(ANYBODY, { sessionId, messageId }),
      )
      return { done: true, status: message.status, characters: message.content.length } as const
    },
  })
}

function extendSession(app: App, { api, audit }: AdminContext): void {
  app.route({
    method: 'POST',
    url: '/admin/api/sessions/:id/extend',
    schema: {
      operationId: 'operatorExtendSession',
      summary: 'Set the full TTL again',
      security,
      tags,
      params: sessionParams,
      response: { 200: extendReply, ...errorReplies('session_not_found', 'rate_limited') },
    },
    handler: async (request) => {
      const { id } = request.params
      const ttl = await audited(audit, request, 'extend', { session: id }, () => api.extend(ANYBODY, id))
      return { session_id: id, ttl_seconds: ttl }
    },
  })
}

function clearSession(app: App, { api, audit }: AdminContext): void {
  app.route({
    method: 'DELETE',
    url: '/admin/api/sessions/:id',
    schema: {
      operationId: 'operatorClearSession',
      summary: 'Remove a session and everything of it',
      security,
      tags,
      params: sessionParams,
      response: { 200: doneReply, ...errorReplies('session_not_found', 'rate_limited') },
    },
    handler: async (request) => {
      const { id } = request.params
      await audited(audit, request, 'clear', { session: id }, () => api.clear(ANYBODY, id))
      return { done: true } as const
    },
  })
}

function drainReplica(app: App, context: AdminContext): void {
  app.route({
    method: 'POST',
    url: '/admin/api/replicas/:address/drain',
    schema: {
      operationId: 'drainReplica',
      summary: 'Have a replica drain and end, as SIGTERM does; a supervisor starts it again',
      security,
      tags,
      params: replicaParams,
      response: { 200: doneReply, ...errorReplies('rate_limited') },
    },
    handler: async (request) => order(context, request, request.params.address, 'drain', ''),
  })
}

function setLogLevel(app: App, context: AdminContext): void {
  app.route({
    method: 'POST',
    url: '/admin/api/replicas/:address/log-level',
    schema: {
      operationId: 'setLogLevel',
      summary: 'Change the LOG_LEVEL of a replica, until it ends',
      security,
      tags,
      params: replicaParams,
      body: levelBody,
      response: { 200: doneReply, ...errorReplies('rate_limited') },
    },
    handler: async (request) => order(context, request, request.params.address, 'log_level', request.body.level),
  })
}

/** Gives a replica an order, signed for it and for this request alone. */
async function order(
  { reports, audit, backend }: AdminContext,
  request: Pick<FastifyRequest, 'operator'>,
  address: string,
  act: Order['act'],
  value: string,
): Promise<{ done: true }> {
  const { operator } = request
  await audited(audit, request, act, { target: address, value }, async () => {
    if (!reports.isKnown(address)) throw new BatonError('invalid', 'address: there is no such replica')
    const obeyed = await reports.order(address, (id) => {
      const order = { act, value, at: Date.now() }
      return { ...order, by: operator.name, proof: signature(operator, orderText(address, id, order)) }
    })
    if (!obeyed) throw new BatonError('overloaded', backend() === 'memory' ? OUT_OF_REACH : NOT_OBEYED)
  })
  return { done: true }
}

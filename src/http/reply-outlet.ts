import type { FastifyInstance } from 'fastify'
import { type Backlog, outletOf } from '../network/backlog.ts'

/** Has every reply watched until its client has taken it (X6), but for event streams, which do so themselves. */
export function watchReplies(app: FastifyInstance, backlog: Backlog): void {
  app.addHook('onSend', async (_request, { raw }, payload) => {
    const bytes = typeof payload === 'string' || Buffer.isBuffer(payload) ? payload.length : 0
    backlog.note(outletOf(raw, true), bytes)
  })
}

import type { FastifyInstance } from 'fastify'

/**
 * Cuts off who takes nothing of a reply for so long (X6): it is kept in memory for as long. Not while a reply is being made,
 * which may take as long as the model does. Node counts every byte that the reader's side takes, also out of one large write.
 */
export function cutOffUnread(app: FastifyInstance, stalledMs: number): void {
  app.addHook('onSend', async (_request, { raw }) => {
    raw.setTimeout(stalledMs, () => raw.destroy())
  })
}

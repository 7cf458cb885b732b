import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { originAllowed } from '../access/origin.ts'
import type { Settings } from '../config/settings.ts'
import { BatonError } from '../protocol/errors.ts'

/**
 * Refuses what a page of an origin that is not allowed asks of the routes of `app`, before anything is read or done: CORS
 * alone would only keep the page from reading the answer (X4).
 */
export function refuseForeignOrigins(app: FastifyInstance, settings: Pick<Settings, 'ALLOWED_ORIGINS'>): void {
  const allowed = originAllowed(settings.ALLOWED_ORIGINS)
  app.addHook('onRequest', async ({ headers }) => {
    if (!allowed(headers.origin)) throw foreignOrigin()
  })
}

/** Refuses what such a page's browser asks before: that comes to no route (X4). */
export function refuseForeignPreflights(app: FastifyInstance, settings: Pick<Settings, 'ALLOWED_ORIGINS'>): void {
  const allowed = originAllowed(settings.ALLOWED_ORIGINS)
  app.addHook('onRequest', async ({ method, headers }) => {
    if (method === 'OPTIONS' && !allowed(headers.origin)) throw foreignOrigin()
  })
}

const foreignOrigin = () => new BatonError('forbidden', 'origin: is not allowed')

/** Whether a page of this gateway asks, or none. No `Origin` and no `Sec-Fetch-Site` come from no browser. `none`: typed into the address bar. */
export function isSameOrigin({ origin, host, 'sec-fetch-site': site }: IncomingHttpHeaders): boolean {
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host)
}

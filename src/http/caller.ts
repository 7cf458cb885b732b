import type { FastifyInstance, FastifyRequest } from 'fastify'
import { clientNetwork } from '../access/address.ts'
import type { Authenticator } from '../access/authenticate.ts'
import type { Settings } from '../config/settings.ts'
import type { Caller } from '../conversation/api.ts'
import { BatonError } from '../protocol/errors.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is calling; set on the routes of the API, and of operators, before their bodies are read. */
    caller: Caller
    /** Epoch milliseconds at which the caller's token ends; null where it never does. */
    expiresAt: number | null
  }
}

/** Establishes `request.caller` for every route of `app`, or refuses the request (X3). */
export function identifyCallers(
  app: FastifyInstance,
  authenticator: Authenticator,
  settings: Pick<Settings, 'TRUST_PROXY'>,
): void {
  const networkOf = clientNetwork(settings.TRUST_PROXY)
  app.addHook('onRequest', async (request) => {
    const { user, group, expiresAt } = await authenticator.authenticate(bearerToken(request))
    request.expiresAt = expiresAt
    request.caller = { user, group, clientAddress: networkOf(request.raw) }
  })
  app.addHook('preHandler', async (request) => checkUnexpired(request)) // a body may take its time
}

export const tokenExpired = () => new BatonError('unauthorized', 'token: has expired')

/** To be called where the request has waited for its turn since its caller was let in: the token may have ended (X3). */
export function checkUnexpired({ expiresAt }: FastifyRequest): void {
  if (expiresAt !== null && expiresAt <= Date.now()) throw tokenExpired()
}

export function bearerToken(request: FastifyRequest): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1]
}

import { clientNetwork } from '../access/address.ts'
import type { Operators, OperatorToken } from '../access/operators.ts'
import type { Settings } from '../config/settings.ts'
import type { Log } from '../ports/log.ts'
import type { RateLimiter } from '../ports/rate-limiter.ts'
import { BatonError } from '../protocol/errors.ts'
import { bearerToken } from './caller.ts'
import type { App } from './context.ts'
import { isSameOrigin } from './origin.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who operates, and from where; set on the routes of operators before their bodies are read. */
    operator: OperatorToken & { readonly address: string }
  }
}

export interface AdminAccess {
  readonly operators: Operators
  /** Of wrong tokens, by address. */
  readonly limiter: RateLimiter
  readonly settings: Pick<Settings, 'TRUST_PROXY'>
  /** Written to whatever `LOG_LEVEL` is. */
  readonly audit: Log
}

/**
 * Lets those into `app` who have a token of `ADMIN_TOKEN`, and no page of another origin. Wrong tokens alone are counted, so that
 * an operator may ask as much as he likes. Whoever has sent too many is refused, whatever the next one is, so that none can be
 * found by trying: all at once, too, because a right one is let in only by a look at the count that comes after the wrong ones before it.
 */
export function admitOperators(app: App, { operators, limiter, settings, audit }: AdminAccess): void {
  const networkOf = clientNetwork(settings.TRUST_PROXY)
  app.addHook('onRequest', async (request) => {
    if (!isSameOrigin(request.headers)) throw new BatonError('forbidden', 'origin: is not that of this page')
    const address = networkOf(request.raw)
    const operator = operators.find(bearerToken(request) ?? '')
    const taken = operator === null ? await limiter.take(address) : await limiter.waitOf(address)
    if (typeof taken === 'number' && taken > 0)
      throw new BatonError('rate_limited', 'too many wrong tokens', { retryAfterMs: taken })
    if (operator === null) {
      audit.info({ audit: 'refused', address }, 'audit')
      throw new BatonError('unauthorized', 'token: is not one of ADMIN_TOKEN')
    }
    request.operator = { ...operator, address }
    request.caller = { user: null, clientAddress: address }
    request.expiresAt = null
  })
}

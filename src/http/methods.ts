import { METHODS } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { Meter } from '../ports/meter.ts'
import { BatonError } from '../protocol/errors.ts'
import { replyWithError } from './errors.ts'

/** Those of REST. `OPTIONS` is CORS's. */
const USUAL = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']
/** All others that Node reads as a request: `CONNECT` is none. Their bodies are not. */
const UNUSUAL = METHODS.filter((method) => ![...USUAL, 'OPTIONS', 'CONNECT'].includes(method))

/** As a label of metrics: the unusual ones, which no route has, are one. */
export function methodLabel(method: string): string {
  return UNUSUAL.includes(method) ? 'other' : method
}

/**
 * A path that is asked for by a method that it does not have is answered with 405 and `Allow`. To be called before the
 * routes are registered; what it returns, after.
 */
export function refuseOtherMethods(app: FastifyInstance, meter: Meter): () => void {
  for (const method of UNUSUAL) app.addHttpMethod(method, { overrideExisting: true })
  const known = new Map<string, Set<string>>()
  app.addHook('onRoute', ({ url, method }) => {
    const methods = known.get(url) ?? new Set()
    for (const one of [method].flat()) methods.add(one)
    known.set(url, methods)
  })
  return () => {
    for (const [url, methods] of [...known]) {
      const others = [...USUAL, ...UNUSUAL].filter((method) => !methods.has(method))
      if (methods.has('OPTIONS') || others.length === 0) continue
      refuse(app, meter, url, others, [...methods].sort().join(', '))
    }
  }
}

function refuse(app: FastifyInstance, meter: Meter, url: string, methods: string[], allow: string): void {
  app.route({
    method: methods,
    url,
    schema: { hide: true },
    onRequest: async ({ method }, reply) => {
      reply.header('allow', allow)
      meter.errors(1, { code: 'invalid' })
      return replyWithError(reply, new BatonError('invalid', `method: ${method} is not allowed here, ${allow} is`), 405)
    },
    handler: async () => {}, // never reached: the request was answered before its body was read
  })
}

import { existsSync } from 'node:fs'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'

/** Scripts and styles only from here, no inline ones; `'self'` covers the page's own WebSocket. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ')

/** Serves the built page at `/`, where it was built. */
export async function registerPage(app: FastifyInstance, publicDir: string): Promise<void> {
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff').header('referrer-policy', 'no-referrer')
  })
  if (!existsSync(publicDir)) return
  await app.register(fastifyStatic, {
    root: publicDir,
    wildcard: false, // a route for each file that is there, instead of a look at the disk for each unknown path
    cacheControl: false,
    setHeaders: (reply, path) => {
      // Names carry no hash, so a stale script could meet a new page: asked for each time, answered 304.
      reply.header('cache-control', 'no-cache')
      if (path.endsWith('.html')) reply.header('content-security-policy', PAGE_POLICY)
    },
  })
}

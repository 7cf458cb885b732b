import { existsSync, readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'

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

/** Files whose names change with what is in them. */
const FOR_EVER = 'public, max-age=31536000, immutable'
const NAMED_BY_CONTENT = /-[0-9A-Z]{8}\.js$/
/** How often a browser is sent on for such a file, at most: browsers follow some sixteen redirects. */
const MOST_REDIRECTS = 12

/**
 * Serves the built page at `/` of where `app` is mounted, where it was built. Visitors for whom `staged` holds get it with its stage: marked in the
 * page itself, so that it need not ask for routes that do not exist for it. Null where there is no stage (W5).
 */
export async function registerPage(
  app: FastifyInstance,
  publicDir: string,
  staged: ((request: IncomingMessage) => boolean) | null,
): Promise<void> {
  if (!existsSync(publicDir)) return
  app.addHook('onRequest', async ({ url }, reply) => {
    // Its assets are named as they lie beside it, which is seen only from an address that ends with a slash.
    if (app.prefix !== '' && url.split('?', 1)[0] === app.prefix) return reply.redirect(`${app.prefix}/`)
  })
  await app.register(fastifyStatic, {
    root: publicDir,
    wildcard: false, // a route for each file that is there, instead of a look at the disk for each unknown path
    cacheControl: false,
    preCompressed: true,
    globIgnore: ['**/*.{br,gz}', ...(staged === null ? [] : ['index.html'])],
    setHeaders: (reply, path) => {
      // Where the name carries no hash, a stale script could meet a new page: asked for each time, answered 304.
      reply.header('cache-control', path.includes('/assets/') ? FOR_EVER : 'no-cache')
      reply.header('vary', `${reply.getHeader('vary') ?? ''}, accept-encoding`.replace(/^, /, ''))
      if (path.endsWith('.html')) reply.header('content-security-policy', PAGE_POLICY)
    },
  })
  sendOnForOtherVersions(app)
  app.get('/playground', { schema: { hide: true } }, (_request, reply) => reply.redirect('playground.html'))
  if (staged) serveStaged(app, readFileSync(join(publicDir, 'index.html'), 'utf8'), staged)
}

/**
 * A file that is not here is another version's: during a rollout one replica has brought the script, and this one is asked for what that
 * imports. The browser is sent on, to whichever replica it meets next; on a 404 the script would not run, and many browsers never ask for a
 * module again that once was not there. A proxy that looks at other replicas by itself asks with `left=0`.
 */
function sendOnForOtherVersions(app: FastifyInstance): void {
  app.get<FileRequest>('/assets/:file', { schema: { hide: true } }, ({ params, query }, reply) => {
    const left = Math.min(Number(query.left ?? MOST_REDIRECTS), MOST_REDIRECTS)
    if (!NAMED_BY_CONTENT.test(params.file) || !(left > 0)) return reply.callNotFound()
    // On the same connection some balancers lead to the same replica.
    reply.header('cache-control', 'no-store').header('connection', 'close')
    return reply.redirect(`?left=${left - 1}`, 307)
  })
}

interface FileRequest {
  Params: { readonly file: string }
  Querystring: { readonly left?: string }
}

function serveStaged(app: FastifyInstance, plain: string, staged: (request: IncomingMessage) => boolean): void {
  const withStage = plain.replace('<html ', '<html data-stage ')
  const serve = async ({ raw }: { raw: IncomingMessage }, reply: FastifyReply) =>
    reply
      .header('content-security-policy', PAGE_POLICY)
      .type('text/html; charset=utf-8')
      .send(staged(raw) ? withStage : plain)
  const schema = { hide: true }
  app.get('/index.html', { schema }, serve)
  // By itself fastify tells of only one of the two that `/` is under a prefix.
  app.get('/', { schema, prefixTrailingSlash: 'slash' }, serve)
  if (app.prefix !== '') app.get('/', { schema, prefixTrailingSlash: 'no-slash' }, serve)
}

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ANSWER_HEADERS } from './answer-headers.ts'
import type { App } from './context.ts'

const HEADERS = {
  ...ANSWER_HEADERS,
  'x-frame-options': 'DENY',
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
} as const

/** By the path below `/admin`, the page's files. It holds nothing that is anybody's secret: that it asks for, with a token. */
const FILES = {
  '': ['index.html', 'text/html; charset=utf-8'],
  '/main.js': ['main.js', 'text/javascript; charset=utf-8'],
  '/style.css': ['style.css', 'text/css; charset=utf-8'],
} as const

/** Says of every answer to an operator: nobody caches it, and no page frames it. */
export function setAdminHeaders(app: App): void {
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(HEADERS)
  })
}

/** `/admin`, where it was built. */
export function registerAdminPage(app: App, directory: string): void {
  if (!existsSync(directory)) return
  for (const [path, [file, type]] of Object.entries(FILES)) {
    const content = readFileSync(join(directory, file), 'utf8')
    app.get(`/admin${path}`, { schema: { hide: true } }, async (_request, reply) => reply.type(type).send(content))
  }
  // The page's files are named as they lie from `/admin`.
  app.get('/admin/', { schema: { hide: true } }, async (_request, reply) => reply.redirect('../admin'))
}

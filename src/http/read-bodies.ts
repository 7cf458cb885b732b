import { isAscii, isUtf8 } from 'node:buffer'
import type { IncomingHttpHeaders } from 'node:http'
import { BatonError } from '../protocol/errors.ts'
import type { App } from './context.ts'

/** JSON, or nothing whatever the content type says: clients like to name one for a body that they leave out. */
export function readBodies(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (body.length === 0) return done(null, undefined)
    const objection = objectionTo(request.headers, body)
    if (objection !== undefined) return done(new BatonError('invalid', objection))
    const text = body.toString()
    parse(request, text, (error, value) => done(error && isJson(text) ? forbiddenKey() : error, value))
  })
  app.addContentTypeParser<Buffer>('*', { parseAs: 'buffer' }, (_request, body, done) => {
    if (body.length === 0) done(null, undefined)
    else done(new BatonError('invalid', 'content-type: must be application/json'))
  })
}

const CHARSET = /;\s*charset=\s*["']?([^\s;"']*)/i
/** US-ASCII is a part of it. */
const IS_UTF_8 = /^(utf-?8|us-ascii|)$/i
/** Some clients name the charset there. */
const IS_PLAIN = /^(identity|utf-?8|)$/i

/** What is wrong with how a body is written. What is not UTF-8 would be garbled, and stored so; mere ASCII is the same in any. */
function objectionTo(headers: IncomingHttpHeaders, body: Buffer): string | undefined {
  if (!IS_PLAIN.test(headers['content-encoding'] ?? '')) return 'content-encoding: must be identity'
  if (isAscii(body)) return undefined
  const charset = CHARSET.exec(headers['content-type'] ?? '')?.[1] ?? ''
  if (!IS_UTF_8.test(charset)) return 'content-type: charset must be utf-8'
  return isUtf8(body) ? undefined : 'body: is not valid UTF-8'
}

/** What is JSON is refused all the same where copying it could reach an object's prototype. */
const forbiddenKey = () =>
  new BatonError('invalid', 'body: must not have the key "__proto__", nor "prototype" in "constructor"')

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

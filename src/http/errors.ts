import type { Socket } from 'node:net'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { endWith } from '../network/last-words.ts'
import type { Meter } from '../ports/meter.ts'
import { BatonError, toBatonError } from '../protocol/errors.ts'
import { MAX_FRAME_BYTES } from '../protocol/limits.ts'
import { AnswerError } from './ask.ts'
import { hasCome } from './late-request.ts'

/** Of a part of a path: hostile ids are the schemas' to refuse, which say what is wrong with them. */
export const MAX_PATH_PART = 16 * 1024

/** Nobody waits for the reply any more. */
export class ClientLeft extends Error {
  override readonly name = 'ClientLeft'
}

/** What fastify complains of, said as the contract has it: the field first (X1). */
const COMPLAINTS: Readonly<Record<string, string>> = {
  FST_ERR_BAD_URL: 'path: is not well percent-encoded',
  FST_ERR_MAX_PARAM_LENGTH: `path: a part of it is longer than ${MAX_PATH_PART} characters`,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'content-type: must be application/json',
  FST_ERR_CTP_INVALID_JSON_BODY: 'body: is not valid JSON',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'content-length: is not the length of the body',
}

/** Answers every failure in the contract's shape (X1), with the status of its code unless `status` says otherwise. */
export function replyWithError(reply: FastifyReply, error: BatonError, status = error.status): FastifyReply {
  if (error.code === 'unauthorized') reply.header('www-authenticate', 'Bearer')
  if (error.retryAfter !== undefined) reply.header('retry-after', error.retryAfter)
  return reply.code(status).type('application/json').send({ error: error.body })
}

export function errorHandler(meter: Meter) {
  return (thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    if (thrown instanceof ClientLeft) return reply.hijack()
    const error = asBatonError(thrown)
    const isGone = reply.raw.destroyed // there is nobody to tell; a bug is one all the same
    const isBug = error.code === 'internal'
    if (!(error instanceof AnswerError) && (isBug || !isGone)) {
      if (isBug) request.log.error({ err: error.cause ?? error }, 'request failed')
      meter.errors(1, { code: error.code })
    }
    return isGone ? reply.hijack() : replyWithError(reply, error)
  }
}

export function notFound(meter: Meter) {
  return (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const path = request.url.split('?', 1)[0]
    meter.errors(1, { code: 'invalid' })
    return replyWithError(reply, new BatonError('invalid', `no such route: ${request.method} ${path}`), 404)
  }
}

/** What fastify itself complains of (a body that is too long, no JSON …) is the client's doing, and is told so. */
function asBatonError(thrown: unknown): BatonError {
  if (!isFastifyError(thrown)) return toBatonError(thrown)
  if (thrown.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new BatonError('too_large', `body: must be at most ${MAX_FRAME_BYTES} bytes`)
  }
  const known = COMPLAINTS[thrown.code]
  if (known !== undefined) return new BatonError('invalid', known, { cause: thrown })
  const byClient = thrown.statusCode !== undefined && thrown.statusCode >= 400 && thrown.statusCode < 500
  return byClient ? new BatonError('invalid', `body: ${thrown.message}`) : toBatonError(thrown)
}

function isFastifyError(thrown: unknown): thrown is FastifyError {
  return !(thrown instanceof BatonError) && thrown instanceof Error && 'statusCode' in thrown
}

/** Answers what is not even HTTP, or did not come in time, below fastify, and ends the connection whatever the client does. */
export function answerMalformed(meter: Meter) {
  return (problem: Error & { code?: string }, socket: Socket): void => {
    if (problem.code === 'ERR_HTTP_REQUEST_TIMEOUT') void answerLate(socket, meter)
    else if (problem.code === 'ECONNRESET') socket.destroy()
    else if (problem.code === 'HPE_HEADER_OVERFLOW') end(socket, meter, 'too_large', 'headers: are too large')
    else end(socket, meter, 'invalid', 'the request is not valid HTTP')
  }
}

/** Who has sent nothing has asked for nothing. */
async function answerLate(socket: Socket, meter: Meter): Promise<void> {
  if (await hasCome(socket)) return
  if (socket.bytesRead === 0) socket.destroy()
  else end(socket, meter, 'invalid', 'the request did not come in time')
}

function end(socket: Socket, meter: Meter, code: 'invalid' | 'too_large', words: string): void {
  meter.errors(1, { code })
  endWith(socket, new BatonError(code, words))
}

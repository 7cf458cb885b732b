import type { FastifyReply } from 'fastify'
import type { LargeReplies } from '../network/large-replies.ts'
import { byteLength, free, messageListJson, writePieces } from '../network/message-list.ts'

/** Answers with `{ …rest, messages }`, whose memory is let go of as soon as it is out, or nobody waits for it any more (X6). */
export function sendMessageList<List extends { messages: readonly object[] }>(
  reply: FastifyReply,
  rest: Omit<List, 'messages'>,
  messages: List['messages'],
  largeReplies: LargeReplies,
): FastifyReply {
  const pieces = messageListJson(rest, messages)
  const bytes = Buffer.allocUnsafe(byteLength(pieces))
  writePieces(pieces, bytes, 0)
  largeReplies.made(bytes.length)
  reply.raw.once('close', () => free(bytes))
  return reply.type('application/json; charset=utf-8').send(bytes)
}

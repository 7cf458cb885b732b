import type { FastifyReply } from 'fastify'
import { AddressAskers, type LargeReplies } from '../network/large-replies.ts'
import { byteLength, free, type ListedMessage, messageListJson, writePieces } from '../network/message-list.ts'
import { checkUnexpired } from './caller.ts'

interface MessageList {
  readonly messages: readonly ListedMessage[]
}

/** Answers with lists of messages, and with what else may be large or read from what is (X6). */
export class MessageLists {
  readonly #largeReplies: LargeReplies
  readonly #askers = new AddressAskers()

  constructor(largeReplies: LargeReplies) {
    this.#largeReplies = largeReplies
  }

  /** Answers with the list, whose memory is let go of as soon as it is out. Nothing is made for one who has gone meanwhile. */
  send<List extends MessageList>(reply: FastifyReply, read: () => Promise<List>): Promise<void> {
    return this.inTurn(reply, read, (list) => write(reply, list))
  }

  /** What is read, of which `bytesOf` says how much it was; undefined for one who has gone meanwhile. */
  async read<T>(reply: FastifyReply, read: () => Promise<T>, bytesOf: (what: T) => number): Promise<T | undefined> {
    let found: T | undefined
    await this.inTurn(reply, read, (what) => {
      found = what
      return bytesOf(what)
    })
    return found
  }

  /** Has `answer` give the bytes that were read or written, whichever are more. Nothing is read for one who has gone meanwhile. */
  async inTurn<T>(reply: FastifyReply, read: () => Promise<T>, answer: (what: T) => number): Promise<void> {
    const asker = this.#askers.of(reply.request.caller.clientAddress)
    await this.#largeReplies.run(
      asker,
      async () => {
        if (reply.raw.destroyed) return null
        checkUnexpired(reply.request)
        return read()
      },
      (what) => (what === null || reply.raw.destroyed ? 0 : answer(what)),
      () => reply.raw.destroyed,
    )
  }
}

/** Gives its bytes. */
function write(reply: FastifyReply, { messages, ...rest }: MessageList): number {
  const pieces = messageListJson(rest, messages)
  const bytes = Buffer.allocUnsafe(byteLength(pieces))
  writePieces(pieces, bytes, 0)
  const { length } = bytes
  reply.raw.once('close', () => free(bytes))
  reply.type('application/json; charset=utf-8').send(bytes)
  return length
}

import { LARGE_BYTES } from './backlog.ts'

/** Of a list that is written in one go: a third of what it costs to write each message by itself, and no large string. */
const FEW_MESSAGES = 32
const FEW_CHARACTERS = 32 * 1024

/**
 * JSON of `{ …rest, messages }`, in pieces where it may be large: the whole as a string, and again for each layer that it goes
 * through, would cost several times what goes over the wire. `rest` has at least one field.
 */
export function messageListJson(rest: object, messages: readonly ListedMessage[]): string[] {
  if (isShort(messages)) return [JSON.stringify({ ...rest, messages })]
  const pieces = [`${JSON.stringify(rest).slice(0, -1)},"messages":[`]
  for (const message of messages) pieces.push(JSON.stringify(message), ',')
  pieces.pop()
  pieces.push(']}')
  return pieces
}

export interface ListedMessage {
  readonly content: string
}

function isShort(messages: readonly ListedMessage[]): boolean {
  if (messages.length > FEW_MESSAGES) return false
  return messages.reduce((sum, { content }) => sum + content.length, 0) <= FEW_CHARACTERS
}

export function byteLength(pieces: readonly string[]): number {
  return pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0)
}

/** Writes the pieces into `bytes` from `at` on. */
export function writePieces(pieces: readonly string[], bytes: Buffer, at: number): void {
  let end = at
  for (const piece of pieces) end += bytes.write(piece, end, 'utf8')
}

/** Whether it is large, and no part of memory that others use as well. */
export function hasOwnMemory({ buffer, length }: Buffer): boolean {
  return length > Math.max(LARGE_BYTES, Buffer.poolSize) && buffer instanceof ArrayBuffer
}

/**
 * Frees the memory of a large reply, which the network must have done with. It is no part of the heap, so V8 would see no
 * reason to collect it before some thirty of the largest lie about.
 */
export function free(bytes: Buffer): void {
  if (hasOwnMemory(bytes)) (bytes.buffer as ArrayBuffer).transfer(0)
}

import type { Message } from '../protocol/message.ts'

/** A message as it is stored: JSON whose keys come in the order of the `Message` interface, so that equal messages are equal strings. */
export function encodeMessage(message: Message): string {
  const [head, tail] = encodeAroundSeq(message)
  return `${head}${message.seq}${tail}`
}

/** The same JSON split where its `seq` belongs: the store that assigns the number only joins strings. */
export function encodeAroundSeq(draft: Omit<Message, 'seq'>): readonly [head: string, tail: string] {
  const { id, role, content, status, attempt, createdAt, metadata } = draft
  const rest = JSON.stringify({ role, content, status, attempt, createdAt, metadata })
  return [`{"id":${JSON.stringify(id)},"seq":`, `,${rest.slice(1)}`]
}

export function decodeMessage(json: string): Message {
  return JSON.parse(json)
}

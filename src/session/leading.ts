import type { Message } from '../protocol/message.ts'
import { jsonBytesOf } from './weight.ts'

/** How many of the first messages take at most `bytes` of UTF-8 as JSON; at least one, where there is one. */
export function leading(messages: readonly Message[], bytes: number): number {
  let left = bytes
  const end = messages.findIndex((message) => {
    left -= jsonBytesOf(message)
    return left < 0
  })
  return end < 0 ? messages.length : Math.max(1, end)
}

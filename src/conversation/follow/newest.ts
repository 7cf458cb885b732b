import { MAX_MESSAGES_BYTES } from '../../protocol/limits.ts'
import type { Message } from '../../protocol/message.ts'
import { JSON_BYTES_PER_WEIGHT, jsonBytesOf, weightOfAll } from '../../session/weight.ts'

/**
 * The newest of `messages` that one reply may carry, oldest first: as many as fit, and one in any case. `weight` is that of
 * all, or more: by it they mostly fit beyond doubt, and are not measured.
 */
export function newestThatFit(messages: readonly Message[], weight = weightOfAll(messages)): readonly Message[] {
  if (weight * JSON_BYTES_PER_WEIGHT <= MAX_MESSAGES_BYTES) return messages
  let bytes = 0
  const tooOld = messages.findLastIndex((message, i) => {
    bytes += jsonBytesOf(message)
    return bytes > MAX_MESSAGES_BYTES && i < messages.length - 1
  })
  return tooOld < 0 ? messages : messages.slice(tooOld + 1)
}

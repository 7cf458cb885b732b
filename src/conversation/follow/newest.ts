import { MAX_MESSAGES_BYTES } from '../../protocol/limits.ts'
import type { Message } from '../../protocol/message.ts'
import { jsonBytesOf, MAX_JSON_BYTES_PER_WEIGHT, weightOfAll } from '../../session/weight.ts'

/**
 * The newest of `messages` that one reply may carry, oldest first: as many as fit into `maxBytes`, and one in any case.
 * `weight` is an upper bound of what all of them weigh; where that fits, nothing is measured.
 */
export function newestThatFit(
  messages: readonly Message[],
  weight = weightOfAll(messages),
  maxBytes = MAX_MESSAGES_BYTES,
): readonly Message[] {
  if (weight * MAX_JSON_BYTES_PER_WEIGHT <= maxBytes) return messages
  let bytes = 0
  const tooOld = messages.findLastIndex((message, i) => {
    bytes += jsonBytesOf(message)
    return bytes > maxBytes && i < messages.length - 1
  })
  return tooOld < 0 ? messages : messages.slice(tooOld + 1)
}

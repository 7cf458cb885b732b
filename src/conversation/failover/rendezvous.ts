import { hash } from './hash.ts'

/**
 * The member that `key` falls to, by rendezvous hashing: all who know the same members agree without a word, and the keys
 * of one that goes are spread evenly over the rest.
 */
export function rendezvous(key: string, members: readonly string[]): string | undefined {
  let best: string | undefined
  let bestWeight = -1
  for (const member of members) {
    const weight = hash(`${member}\n${key}`)
    if (weight > bestWeight || (weight === bestWeight && best !== undefined && member < best)) {
      best = member
      bestWeight = weight
    }
  }
  return best
}

/** Every key and channel name that Baton uses in Redis. Keys of one session share its Cluster hash tag, `{<id>}` (S2). */

/** HASH: `user_id` (empty where there is none), `created_at`, `last_activity`, `seq`, `first_seq`, `version`, `message:<seq>` … */
export const sessionKey = (id: string): string => `session:{${id}}`

/** HASH: the slot of the running answer; absent while none streams. */
export const answerKey = (id: string): string => `session:{${id}}:answer`

/** STRING: a marker byte, then the running answer's text. The name carries the epoch: a stale owner's key does not exist. */
export const textKey = (id: string, epoch: number): string => `session:{${id}}:text:${epoch}`

/** What every script on one session gets as KEYS 1 to 5. */
export function keysOf(
  id: string,
): readonly [session: string, ids: string, answer: string, watchers: string, textPrefix: string] {
  const session = sessionKey(id)
  // ids: ZSET of user message ids by seq. watchers: HASH of watch ids by replica address. The script adds the epoch to the prefix.
  return [session, `${session}:ids`, answerKey(id), `${session}:watchers`, `${session}:text:`]
}

/** ZSET: the user's session ids by last activity, in epoch milliseconds (S6). */
export const userKey = (userId: string): string => `user:{${userId}}:sessions`

/** Sharded channel of a replica's mail; the address names the replica and its incarnation. */
export const replicaChannel = (address: string): string => `replica:{${address}}`

/** Prefix of a rate limiter's counters; the limited user or address follows (X5). */
export const limitPrefix = (name: string): string => `limit:${name}`

/** SET: addresses of all replicas that have entered and were not buried. */
export const ROSTER_KEY = 'replicas'

/** STRING with a time to live: while it is there, the replica lives (`LEASE_MS`). */
export const leaseKey = (address: string): string => `replica:{${address}}:lease`

/** HASH: sessions of which the replica may own a running answer; `1`, or `0` where one was taken from it. */
export const listKey = (address: string): string => `replica:{${address}}:sessions`

/** Sharded channel that nothing is sent to: its one subscriber shows that the process lives. */
export const pulseChannel = (address: string): string => `replica:{${address}}:pulse`

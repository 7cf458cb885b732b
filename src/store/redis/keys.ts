/**
 * Every key and channel name that Baton uses in Redis, each behind `KEY_PREFIX` (R6): deployments with prefixes of their
 * own see nothing of each other. Keys of one session share its Cluster hash tag, `{<id>}` (S2).
 */
export class Keys {
  readonly #prefix: string

  constructor(prefix = '') {
    this.#prefix = prefix
  }

  /** HASH: `user_id` (empty where there is none), `created_at`, `last_activity`, `seq`, `first_seq`, `version`, `watched` (by replicas), `message:<seq>` … */
  session(id: string): string {
    return `${this.#prefix}session:{${id}}`
  }

  /** HASH: the slot of the running answer; absent while none streams. */
  answer(id: string): string {
    return `${this.session(id)}:answer`
  }

  /** STRING: a marker byte, then the running answer's text. The name carries the epoch: a stale owner's key does not exist. */
  text(id: string, epoch: number): string {
    return `${this.session(id)}:text:${epoch}`
  }

  /** STRING, for seconds: written to see whether the node of the session `key` takes writes. */
  probe(key: string): string {
    return `${key}:probe`
  }

  /** What every script on one session gets as KEYS 1 to 5. */
  ofSession(id: string): readonly [session: string, ids: string, answer: string, watchers: string, textPrefix: string] {
    const session = this.session(id)
    // ids: ZSET of message ids by seq, an answer's as `answer:<id>`. watchers: HASH of watch ids by replica address. The script adds the epoch to the prefix.
    return [session, `${session}:ids`, this.answer(id), `${session}:watchers`, `${session}:text:`]
  }

  /** ZSET: the user's session ids by last activity, in epoch milliseconds (S6). */
  user(userId: string): string {
    return `${this.#prefix}user:{${userId}}:sessions`
  }

  /** Prefix of a rate limiter's counters; the limited user or address follows (X5). */
  limit(name: string): string {
    return `${this.#prefix}limit:${name}`
  }

  /** HASH: what a user or a group has used on a day: `messages`, `sessions`, `tokens` (X5). */
  used(subject: string, day: string): string {
    return `${this.limit('quota')}:{${subject}}:${day}`
  }

  /** HASH: by session id, the answers that a user or a group has at once (X5). */
  atOnce(subject: string): string {
    return `${this.limit('quota')}:{${subject}}:answers`
  }

  /** SET: addresses of all replicas that have entered and were not removed. */
  get membership(): string {
    return `${this.#prefix}replicas`
  }

  /** ZSET with one member, `needed`: the least protocol that can live with what is written here (G8). */
  get protocol(): string {
    return `${this.#prefix}replica:protocol`
  }

  /** ZSET: ids of sessions that were cleared lately, by when, in epoch milliseconds. */
  get cleared(): string {
    return `${this.#prefix}replica:cleared`
  }

  /** STRING with a time to live, the protocol that the replica speaks: while it is there, the replica lives (`LEASE_MS`). */
  lease(address: string): string {
    return `${this.bus(address)}:lease`
  }

  /** HASH: sessions whose running answer the replica may own; `1`, or `0` where one was taken from it. */
  list(address: string): string {
    return `${this.bus(address)}:sessions`
  }

  /** Sharded channel of what is sent to a replica; the address names the replica and its incarnation. */
  bus(address: string): string {
    return `${this.#prefix}replica:{${address}}`
  }

  /** Sharded channel that nothing is sent to: its one subscriber shows that the process lives. */
  pulse(address: string): string {
    return `${this.bus(address)}:pulse`
  }

  /** What the Socket.IO adapter's channels begin with. */
  get adapter(): string {
    return `${this.#prefix}socket.io`
  }
}

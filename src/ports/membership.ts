/** What is known of whether a replica lives. */
export interface Liveness {
  /** Its connections to the store stand: this falls within milliseconds of its death, but not when it freezes. */
  readonly connected: boolean
  /** Milliseconds until its lease runs out (at most `LEASE_MS`), 0 where it has. Judged by the store's clock alone. */
  readonly leaseMs: number
  /** It tracks a session. */
  readonly owns: boolean
}

/** A session whose running answer a replica may own. */
export interface TrackedSession {
  readonly sessionId: string
  /** Somebody took the answer from it. It may have claimed the next one since, if it was not dead after all or its call was late. */
  readonly taken: boolean
}

/**
 * Which replicas there are, whether they live, and which sessions each may own a running answer of (F1, F2).
 *
 * Guarantees: once `track` has resolved, a caller that asks for this replica's sessions is given the session until `untrack`;
 * a replica that dies at any instant leaves nothing that nobody finds. All methods reject with `StoreUnavailable`.
 */
export interface Membership {
  /**
   * Refreshes this replica's lease, and enters it where that had run out; to be repeated well within `LEASE_MS`. Gives how
   * often it has entered, by any call: after one more, others may have cleared up what it had tracked.
   */
  renew(): Promise<number>
  /** Takes this replica out; its lease ends at once. What it still tracks stays for the others to find. */
  leave(): Promise<void>
  /** Notes that this replica may own an answer of the session from now on; enters it again where it was removed. */
  track(sessionId: string): Promise<void>
  /** Notes that an answer of the session was taken from the replica, until it tracks the session again. */
  take(sessionId: string, replica: string): Promise<void>
  /** This replica, or a dead one that it clears up after, owns no answer of the session any more. */
  untrack(sessionId: string, replica: string): Promise<void>
  /** Addresses of all replicas that have entered and were not removed. */
  members(): Promise<readonly string[]>
  /** In the order of the addresses; undefined where the store cannot tell. Rejects where it can tell of none. */
  liveness(addresses: readonly string[]): Promise<readonly (Liveness | undefined)[]>
  /** As `liveness`, of `Liveness.connected` alone, for less. One that is not is to be asked for by `liveness`. */
  connected(addresses: readonly string[]): Promise<readonly (boolean | undefined)[]>
  /** Sessions that the replica had tracked. */
  sessionsOf(replica: string): Promise<readonly TrackedSession[]>
  /** Forgets a replica that tracks nothing any more and no lease; gives false, and does nothing, where it has. */
  remove(replica: string): Promise<boolean>
}

/** For a replica that is alone (STORE=memory). */
export const noMembership: Membership = {
  renew: async () => 1,
  leave: async () => {},
  track: async () => {},
  take: async () => {},
  untrack: async () => {},
  members: async () => [],
  liveness: async () => [],
  connected: async () => [],
  sessionsOf: async () => [],
  remove: async () => true,
}

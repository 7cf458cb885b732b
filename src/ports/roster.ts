/** What is known of a replica's life. */
export interface Pulse {
  /** Its connections to the store stand: this falls within milliseconds of its death, but not when it freezes. */
  readonly connected: boolean
  /** Its lease has not run out (`LEASE_MS`). Judged by the store's clock alone. */
  readonly leased: boolean
}

/** A session of which a replica may own a running answer. */
export interface Enlisted {
  readonly sessionId: string
  /** Somebody took the answer from it. It may have claimed the next one since, if it was not dead after all or its call was late. */
  readonly taken: boolean
}

/**
 * Which replicas there are, whether they live, and which sessions each may own a running answer of (F1, F2).
 *
 * Guarantees: once `enlist` has resolved, whoever asks for this replica's sessions is given the session until `strike`;
 * a replica that dies at any instant leaves nothing that nobody finds. All methods reject with `StoreUnavailable`.
 */
export interface Roster {
  /** Enters this replica, or refreshes its lease; to be repeated well within `LEASE_MS`. */
  renew(): Promise<void>
  /** Takes this replica out; its lease ends at once. What it still has enlisted stays for the others to find. */
  leave(): Promise<void>
  /** Notes that this replica may own an answer of the session from now on; enters it again where it was buried. */
  enlist(sessionId: string): Promise<void>
  /** Notes that an answer of the session was taken from the replica, until it enlists the session again. */
  take(sessionId: string, replica: string): Promise<void>
  /** This replica, or a dead one that it clears up after, owns no answer of the session any more. */
  strike(sessionId: string, replica: string): Promise<void>
  /** Addresses of all replicas that have entered and were not buried. */
  members(): Promise<readonly string[]>
  /** In the order of the addresses. */
  pulses(addresses: readonly string[]): Promise<readonly Pulse[]>
  /** Sessions that the replica had enlisted. */
  sessionsOf(replica: string): Promise<readonly Enlisted[]>
  /** Forgets a replica that has nothing enlisted any more and no lease; gives false, and does nothing, where it has. */
  bury(replica: string): Promise<boolean>
}

/** For a replica that is alone (STORE=memory). */
export const noRoster: Roster = {
  renew: async () => {},
  leave: async () => {},
  enlist: async () => {},
  take: async () => {},
  strike: async () => {},
  members: async () => [],
  pulses: async () => [],
  sessionsOf: async () => [],
  bury: async () => true,
}

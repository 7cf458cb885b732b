import type { PageRequest, StoredSession } from '../ports/session-store.ts';
/** The order of `SessionStore.sessionsOf`: latest activity first, then the youngest, then by id so that it is total. */
export declare function latestFirst(a: StoredSession, b: StoredSession): number;
/** The page of `sessions` as `SessionStore.sessionsOf` gives it. */
export declare function pageOf(sessions: readonly StoredSession[], { before, limit }: PageRequest): readonly StoredSession[];

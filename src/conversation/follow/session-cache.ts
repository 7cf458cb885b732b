import { LRUCache } from 'lru-cache'
import type { Clock } from '../../ports/clock.ts'
import type { SessionCopy } from './session-copy.ts'

/** Bytes that all copies together may take. */
const MAX_SIZE = 32 * 1024 * 1024

/** The bounded LRU of recently used sessions in RAM (S5). */
export class SessionCache {
  readonly #cache: LRUCache<string, SessionCopy>

  constructor(ttlSeconds: number, clock: Pick<Clock, 'now'>) {
    this.#cache = new LRUCache({
      maxSize: MAX_SIZE,
      sizeCalculation: ({ weight }) => weight,
      ttl: ttlSeconds * 1000,
      ttlResolution: 0,
      perf: { now: () => clock.now() },
      allowStale: true, // an old copy is as good as any while the store tells that it is current
      noDeleteOnStaleGet: true,
    })
  }

  get(sessionId: string): SessionCopy | undefined {
    return this.#cache.get(sessionId)
  }

  set(copy: SessionCopy): void {
    this.#cache.set(copy.session.id, copy)
  }

  /** The session has its full TTL again. */
  refreshed(sessionId: string): void {
    this.update(sessionId, (copy) => copy) // `updateAgeOnGet` leaves an old one as old as it is
  }

  /** Whether the session had its full TTL within that time, as far as this replica knows (S3). Else it may have expired. */
  isFresh(sessionId: string): boolean {
    return this.#cache.getRemainingTTL(sessionId) > 0
  }

  drop(sessionId: string): void {
    this.#cache.delete(sessionId)
  }

  /** Changes a copy where there is one. */
  update(sessionId: string, change: (copy: SessionCopy) => SessionCopy): void {
    const copy = this.#cache.get(sessionId)
    if (copy !== undefined) this.#cache.set(sessionId, change(copy))
  }
}

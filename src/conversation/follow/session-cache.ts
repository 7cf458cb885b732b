import { LRUCache } from 'lru-cache'
import type { SessionCopy } from './session-copy.ts'

/** Bytes that all copies together may take. */
const MAX_SIZE = 32 * 1024 * 1024

/** The bounded LRU of recently used sessions in RAM (S5). */
export class SessionCache {
  readonly #cache = new LRUCache<string, SessionCopy>({ maxSize: MAX_SIZE, sizeCalculation: ({ weight }) => weight })

  get(sessionId: string): SessionCopy | undefined {
    return this.#cache.get(sessionId)
  }

  set(copy: SessionCopy): void {
    this.#cache.set(copy.session.id, copy)
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

import { LRUCache } from 'lru-cache'
import type { Message } from '../protocol/message.ts'
import type { SessionCopy } from './session-copy.ts'

/** Roughly what all copies together may take: characters of content, with a flat charge for what surrounds them. */
const MAX_SIZE = 32 * 1024 * 1024
const MESSAGE_OVERHEAD = 400

/** The bounded LRU of recently used sessions in RAM (S5). */
export class SessionCopies {
  readonly #cache = new LRUCache<string, SessionCopy>({ maxSize: MAX_SIZE, sizeCalculation: sizeOf })

  get(sessionId: string): SessionCopy | undefined {
    return this.#cache.get(sessionId)
  }

  set(copy: SessionCopy): void {
    this.#cache.set(copy.session.id, copy)
  }

  drop(sessionId: string): void {
    this.#cache.delete(sessionId)
  }

  /** Changes a copy where there is one; null drops it. */
  update(sessionId: string, change: (copy: SessionCopy) => SessionCopy | null): void {
    const copy = this.#cache.get(sessionId)
    if (copy === undefined) return
    const changed = change(copy)
    if (changed === null) this.#cache.delete(sessionId)
    else this.#cache.set(sessionId, changed)
  }
}

function sizeOf(copy: SessionCopy): number {
  return copy.messages.reduce(
    (sum: number, message: Message) => sum + message.content.length + MESSAGE_OVERHEAD,
    MESSAGE_OVERHEAD,
  )
}

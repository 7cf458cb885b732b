/** Where the client keeps the session's id and unsent messages between page loads. */
import type { Metadata } from '../protocol/message.ts'

/** A message on its way: its id is the idempotency key (M2), so it may be sent any number of times. */
export interface OutgoingDraft {
  readonly id: string
  readonly content: string
  readonly metadata?: Metadata
}

/** A draft as it is stored until it is known to be in Redis; of a gateway without Redis the last hundred. */
export interface KeptDraft extends OutgoingDraft {
  /** The session in which it was acknowledged with `persisted: false`; none where it was not acknowledged. */
  readonly acknowledgedIn?: string
  /** Its answer has ended. */
  readonly answered?: boolean
}

/** The part of the Web Storage interface that is used. */
export interface StorageLike {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

export type StorageChoice = 'local' | 'session' | 'none' | StorageLike

/** One client's entries. A storage that refuses (private mode, quota, blocked cookies) is as good as none: nothing here throws. */
export class ClientStorage {
  readonly #storage: StorageLike
  readonly #prefix: string

  constructor(choice: StorageChoice, prefix: string) {
    this.#storage = storageOf(choice)
    this.#prefix = prefix
  }

  get sessionId(): string | null {
    return this.#read('session')
  }

  set sessionId(id: string | null) {
    if (id !== this.sessionId) this.#write('session', id)
  }

  get unsent(): readonly KeptDraft[] {
    try {
      const list: unknown = JSON.parse(this.#read('outbox') ?? '[]')
      return Array.isArray(list) ? list.filter(isDraft) : []
    } catch {
      return []
    }
  }

  // Read, change, write: another tab of the same site may have entries of its own in the list.
  keep(draft: KeptDraft): void {
    this.#writeUnsent([...this.unsent.filter((other) => other.id !== draft.id), draft])
  }

  drop(id: string): void {
    const unsent = this.unsent
    if (unsent.some((draft) => draft.id === id)) this.#writeUnsent(unsent.filter((draft) => draft.id !== id))
  }

  /** Calls back when another tab has changed the session's id, with what it wrote. Returns the function that ends it. */
  watch(onChange: (id: string | null) => void): () => void {
    if (typeof addEventListener !== 'function') return () => {}
    const listen = (event: StorageEvent) => {
      if (event.storageArea === this.#storage && event.key === this.#key('session')) onChange(event.newValue)
    }
    addEventListener('storage', listen)
    return () => removeEventListener('storage', listen)
  }

  #writeUnsent(drafts: readonly KeptDraft[]): void {
    this.#write('outbox', drafts.length === 0 ? null : JSON.stringify(drafts))
  }

  #key(name: string): string {
    return `${this.#prefix}:${name}`
  }

  #read(name: string): string | null {
    try {
      return this.#storage.getItem(this.#key(name))
    } catch {
      return null
    }
  }

  #write(name: string, value: string | null): void {
    try {
      if (value === null) this.#storage.removeItem(this.#key(name))
      else this.#storage.setItem(this.#key(name), value)
    } catch {
      // full or forbidden: the conversation goes on, only a reload will not find it
    }
  }
}

/** What keeps entries as `choice` says; a memory of its own where that is none, or forbidden. */
export function storageOf(choice: StorageChoice): StorageLike {
  try {
    if (choice === 'local') return localStorage
    if (choice === 'session') return sessionStorage
    if (choice !== 'none') return choice
  } catch {
    // the very access is forbidden where a frame's cookies are blocked
  }
  return memory()
}

function memory(): StorageLike {
  const entries = new Map<string, string>()
  return {
    getItem: (key) => entries.get(key) ?? null,
    setItem: (key, value) => entries.set(key, value),
    removeItem: (key) => entries.delete(key),
  }
}

function isDraft(value: unknown): value is KeptDraft {
  const draft = value as Partial<KeptDraft> | null
  return typeof draft?.id === 'string' && typeof draft.content === 'string'
}

/** The part of the Web Storage interface that is used. It is synchronous: of what is fetched, nothing is there. */
export interface StorageLike {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

export type StorageChoice = 'local' | 'session' | 'none' | StorageLike

/** Keeps entries as `choice` says, and in memory what is refused (private mode, quota, blocked cookies): nothing here throws. */
export class SafeStorage implements StorageLike {
  readonly #storage: StorageLike | null
  readonly #memory = new Map<string, string>()

  constructor(choice: StorageChoice) {
    this.#storage = storageOf(choice)
  }

  getItem(key: string): string | null {
    try {
      const entry: unknown = this.#memory.get(key) ?? this.#storage?.getItem(key)
      return typeof entry === 'string' ? entry : null
    } catch {
      return null
    }
  }

  setItem(key: string, value: string): void {
    this.#memory.delete(key)
    try {
      if (this.#storage !== null) return this.#storage.setItem(key, value)
    } catch {
      // full or forbidden: the conversation goes on, only a reload will not find it
    }
    this.#memory.set(key, value)
  }

  removeItem(key: string): void {
    this.#memory.delete(key)
    try {
      this.#storage?.removeItem(key)
    } catch {
      // forbidden: nothing of this page's is there
    }
  }

  /** Calls back when another tab has changed this entry, with what it wrote, and what that took the place of. Returns the function that ends it. */
  watch(key: string, onChange: (now: string | null, before: string | null) => void): () => void {
    if (typeof addEventListener !== 'function') return () => {}
    const listen = (event: StorageEvent) => {
      if (event.storageArea !== this.#storage || event.key !== key) return
      this.#memory.delete(key)
      onChange(event.newValue, event.oldValue)
    }
    addEventListener('storage', listen)
    return () => removeEventListener('storage', listen)
  }
}

function storageOf(choice: StorageChoice): StorageLike | null {
  try {
    if (choice === 'local') return localStorage
    if (choice === 'session') return sessionStorage
    return choice === 'none' ? null : choice
  } catch {
    return null // the very access is forbidden where a frame's cookies are blocked
  }
}

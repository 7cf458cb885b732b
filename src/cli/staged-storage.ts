import type { StorageLike } from '../client/index.ts'

/** Keeps what is written in memory until `commit`: what ends before that changes nothing. */
export class StagedStorage implements StorageLike {
  readonly #storage: StorageLike
  /** Null for an entry that was removed. The whole is null once everything is written at once. */
  #staged: Map<string, string | null> | null = new Map()

  constructor(storage: StorageLike) {
    this.#storage = storage
  }

  getItem(key: string): string | null {
    const value = this.#staged?.get(key)
    return value === undefined ? this.#storage.getItem(key) : value
  }

  setItem(key: string, value: string): void {
    this.#write(key, value)
  }

  removeItem(key: string): void {
    this.#write(key, null)
  }

  commit(): void {
    const staged = this.#staged ?? []
    this.#staged = null
    for (const [key, value] of staged) this.#write(key, value)
  }

  #write(key: string, value: string | null): void {
    if (this.#staged !== null) this.#staged.set(key, value)
    else if (value === null) this.#storage.removeItem(key)
    else this.#storage.setItem(key, value)
  }
}

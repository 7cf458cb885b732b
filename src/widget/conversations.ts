import type { ClientState } from '../client/index.ts'
import type { SafeStorage } from '../client/safe-storage.ts'
import { type Partners, prefixOf } from '../client/storage.ts'

/** A conversation that the visitor has had from this browser. */
export interface Past {
  readonly id: string
  /** The first question, or what the visitor calls it. */
  readonly title: string
  /** When something was last said; ISO 8601. */
  readonly at: string
  /** When the gateway forgets it, as far as is known here; milliseconds since 1970. */
  readonly until: number
  /** It was left while an answer was coming. */
  readonly unread: boolean
}

const MAX_KEPT = 100
const MAX_TITLE = 120

/** The visitor's conversations, the latest first. Their ids are the keys to them, so they are kept just where the present one's is. */
export class Conversations {
  readonly #storage: SafeStorage
  readonly #key: string

  constructor(storage: SafeStorage, partners: Partners) {
    this.#storage = storage
    this.#key = `${prefixOf(partners)}:conversations`
  }

  get list(): readonly Past[] {
    try {
      const kept: unknown = JSON.parse(this.#storage.getItem(this.#key) ?? '[]')
      return Array.isArray(kept) ? kept.filter(isPast).filter(({ until }) => until > Date.now()) : []
    } catch {
      return []
    }
  }

  /** Keeps the conversation that is open, once something was said in it. */
  note({ session, messages, answering }: ClientState): void {
    const last = messages.at(-1)
    if (session === null || last === undefined) return
    const known = this.list.find(({ id }) => id === session.id)
    const first = messages.find(({ role }) => role === 'user') ?? last
    const title = known?.title ?? first.content.trim().slice(0, MAX_TITLE)
    const until = Date.now() + session.ttlSeconds * 1000
    this.put({ id: session.id, title, at: last.createdAt, until, unread: answering })
  }

  /** Adds or changes an entry. */
  put(past: Past): void {
    const others = this.list.filter(({ id }) => id !== past.id)
    this.#write([past, ...others].sort((a, b) => b.at.localeCompare(a.at)).slice(0, MAX_KEPT))
  }

  remove(id: string): void {
    this.#write(this.list.filter((past) => past.id !== id))
  }

  #write(list: readonly Past[]): void {
    if (list.length === 0) this.#storage.removeItem(this.#key)
    else this.#storage.setItem(this.#key, JSON.stringify(list))
  }
}

function isPast(value: unknown): value is Past {
  const past = value as Partial<Past> | null
  const words = [past?.id, past?.title, past?.at]
  return words.every((word) => typeof word === 'string') && typeof past?.until === 'number'
}

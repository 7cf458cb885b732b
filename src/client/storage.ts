/** Where the client keeps the session's id and unsent messages between page loads. */
import type { Metadata } from '../protocol/message.ts'
import { addressOf } from './address.ts'
import { ClientError } from './errors.ts'
import { SafeStorage, type StorageChoice } from './safe-storage.ts'

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
  /** It was refused, and waits for the user. */
  readonly failed?: Failure
}

export interface Failure extends Pick<ClientError, 'code' | 'message' | 'retryable'> {
  /** In no other one is it shown. */
  readonly sessionId: string | null
}

/** Whose conversation it is, and with which gateway. */
export interface Partners {
  readonly url?: string | undefined
  readonly userId?: string | null | undefined
}

/**
 * What the keys of a conversation begin with. A session's id is the key to it, and a draft is for who was written to: neither is for
 * another user, or for another gateway that the same page talks to.
 */
export function prefixOf({ url, userId }: Partners, storageKey = 'baton'): string {
  return [storageKey, url && elsewhere(url), userId].filter(Boolean).join(':')
}

/** A gateway's address, unless that is the origin of the page itself. */
function elsewhere(url: string): string | undefined {
  const address = addressOf(url)
  const own = globalThis.location?.origin
  return address instanceof ClientError || own === undefined || address.base === own ? undefined : address.base
}

/** One client's entries. */
export class ClientStorage {
  readonly #storage: SafeStorage
  readonly #prefix: string
  /** The session that was over. */
  #over: string | null = null

  constructor(choice: StorageChoice, prefix: string) {
    this.#storage = choice instanceof SafeStorage ? choice : new SafeStorage(choice)
    this.#prefix = prefix
  }

  get sessionId(): string | null {
    const id = this.#storage.getItem(this.#key('session'))
    return id === this.#over ? null : id
  }

  set sessionId(id: string | null) {
    if (id === this.sessionId) return
    this.#over = null
    this.#write('session', id)
  }

  /** This session is over, also where the storage goes on giving it, as the cookie of a request does. */
  sessionOver(id: string): void {
    this.sessionId = null
    this.#over = id
  }

  get unsent(): readonly KeptDraft[] {
    try {
      const list: unknown = JSON.parse(this.#storage.getItem(this.#key('outbox')) ?? '[]')
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

  /** Calls back when another tab has changed the session's id, with what it wrote, and what that took the place of. Returns the function that ends it. */
  watch(onChange: (now: string | null, before: string | null) => void): () => void {
    return this.#storage.watch(this.#key('session'), (now, before) => {
      this.#over = null
      onChange(now, before)
    })
  }

  #writeUnsent(drafts: readonly KeptDraft[]): void {
    this.#write('outbox', drafts.length === 0 ? null : JSON.stringify(drafts))
  }

  #write(name: string, value: string | null): void {
    if (value === null) this.#storage.removeItem(this.#key(name))
    else this.#storage.setItem(this.#key(name), value)
  }

  #key(name: string): string {
    return `${this.#prefix}:${name}`
  }
}

function isDraft(value: unknown): value is KeptDraft {
  const draft = value as Partial<KeptDraft> | null
  return typeof draft?.id === 'string' && typeof draft.content === 'string'
}

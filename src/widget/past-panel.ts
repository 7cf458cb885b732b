import type { TemplateResult } from 'lit'
import { addressOf } from '../client/address.ts'
import { type BatonClient, ClientError, type ClientState, type TokenSource } from '../client/index.ts'
import type { SafeStorage } from '../client/safe-storage.ts'
import type { ConversationList, Deletion } from './conversation-list.ts'
import { Conversations, type Past } from './conversations.ts'
import type { Locale } from './locales/index.ts'
import type { Notices } from './notices.ts'
import { withRetries } from './with-retries.ts'

/** The chat that the panel is a part of. */
export interface PastPanelHost {
  readonly client: BatonClient | null
  readonly server: string
  readonly token: TokenSource | null
  readonly userId: string | null
  requestUpdate(): void
  /** The list shows something else now; what had the focus may be gone. */
  listChanged(): void
  /** Resolves once the focus is elsewhere, and the list can be closed. */
  leaveList(): Promise<void>
  switchTo(sessionId: string | null): void
  saveTranscript(): Promise<void>
}

/** The way to the visitor's other conversations: they are kept from the beginning, and listed once that is asked for. */
export class PastPanel {
  readonly #host: PastPanelHost
  readonly #notices: Pick<Notices, 'fail'>
  #kept: Conversations | null = null
  #list: ConversationList | null = null
  isOpen = false
  /** There is something to list. */
  hasAny = false

  constructor(host: PastPanelHost, notices: Pick<Notices, 'fail'>) {
    this.#host = host
    this.#notices = notices
  }

  /** Whose conversations these are, and where they are kept, is known, or is other than before. */
  begin(storage: SafeStorage): void {
    this.settle()
    this.#kept = new Conversations(storage, { url: this.#host.server, userId: this.#host.userId })
    this.#count()
  }

  /** Costs nothing while only text comes. */
  changed(before: ClientState, state: ClientState): void {
    const isNews = before.messages.length !== state.messages.length || before.answering !== state.answering
    const gone = state.ended === null ? null : before.session
    if (isNews) this.#kept?.note(state)
    if (gone !== null) this.#kept?.remove(gone.id)
    if (isNews || gone !== null) this.#count()
  }

  async toggle(): Promise<void> {
    if (this.isOpen) return this.#leave()
    this.#list ??= await this.#load()
    this.isOpen = true
    this.#host.requestUpdate()
  }

  close(): void {
    this.#list?.settle()
    this.isOpen = false
    this.#count()
    this.#host.requestUpdate()
  }

  /** The page goes, or another visitor comes: what was deleted cannot be taken back any more. */
  settle(): void {
    this.#list?.settle()
  }

  /** Null while it is not open. */
  render(locale: Locale): TemplateResult | null {
    const present = this.#host.client?.state.session?.id ?? null
    return this.isOpen && this.#list !== null ? this.#list.render(present, locale) : null
  }

  async #leave(): Promise<void> {
    await this.#host.leaveList()
    this.close()
  }

  async #load(): Promise<ConversationList> {
    const { ConversationList } = await withRetries(() => import('./conversation-list.ts'))
    const host = this.#host
    return new ConversationList({
      list: () => this.#kept?.list ?? [],
      put: (past) => this.#kept?.put(past),
      delete: (past) => this.#delete(past),
      open: async (id) => {
        const { client } = host
        await this.#leave()
        if (host.client === client && client?.state.session?.id !== id) host.switchTo(id)
      },
      save: () => void host.saveTranscript(),
      changed: () => host.listChanged(),
    })
  }

  /** Takes it out of the list. All else is the business of the visitor who deleted it, though another one may have come by then. */
  #delete(past: Past): Deletion {
    const host = this.#host
    const { server, token } = host
    const kept = this.#kept
    // Later the page's function may give the token of somebody else.
    const bearer = bearerOf(token)
    bearer.catch(() => {}) // told once it is needed
    kept?.remove(past.id)
    if (host.client?.state.session?.id === past.id) host.switchTo(null)
    return {
      undo: () => kept?.put(past),
      settle: () => void this.#settled(kept, past, this.#forget(kept, past, server, bearer)),
    }
  }

  /** What the gateway has not deleted is in the list again. */
  async #settled(kept: Conversations | null, past: Past, forgotten: Promise<void>): Promise<void> {
    try {
      await forgotten
    } catch (error) {
      kept?.put(past)
      this.#count()
      if (kept !== this.#kept) return // it is nothing to who is here now
      this.#notices.fail(new TypeError(`a conversation was not deleted: ${error}`)) // those words are for developers
    }
  }

  /** Where the token has expired since, once more with the present one, if that is the same visitor's. */
  async #forget(kept: Conversations | null, past: Past, server: string, bearer: Promise<string | null>): Promise<void> {
    const first = await askToForget(past, server, bearer)
    if (first.ok || first.status === 404) return
    const isRenewable = first.status === 401 && kept === this.#kept
    const { ok, status } = isRenewable ? await askToForget(past, server, bearerOf(this.#host.token)) : first
    if (!ok) throw new Error(`status ${status}`) // a function may have given somebody else's token: to them there is no such one
  }

  #count(): void {
    this.hasAny = (this.#kept?.list.length ?? 0) > 0
  }
}

async function bearerOf(token: TokenSource | null): Promise<string | null> {
  return typeof token === 'function' ? token() : token
}

/** Deletes it at the gateway, for everybody. */
async function askToForget({ id }: Past, server: string, bearer: Promise<string | null>): Promise<Response> {
  const address = addressOf(server)
  if (address instanceof ClientError) throw address
  const token = await bearer
  const headers: HeadersInit = token === null ? {} : { authorization: `Bearer ${token}` }
  return fetch(`${address.base}/api/chat/sessions/${id}`, { method: 'DELETE', keepalive: true, headers })
}

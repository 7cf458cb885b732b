import type { TemplateResult } from 'lit'
import type { BatonClient, ClientState, TokenSource } from '../client/index.ts'
import type { SafeStorage } from '../client/safe-storage.ts'
import type { ConversationList } from './conversation-list.ts'
import { Conversations } from './conversations.ts'
import type { Locale } from './locales/index.ts'
import { tried } from './tried.ts'

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
  #kept: Conversations | null = null
  #list: ConversationList | null = null
  isOpen = false
  /** There is something to list. */
  hasAny = false

  constructor(host: PastPanelHost) {
    this.#host = host
  }

  /** Whose conversations these are, and where they are kept, is known, or is other than before. */
  begin(storage: SafeStorage): void {
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

  /** The page goes: what was deleted cannot be taken back any more. */
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
    const { ConversationList } = await tried(() => import('./conversation-list.ts'))
    const host = this.#host
    return new ConversationList({
      list: () => this.#kept?.list ?? [],
      put: (past) => this.#kept?.put(past),
      remove: (id) => {
        this.#kept?.remove(id)
        if (host.client?.state.session?.id === id) host.switchTo(null)
      },
      forget: (id) => void this.#forget(id),
      open: async (id) => {
        await this.#leave()
        if (host.client?.state.session?.id !== id) host.switchTo(id)
      },
      save: () => void host.saveTranscript(),
      changed: () => host.listChanged(),
    })
  }

  async #forget(id: string): Promise<void> {
    const { server, token } = this.#host
    try {
      const bearer = typeof token === 'function' ? await token() : token
      const headers: HeadersInit = bearer === null ? {} : { authorization: `Bearer ${bearer}` }
      await fetch(`${server}/api/chat/sessions/${id}`, { method: 'DELETE', keepalive: true, headers })
    } catch (error) {
      console.warn(`baton-chat: ${error}`) // it is gone from the list, and expires by itself
    }
  }

  #count(): void {
    this.hasAny = (this.#kept?.list.length ?? 0) > 0
  }
}

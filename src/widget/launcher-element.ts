import { html, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit'
import { ClientError } from '../client/errors.ts'
import type { ClientState, Message } from '../client/index.ts'
import type { BatonChat } from './chat-element.ts'
import { chatIcon } from './chat-icon.ts'
import { focusTold } from './focus-told.ts'
import { whenIdle } from './idle.ts'
import { composes, keepKeys } from './keys.ts'
import { loadChat } from './load-chat.ts'
import { filled, localeOf, watchLocales } from './locales/index.ts'
import { launcherWords } from './locales/launcher-words.ts'
import { OptionsElement, oneOf } from './options-element.ts'
import { CHAT_PARTS } from './parts.ts'
import { scriptSays } from './script.ts'
import { selectorIn } from './selector.ts'
import { launcherStyles } from './styles/launcher.ts'
import { themeStyles } from './styles/theme.ts'
import { followViewport, holdPage } from './viewport.ts'

/** From here down the panel takes the whole screen. */
const PHONE = '(max-width: 40rem), (max-height: 28rem)'

/**
 * `<baton-launcher>`: a button at the lower right that opens a chat in a panel (W1). Dispatches `baton-open`, `baton-close`
 * and `baton-unread` beside what the chat does.
 */
export class BatonLauncher extends OptionsElement {
  static override styles = [themeStyles, launcherStyles]
  static override properties: PropertyDeclarations = {
    unread: { attribute: false },
    position: { reflect: true },
    label: {},
    opener: {},
  }

  /** Messages that came while the panel was closed. */
  declare unread: number
  /** The corner; the lower right one where nothing else is said (W1). */
  declare position: 'bottom-right' | 'bottom-left'
  /** Words beside the icon. */
  declare label: string | null
  /** A selector of the site's own buttons: a click on one opens the panel, and the launcher's own is not shown. */
  declare opener: string | null

  readonly #phone = matchMedia(PHONE)
  #isOpen = false
  /** The panel was open when the launcher was taken from the page, whose listeners have not heard of its end. */
  #closedAway = false
  /** Which was called last, open or close. */
  #isWanted = false
  #opening: Promise<void> | null = null
  /** What is in the panel is still on its way. */
  #isOpening = false
  #cannotOpen = false
  /** `opener`, where it is a selector. */
  #opener: string | null = null
  /** What goes into the text box as soon as the panel is open. */
  #words: string | null = null
  #letPageGo = () => {}
  /** A panel that covers a phone holds the page, seen or not. On paper nobody sees it. */
  readonly #sight = new ResizeObserver(() => {
    if (this.#isOpen && this.#isHidden && !matchMedia('print').matches) this.close()
  })
  #release: (() => void)[] = []
  /** What had the focus before. */
  #before: HTMLElement | null = null

  constructor() {
    super()
    this.unread = 0
    this.position = oneOf(scriptSays('position'), ['bottom-right', 'bottom-left'])
    this.label = scriptSays('label')
    this.opener = scriptSays('opener')
    keepKeys(this)
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** The chat in the panel. It comes a moment after the launcher itself; `open` and `send` wait for it. */
  get chat(): BatonChat | null {
    return this.shadowRoot?.querySelector<BatonChat>('baton-chat:defined') ?? null
  }

  get state(): ClientState | null {
    return this.chat?.state ?? null
  }

  /** Opens the panel, with the cursor in the text box; on a phone that waits for a touch. Rejects with `ClientError` where it is not on the page. */
  async open(): Promise<void> {
    this.#isWanted = true
    if (this.isConnected) await this.updateComplete
    this.#opening ??= this.#open().finally(() => {
      this.#opening = null
    })
    await this.#opening
  }

  async #open(): Promise<void> {
    if (this.#isOpen) return
    const isThere = this.isConnected && (await this.#load())
    if (!this.isConnected) throw new ClientError('closed', 'the chat is not on the page')
    if (!isThere || !this.#isWanted) return
    if (this.#isHidden) throw new ClientError('closed', 'the launcher is hidden')
    this.#isOpen = true
    this.#before = document.activeElement instanceof HTMLElement ? document.activeElement : null
    this.#setUnread(0)
    this.#show()
    await this.updateComplete
    this.chat?.connect()
    this.chat?.focusGently()
    this.#giveWords()
    this.#tell('baton-open')
  }

  #giveWords(): void {
    const words = this.#words
    if (words === null || !this.#isOpen) return
    this.#words = null
    this.chat?.prefill(words)
  }

  /** For a press of a button. Why it did not open is seen. */
  #opens(): void {
    this.open().catch(() => {})
  }

  /** Closes the panel; the conversation goes on. */
  async close(): Promise<void> {
    this.#isWanted = false
    if (!this.#isOpen) return
    this.#isOpen = false
    if (this.#phone.matches) this.#dialog?.close() // nothing else can have the focus before
    this.#letPageGo()
    this.requestUpdate()
    await this.updateComplete
    const own = this.shadowRoot?.querySelector<HTMLElement>('.launcher')
    const next = this.#opener === null ? own : this.#before
    next?.focus({ preventScroll: true })
    this.#tell('baton-close')
    await focusTold()
    if (!this.#isOpen) this.#dialog?.close()
  }

  /** Sends a message, whether the panel is open or not. Resolves once it is acknowledged; rejects with `ClientError`. */
  async send(content: string): Promise<Message> {
    return (await this.#ready()).send(content)
  }

  /** Opens the panel with `text` in its text box, for the visitor to send or to change. Where the panel cannot open yet, `text` waits for it. */
  async prefill(text: string): Promise<void> {
    this.#words = text
    try {
      await this.open()
    } catch (error) {
      this.#words = null // who is told of it calls again
      throw error
    }
    this.#giveWords()
  }

  /** Leaves the conversation as it is and begins a new one: at once, or, where the chat is still to come, as soon as it is there. */
  async newConversation(): Promise<void> {
    const chat = this.#present() ?? (await this.#ready())
    chat.newConversation()
  }

  override connectedCallback(): void {
    super.connectedCallback()
    const resized = () => this.#isOpen && this.#show()
    const clicked = (event: MouseEvent) => this.#isOpener(event) && this.#opens()
    document.addEventListener('click', clicked)
    this.#phone.addEventListener('change', resized)
    this.#release = [
      whenIdle(() => loadChat().catch(() => {})), // opening the panel tries again
      () => this.#phone.removeEventListener('change', resized),
      () => document.removeEventListener('click', clicked),
      watchLocales(() => this.requestUpdate()),
      followViewport(this),
    ]
    if (this.#closedAway) this.#tell('baton-close')
    this.#closedAway = false
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    for (const release of this.#release) release()
    this.#sight.disconnect()
    this.#dialog?.close()
    this.#letPageGo()
    this.#closedAway ||= this.#isOpen
    this.#isOpen = false
    this.requestUpdate() // it may only have been moved: then it is wanted closed
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('opener')) this.#opener = selectorIn(this.opener)
  }

  protected override render(): TemplateResult {
    const { heading, assistant, unread, label } = this
    const locale = localeOf(this.languages, launcherWords)
    const { strings } = locale
    return html`
      <button
        type="button" class="launcher" part="launcher" aria-label=${label ?? strings.openChat} title=${strings.openChat}
        aria-haspopup="dialog" aria-describedby="unread" aria-busy=${this.#isOpening}
        ?hidden=${this.#opener !== null} ?data-away=${this.#isOpen} @click=${this.#opens}
      >
        <slot name="icon">${chatIcon}</slot>
        <span class="label" ?hidden=${!label}>${label}</span>
        <span class="badge" part="badge" aria-hidden="true" ?hidden=${unread === 0}>${unread > 99 ? '99+' : unread}</span>
      </button>
      <span id="unread" class="unseen" aria-live="polite">${unread === 0 ? '' : filled(strings.unread, unread)}</span>
      <p class="trouble" role="status" ?hidden=${!this.#cannotOpen}>${this.#cannotOpen ? strings.cannotOpen : ''}</p>
      <dialog
        part="panel" aria-label=${heading ?? assistant ?? strings.title} ?data-away=${!this.#isOpen}
        @keydown=${this.#pressed} @cancel=${this.#cancelled}
      >
        <baton-chat
          lazy closable exportparts=${CHAT_PARTS.join()} .lang=${locale.tag}
          @baton-dismiss=${() => this.close()} @baton-message=${this.#received}
        ><slot name="welcome" slot="welcome"></slot><slot name="tools" slot="tools"></slot></baton-chat>
      </dialog>
    `
  }

  protected override updated(): void {
    const chat = this.shadowRoot?.querySelector('baton-chat')
    if (chat != null) this.passOn(chat)
  }

  #isOpener(event: Event): boolean {
    const opener = this.#opener
    return opener !== null && event.composedPath().some((one) => one instanceof Element && one.matches(opener))
  }

  /** The chat with the properties that are set now, where it is there. */
  #present(): BatonChat | null {
    const chat = this.isConnected ? this.chat : null
    if (chat !== null && this.isUpdatePending) this.performUpdate()
    return chat
  }

  async #ready(): Promise<BatonChat> {
    if (this.isConnected) await Promise.all([this.updateComplete, loadChat()])
    const chat = this.isConnected ? this.chat : null
    if (chat === null) throw new ClientError('closed', 'the chat is not on the page')
    return chat
  }

  /** Resolves with whether there is something to open now. */
  async #load(): Promise<boolean> {
    this.#isOpening = true
    this.#cannotOpen = false
    this.requestUpdate()
    this.#cannotOpen = await loadChat().then(
      () => false,
      () => true,
    )
    this.#isOpening = false
    this.requestUpdate()
    return !this.#cannotOpen
  }

  /** The site has hidden the launcher, or what it is in. */
  get #isHidden(): boolean {
    return this.shadowRoot?.querySelector('#unread')?.checkVisibility() === false
  }

  get #dialog(): HTMLDialogElement | null {
    return this.shadowRoot?.querySelector('dialog') ?? null
  }

  /** As a window beside the page's content, or, on a phone, over all of it. */
  #show(): void {
    const dialog = this.#dialog
    if (dialog === null) return
    dialog.close()
    this.#letPageGo()
    this.#letPageGo = () => {}
    this.#sight.observe(dialog)
    if (this.#phone.matches) {
      dialog.showModal()
      this.#letPageGo = holdPage()
    } else dialog.show()
    this.requestUpdate()
  }

  #pressed(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || composes(event)) return
    event.preventDefault()
    event.stopPropagation()
    this.close()
  }

  #cancelled(event: Event): void {
    event.preventDefault()
    this.close()
  }

  #received({ detail }: CustomEvent<{ message: Message }>): void {
    if (detail.message.role === 'assistant' && !this.#isOpen) this.#setUnread(this.unread + 1)
  }

  #setUnread(unread: number): void {
    if (unread === this.unread) return
    this.unread = unread
    this.#tell('baton-unread', { unread })
  }

  #tell(name: string, detail: object = {}): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }))
  }
}

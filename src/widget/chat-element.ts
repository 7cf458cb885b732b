import type { PropertyDeclarations, PropertyValues, TemplateResult } from 'lit'
import { IDLE } from '../client/client-state.ts'
import { type BatonClient, ClientError, type ClientState, type Message } from '../client/index.ts'
import { answerText, loadMarkdown } from './answer-text.ts'
import { type Attachment, Attachments, withLinks } from './attachments.ts'
import { beginsAnew } from './begins-anew.ts'
import { differs, news } from './changes.ts'
import { ChatClient } from './chat-client.ts'
import { type ChatActions, chatTemplate } from './chat-template.ts'
import { Composer } from './composer.ts'
import { ConversationView } from './conversation-view.ts'
import { focusTold } from './focus-told.ts'
import { keepKeys } from './keys.ts'
import { en } from './locales/en.ts'
import { type Locale, localeOf, watchLocales } from './locales/index.ts'
import { onNextFrame } from './next-frame.ts'
import { Notices } from './notices.ts'
import { OlderMessages } from './older-messages.ts'
import { OptionsElement } from './options-element.ts'
import { PastPanel } from './past-panel.ts'
import { questionsFor, type Suggested } from './questions.ts'
import { ReachWatch } from './reach-watch.ts'
import { ScrollFollower } from './scroll-follower.ts'
import { chatStyles } from './styles/chat.ts'
import { listStyles } from './styles/list.ts'
import { markdownStyles } from './styles/markdown.ts'
import { messageStyles } from './styles/message.ts'
import { themeStyles } from './styles/theme.ts'
import { withRetries } from './with-retries.ts'

/** What makes the messages look or read otherwise. */
const SPOKEN_PROPERTIES = ['lang', 'assistant', 'feedback']

/**
 * `<baton-chat>`: the whole chat, inline. It connects as soon as it is on the page; with `lazy` only where it has something
 * to resume, or when it is told to `connect`. Dispatches `baton-message` and `baton-state`.
 */
export class BatonChat extends OptionsElement {
  static override styles = [themeStyles, chatStyles, messageStyles, markdownStyles, listStyles]
  static override properties: PropertyDeclarations = { lazy: { type: Boolean }, closable: { type: Boolean } }

  declare lazy: boolean
  /** Shows a button that dispatches `baton-dismiss`. */
  declare closable: boolean

  readonly #client = new ChatClient(this, (before, now) => this.#changed(before, now))
  #unwatchLocales = () => {}
  readonly #printed = () => this.#view?.showAll()
  readonly #left = () => this.#past.settle()
  #view: ConversationView | null = null
  #follower: ScrollFollower | null = null
  #locale: Locale = localeOf([], en)
  #suggested: Suggested | null = null
  #greeted = ''
  #cancelFrame: (() => void) | null = null
  readonly #notices = new Notices(
    () => this.requestUpdate(),
    () => this.#locale.strings,
  )
  readonly #past = new PastPanel(this, this.#notices)
  readonly #files = new Attachments({
    changed: () => this.requestUpdate(),
    came: (name) => this.#notices.say(`${this.#locale.strings.attachments}: ${name}`),
    failed: (error) => this.#notices.fail(error),
    strings: () => this.#locale.strings,
    leave: () => this.focusGently(),
  })
  readonly #composer = new Composer(this, this.#files, () => this.#notices.warn(this.#locale.strings.filesComing))
  readonly #reach = new ReachWatch(() => this.requestUpdate())
  readonly #older = new OlderMessages(() => this.requestUpdate())
  readonly #actions: ChatActions = {
    dismiss: () => this.dispatchEvent(new CustomEvent('baton-dismiss')),
    newConversation: () => {
      this.#past.close()
      this.newConversation()
      this.focusGently()
    },
    jump: () => {
      this.#follower?.jumpToEnd()
      this.focusGently()
    },
    stop: () => this.#leaveFor(() => this.stop()),
    reconnect: () => this.connect(),
    said: ({ detail }) => this.#notices.say(detail),
    toggleList: () => void this.#toggleList(),
    ask: (question) => {
      this.#ask(question)
      this.focusGently()
    },
    submit: (event) => {
      event.preventDefault()
      this.#composer.submit((text, files) => this.#ask(text, files))
    },
    attach: (files) => {
      if (files != null && this.onattach !== null) this.#files.add(files, this.onattach)
    },
    typed: () => this.#composer.typed(),
  }

  constructor() {
    super()
    this.lazy = false
    this.closable = false
    keepKeys(this, 'Escape') // that is the launcher's
  }

  /** What the SDK knows: connection, session, messages, outbox. A new object after every change. */
  get state(): ClientState {
    return this.#client.state
  }

  /** The SDK's client behind the chat, once it is on the page. Another server, user or storage takes another. */
  get client(): BatonClient | null {
    return this.#client.current
  }

  /** Opens the conversation, where that has not been done. */
  connect(): void {
    this.#withClient(() => this.#client.connect())
  }

  /** Does what takes a client: that of the present properties, which may be still to come. */
  #withClient(work: () => void): void {
    if (this.client !== null && this.isUpdatePending) this.performUpdate()
    this.#client.with(work)
  }

  /** Sends a message, now or as soon as that is possible. Resolves once it is acknowledged; rejects with `ClientError`. */
  async send(content: string): Promise<Message> {
    return this.#send(content, [])
  }

  async #send(text: string, files: readonly Attachment[]): Promise<Message> {
    if (this.isConnected) await this.updateComplete // else that never comes
    if (this.client === null) throw new ClientError('closed', 'the chat is not on the page')
    this.#client.connect()
    const metadata = files.length === 0 ? this.metadata : { ...this.metadata, attachments: files }
    const sent = this.client.send(withLinks(text, files), metadata ?? undefined)
    this.#follower?.jumpToEnd()
    return (await sent).message
  }

  /** For the visitor. A message that is refused says so itself, with what can be done. */
  #ask(text: string, files: readonly Attachment[] = []): void {
    this.#send(text, files).catch(() => {})
  }

  /** Ends the answer that streams; its text so far stays. */
  async stop(): Promise<void> {
    await this.client?.stop()
  }

  /** Has the last answer made again. */
  async regenerate(): Promise<void> {
    await this.client?.regenerate()
  }

  /** Leaves the conversation as it is and begins a new one. */
  newConversation(): void {
    this.switchTo(null)
  }

  /**
   * Leaves the conversation as it is and goes on with another one of this visitor, by its session's id, or a new one. What was not
   * sent yet is in the text box again.
   */
  switchTo(sessionId: string | null): void {
    this.#withClient(() => {
      const unsent = this.state.outbox
      this.client?.switchTo(sessionId)
      this.#composer.giveBack(unsent)
      this.#client.connect()
      this.#follower?.jumpToEnd()
    })
  }

  /** What was said, whole, as `markdown` or `text`. */
  async transcript(kind: 'markdown' | 'text' = 'markdown'): Promise<string> {
    const { transcriptOf } = await withRetries(() => import('./transcript.ts'))
    while ((this.state.messages[0]?.seq ?? 1) > 1 && (await this.client?.history()));
    return transcriptOf(this.state.messages, kind, this.#locale)
  }

  /** Gives the visitor what was said as a file. */
  async saveTranscript(): Promise<void> {
    const name = `${this.#locale.strings.conversation}.md`
    const save = async () => (await import('./transcript.ts')).saveText(name, await this.transcript())
    await this.#notices.attempt(save())
  }

  /** Offers these as what to ask next, as buttons, until something is sent. */
  suggest(questions: readonly string[]): void {
    this.#suggested = { questions, after: this.state.messages.at(-1)?.id }
    this.requestUpdate()
  }

  /** Puts `text` into the text box, for the visitor to send or to change. */
  prefill(text: string): void {
    this.#withClient(() => this.#composer.prefill(text))
  }

  /** Puts the cursor into the text box. */
  override focus(options?: FocusOptions): void {
    this.#composer.focus(options)
  }

  /** Puts the focus into the chat: into the text box where that does not bring up a phone's keyboard. */
  focusGently(): void {
    if (matchMedia('(hover: hover)').matches) this.focus()
    else this.#find('.scroller').focus({ preventScroll: true })
  }

  override connectedCallback(): void {
    super.connectedCallback()
    // A site that unsets everything (`* { all: unset }`) leaves no box.
    const { display } = getComputedStyle(this)
    if (display === 'inline') this.style.cssText += '; display: block; height: calc(32 * var(--baton-rem))'
    this.#unwatchLocales = watchLocales(() => this.#speak())
    addEventListener('beforeprint', this.#printed)
    addEventListener('pagehide', this.#left)
    if (!this.hasUpdated) return
    this.#speak()
    this.#begin()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#unwatchLocales()
    removeEventListener('beforeprint', this.#printed)
    removeEventListener('pagehide', this.#left)
    this.#past.settle()
    this.#end()
    this.#view?.stop()
    this.#follower?.stop()
  }

  protected override willUpdate(): void {
    if (!this.hasUpdated) this.#locale = this.#wantedLocale()
  }

  protected override updated(changed: PropertyValues): void {
    if (this.#view === null) {
      this.#attach()
      loadMarkdown()?.then(() => this.#attach())
    } else if (SPOKEN_PROPERTIES.some((name) => changed.has(name))) this.#speak()
    this.#greet()
    this.#client.propertiesChanged(changed)
    if (this.isConnected && beginsAnew(changed, this)) this.#begin()
    else this.#client.tryToken()
  }

  protected override render(): TemplateResult {
    const { state, heading, assistant, avatar, starters, closable } = this
    const model = {
      ...{ state, heading, assistant, avatar, closable },
      questions: questionsFor(state, starters, this.#suggested),
      locale: this.#locale,
      problem: this.#notices.problem,
      said: this.#notices.said,
      unreachable: this.#reach.isLate,
      loadingOlder: this.#older.isLoading,
      following: this.#follower?.following ?? true,
      hasDraft: this.#composer.hasDraft,
      files: this.onattach === null ? null : this.#files.render(this.#locale.strings),
      hasPast: this.#past.hasAny || this.#past.isOpen,
      past: this.#past.render(this.#locale),
    }
    return chatTemplate(model, this.#actions)
  }

  get #isSeen(): boolean {
    return !document.hidden && this.checkVisibility()
  }

  #find(selector: string): HTMLElement {
    const found = this.renderRoot.querySelector<HTMLElement>(selector)
    if (found === null) throw new Error(`the chat has no ${selector}`)
    return found
  }

  #wantedLocale(): Locale {
    const locale = localeOf(this.languages, en)
    return { ...locale, strings: { ...locale.strings, ...(this.assistant !== null && { assistant: this.assistant }) } }
  }

  /** Says everything in the language that is now wanted. */
  #speak(): void {
    this.#locale = this.#wantedLocale()
    if (this.hasUpdated) this.#attach()
    this.requestUpdate()
  }

  /** Gives the log, whose content is not the template's, to a view of its own. */
  #attach(): void {
    this.#view?.stop()
    this.#follower?.stop()
    const scroller = this.#find('.scroller')
    this.#follower = new ScrollFollower(scroller, this.#find('.content'), () => this.requestUpdate())
    this.#view = new ConversationView(this.#find('.log'), scroller, this.#locale, {
      regenerate: () => this.#leaveFor(() => this.regenerate()),
      goOn: () => this.#ask(this.#locale.strings.goOn),
      retry: (id) => this.client?.retry(id),
      discard: (id) => this.client?.discard(id),
      rate: this.feedback ? (message, rating) => this.#tell('baton-feedback', { message, rating }) : null,
    })
    this.#greeted = ''
    this.#greet()
    scroller.onscroll = () => this.#older.look(scroller, this.state, this.client)
    this.#view.show(this.state)
  }

  /** The first words are markdown as well. */
  #greet(): void {
    const { strings } = this.#locale
    const greeting = this.greeting ?? strings.greeting
    if (greeting === this.#greeted) return
    this.#greeted = greeting
    answerText(this.#find('.greeting'), strings).finish(greeting)
  }

  #begin(): void {
    this.#end()
    this.#past.begin(this.#client.storage)
    this.#client.begin()
    this.#show()
  }

  #end(): void {
    this.#client.end()
    this.#reach.watch(IDLE)
    this.#cancelFrame?.()
    this.#cancelFrame = null
  }

  #changed(before: ClientState, state: ClientState): void {
    this.#reach.watch(state)
    this.#past.changed(before, state)
    // Deltas may come faster than the screen shows them.
    this.#cancelFrame ??= onNextFrame(() => this.#show())
    if (state.session?.id !== before.session?.id) this.#older.begin()
    for (const message of news(before, state)) {
      this.#tell('baton-message', { message })
      if (this.sound && message.role === 'assistant' && !this.#isSeen) import('./chime.ts').then(({ chime }) => chime())
    }
    if (differs(before, state)) this.#tell('baton-state', { state })
  }

  #show(): void {
    this.#cancelFrame = null
    const focused = this.shadowRoot?.activeElement ?? null
    this.#view?.show(this.state)
    this.requestUpdate()
    if (focused !== null) this.updateComplete.then(() => this.#keepFocus(focused))
  }

  /** What had the focus may be gone. */
  #keepFocus(focused: Element): void {
    if (!focused.isConnected || !focused.checkVisibility()) this.focusGently()
  }

  /** Does what a button was pressed for that goes with it: the focus leaves it before. */
  #leaveFor(work: () => Promise<void>): void {
    this.focusGently()
    void this.#notices.attempt(work())
  }

  #tell(name: string, detail: object): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }))
  }

  /** For its list, which is to be closed: the focus goes back to the conversation before. */
  async leaveList(): Promise<void> {
    this.#find('.talk').inert = false
    this.focusGently()
    await focusTold()
  }

  /** For its list: keeps the focus where the visitor is at work. */
  async listChanged(): Promise<void> {
    this.requestUpdate()
    await this.updateComplete
    const naming = this.renderRoot.querySelector<HTMLInputElement>('.naming:not(:focus)')
    naming?.focus()
    naming?.select() // a new name takes the place of the old one
    const undo = this.renderRoot.querySelector<HTMLElement>('.undo button')
    if (this.shadowRoot?.activeElement == null) (undo ?? this.#find('.list')).focus()
  }

  async #toggleList(): Promise<void> {
    await this.#notices.attempt(this.#past.toggle())
    await this.updateComplete
    if (!this.#past.isOpen) return
    if (matchMedia('(hover: hover)').matches) this.#find('.search').focus()
    else this.#find('.list').focus()
  }
}

import type { ClientState, Message, Outgoing } from '../client/index.ts'
import { whenIdle } from './idle.ts'
import type { Locale } from './locales/index.ts'
import { type MessageActions, MessageView } from './message-view.ts'

/** Messages of a long history that are put on the page at once; the older ones follow while nothing else is to do. */
const AT_ONCE = 40
/** Milliseconds of one portion of the older ones. */
const PORTION_MS = 8

/**
 * The messages in their log. A frame in which only the last message changed costs the same however long the history is.
 * Of a long history the end is there first; the rest is added above it without moving what is read.
 */
export class ConversationView {
  readonly #log: HTMLElement
  readonly #scroller: HTMLElement
  readonly #locale: Locale
  readonly #actions: MessageActions
  /** In the order of the page. */
  #views: MessageView[] = []
  #sessionId: string | null = null
  #messages: readonly Message[] = []
  /** How many of the messages, from the oldest, are not on the page yet. */
  #waiting = 0
  #cancelIdle: (() => void) | null = null

  constructor(log: HTMLElement, scroller: HTMLElement, locale: Locale, actions: MessageActions) {
    this.#log = log
    this.#scroller = scroller
    this.#locale = locale
    this.#actions = actions
    log.replaceChildren()
  }

  show({ messages, outbox, session, activity }: ClientState): void {
    if (session === null && messages.length === 0) this.#sessionId = null // another client: what it finds was there before
    const isHistory = session !== null && session.id !== this.#sessionId
    if (session !== null) this.#sessionId = session.id
    this.#placeWindow(messages)
    const items: readonly (Message | Outgoing)[] = [...messages.slice(this.#waiting), ...outbox]
    const newest = this.#messages.at(-1)?.seq ?? 0
    // By no method that Prototype.js, which many old shops have, replaces: its entries() are the items alone.
    items.forEach((item, place) => {
      const quiet = 'seq' in item && (isHistory || item.seq < newest)
      const isLast = place === items.length - 1 && outbox.length === 0
      const running = 'seq' in item && item.status === 'streaming'
      this.#viewAt(place, item.id, items, quiet).show(item, isLast, running ? activity : null)
    })
    for (const view of this.#views.splice(items.length)) view.element.remove()
    this.#messages = messages
    if (this.#waiting > 0) this.#cancelIdle ??= whenIdle(() => this.#addOlder())
  }

  stop(): void {
    this.#cancelIdle?.()
    this.#cancelIdle = null
  }

  /** Puts the whole history on the page now: it is printed. */
  showAll(): void {
    this.stop()
    while (this.#waiting > 0) this.#addOlder(Number.POSITIVE_INFINITY)
  }

  /** Decides which of the messages have to be on the page now. */
  #placeWindow(messages: readonly Message[]): void {
    const first = this.#messages[0]
    if (first !== undefined && messages[0]?.id === first.id) {
      this.#waiting = Math.min(this.#waiting, Math.max(0, messages.length - AT_ONCE)) // some may be gone (D3)
      return
    }
    const older = first === undefined ? -1 : messages.findIndex(({ id }) => id === first.id)
    this.#waiting = older > 0 ? this.#waiting + older : Math.max(0, messages.length - AT_ONCE)
  }

  /** The view of `id`, put at its place among the others. */
  #viewAt(place: number, id: string, items: readonly { id: string }[], quiet: boolean): MessageView {
    let there = this.#views[place]
    if (there?.id === id) return there
    const wanted = new Set(items.map((item) => item.id))
    while (there !== undefined && !wanted.has(there.id)) {
      there.element.remove()
      this.#views.splice(place, 1)
      there = this.#views[place]
    }
    if (there?.id === id) return there
    const known = this.#views.findIndex((view) => view.id === id)
    const view = this.#views[known] ?? new MessageView(id, this.#locale, this.#actions, quiet)
    if (known !== -1) this.#views.splice(known, 1)
    this.#views.splice(place, 0, view)
    this.#log.insertBefore(view.element, there?.element ?? null)
    return view
  }

  #addOlder(portionMs = PORTION_MS): void {
    this.#cancelIdle = null
    const fragment = document.createDocumentFragment()
    const views: MessageView[] = []
    const deadline = performance.now() + portionMs
    while (this.#waiting > 0 && performance.now() < deadline) {
      const message = this.#messages[--this.#waiting]
      if (message === undefined) break
      const view = new MessageView(message.id, this.#locale, this.#actions, true)
      view.show(message, false)
      view.element.classList.add('far')
      views.unshift(view)
      fragment.prepend(view.element)
    }
    this.#views.unshift(...views)
    this.#insertAbove(fragment)
    if (this.#waiting > 0) this.#cancelIdle = whenIdle(() => this.#addOlder())
  }

  /** What is read stays where it is. The browser's own scroll anchoring sees to that except at the very top. */
  #insertAbove(fragment: DocumentFragment): void {
    const { scrollTop, scrollHeight } = this.#scroller
    this.#log.prepend(fragment)
    if (scrollTop < 1 || !CSS.supports('overflow-anchor', 'auto'))
      this.#scroller.scrollTop = scrollTop + this.#scroller.scrollHeight - scrollHeight
  }
}

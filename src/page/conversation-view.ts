import type { ClientState } from '../client/index.ts'
import { type MessageActions, MessageView } from './message-view.ts'

/** Pixels from the end within which the reader counts as being there. */
const NEAR_END = 48

/** The messages in their scrolling box: follows the end while the reader is there, and leaves a reader alone who has scrolled up. */
export class ConversationView {
  readonly #log: HTMLElement
  readonly #scroller: HTMLElement
  readonly #actions: MessageActions
  readonly #views = new Map<string, MessageView>()
  #following = true

  constructor(
    log: HTMLElement,
    scroller: HTMLElement,
    actions: MessageActions,
    onFollow: (following: boolean) => void,
  ) {
    this.#log = log
    this.#scroller = scroller
    this.#actions = actions
    scroller.addEventListener('scroll', () => {
      this.#following = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_END
      onFollow(this.#following)
    })
    // The box grows and shrinks with the window, the keyboard of a phone and the text box.
    new ResizeObserver(() => this.#follow()).observe(scroller)
  }

  show({ messages, outbox }: ClientState): void {
    const ids = new Set([...messages, ...outbox].map(({ id }) => id))
    for (const [id, view] of this.#views) {
      if (ids.has(id)) continue
      view.element.remove()
      this.#views.delete(id)
    }
    const last = outbox.length === 0 ? messages.at(-1) : undefined
    let place = 0
    for (const message of messages) this.#at(place++, message.id).show(message, message === last)
    for (const outgoing of outbox) this.#at(place++, outgoing.id).showOutgoing(outgoing)
    this.#follow()
  }

  jumpToEnd(): void {
    this.#following = true
    this.#follow()
  }

  /** The view of message `id`, put at its place among the others. */
  #at(place: number, id: string): MessageView {
    let view = this.#views.get(id)
    if (view === undefined) {
      view = new MessageView(this.#actions)
      this.#views.set(id, view)
    }
    const there = this.#log.children[place] ?? null
    if (there !== view.element) this.#log.insertBefore(view.element, there)
    return view
  }

  #follow(): void {
    if (this.#following && this.#views.size > 0) this.#scroller.scrollTop = this.#scroller.scrollHeight
  }
}

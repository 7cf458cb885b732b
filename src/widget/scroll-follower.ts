/** Pixels from the end that count as the end. */
const AT_END = 4

/**
 * Keeps a growing box at its end while the reader is there. The reader's first pixel upwards ends that at once, and only
 * coming back to the end begins it again: nothing ever scrolls against a hand. Where nothing was said yet it begins at the top.
 */
export class ScrollFollower {
  readonly #scroller: HTMLElement
  readonly #content: HTMLElement
  readonly #onChange: (following: boolean) => void
  readonly #observer: ResizeObserver
  #following = true
  #wasFresh = false
  #top = 0
  #height = 0

  constructor(scroller: HTMLElement, content: HTMLElement, onChange: (following: boolean) => void) {
    this.#scroller = scroller
    this.#content = content
    this.#onChange = onChange
    scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true })
    // The content grows; the box itself changes with the window, the text box and the keyboard of a phone.
    this.#observer = new ResizeObserver(() => this.#settle())
    this.#observer.observe(scroller)
    this.#observer.observe(content)
  }

  get following(): boolean {
    return this.#following
  }

  jumpToEnd(): void {
    this.#follow(true)
    this.#settle()
  }

  stop(): void {
    this.#observer.disconnect()
  }

  #scrolled(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller
    const shrunk = scrollHeight < this.#height
    if (this.#isFresh || scrollHeight - scrollTop - clientHeight <= AT_END) this.#follow(true)
    else if (scrollTop < this.#top && !shrunk) this.#follow(false)
    this.#top = scrollTop
    this.#height = scrollHeight
  }

  #settle(): void {
    const isFresh = this.#isFresh
    if (isFresh && !this.#wasFresh) {
      this.#scroller.scrollTop = 0
      this.#follow(true)
    } else if (!isFresh && this.#following) {
      this.#scroller.scrollTop = this.#scroller.scrollHeight
    }
    this.#wasFresh = isFresh
    this.#top = this.#scroller.scrollTop
    this.#height = this.#scroller.scrollHeight
  }

  /** Nothing was said yet, so there is no end to be kept at. */
  get #isFresh(): boolean {
    return this.#content.classList.contains('fresh')
  }

  #follow(following: boolean): void {
    if (following === this.#following) return
    this.#following = following
    this.#onChange(following)
  }
}

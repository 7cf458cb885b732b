/** Pixels from the end that count as the end. */
const AT_END = 4;
/**
 * Keeps a growing box at its end while the reader is there. The reader's first pixel upwards ends that at once, and only
 * coming back to the end begins it again: nothing ever scrolls against a hand.
 */
export class ScrollFollower {
    #scroller;
    #onChange;
    #observer;
    #following = true;
    #top = 0;
    #height = 0;
    constructor(scroller, content, onChange) {
        this.#scroller = scroller;
        this.#onChange = onChange;
        scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true });
        // The content grows; the box itself changes with the window, the text box and the keyboard of a phone.
        this.#observer = new ResizeObserver(() => this.#settle());
        this.#observer.observe(scroller);
        this.#observer.observe(content);
    }
    get following() {
        return this.#following;
    }
    jumpToEnd() {
        this.#follow(true);
        this.#settle();
    }
    stop() {
        this.#observer.disconnect();
    }
    #scrolled() {
        const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
        const shrunk = scrollHeight < this.#height;
        if (scrollHeight - scrollTop - clientHeight <= AT_END)
            this.#follow(true);
        else if (scrollTop < this.#top && !shrunk)
            this.#follow(false);
        this.#top = scrollTop;
        this.#height = scrollHeight;
    }
    #settle() {
        if (this.#following)
            this.#scroller.scrollTop = this.#scroller.scrollHeight;
        this.#top = this.#scroller.scrollTop;
        this.#height = this.#scroller.scrollHeight;
    }
    #follow(following) {
        if (following === this.#following)
            return;
        this.#following = following;
        this.#onChange(following);
    }
}
//# sourceMappingURL=scroll-follower.js.map
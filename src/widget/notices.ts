const PROBLEM_SHOWN_MS = 6000
/** Milliseconds in which a screen reader notices what was said. */
const SAID_MS = 3000

/** Words that are there for a moment: what did not work, and what was just done, for who does not see it. */
export class Notices {
  readonly #changed: () => void
  readonly #timers = new Map<'problem' | 'said', ReturnType<typeof setTimeout>>()
  problem = ''
  said = ''

  constructor(changed: () => void) {
    this.#changed = changed
  }

  showProblem(words: string): void {
    this.#show('problem', words, PROBLEM_SHOWN_MS)
  }

  say(words: string): void {
    this.#show('said', words, SAID_MS)
  }

  #show(which: 'problem' | 'said', words: string, ms: number): void {
    this[which] = words
    clearTimeout(this.#timers.get(which))
    if (words !== '')
      this.#timers.set(
        which,
        setTimeout(() => this.#show(which, '', 0), ms),
      )
    this.#changed()
  }
}

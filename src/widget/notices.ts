import { ClientError } from '../client/index.ts'
import { filled } from './locales/index.ts'
import type { Strings } from './locales/strings.ts'
import { reasonOf } from './message-view.ts'

const PROBLEM_SHOWN_MS = 6000
/** Milliseconds in which a screen reader notices what was said. */
const SAID_MS = 3000

/** Words that are there for a moment: what did not work, and what was just done, for who does not see it. */
export class Notices {
  readonly #changed: () => void
  readonly #strings: () => Strings
  readonly #timers = new Map<'problem' | 'said', ReturnType<typeof setTimeout>>()
  problem = ''
  said = ''
  #last = ''

  constructor(changed: () => void, strings: () => Strings) {
    this.#changed = changed
    this.#strings = strings
  }

  /** Shows why something did not work. */
  fail(error: unknown): void {
    const strings = this.#strings()
    this.warn(filled(strings.failed, reasonFor(error, strings)))
  }

  /** Shows what stands in the way. */
  warn(words: string): void {
    this.#show('problem', words, PROBLEM_SHOWN_MS)
  }

  /** Waits for the work; shows why it did not work. */
  async attempt(work: Promise<unknown>): Promise<void> {
    await work.catch((error: unknown) => this.fail(error))
  }

  /** Has `words` read out; once more where they are those of the last time, which screen readers pass over where nothing differs. */
  say(words: string): void {
    this.#last = words === this.#last ? `${words}\u00a0` : words
    this.#show('said', this.#last, SAID_MS)
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

function reasonFor(error: unknown, strings: Strings): string {
  // What the gateway says, and that something cannot be fetched, is in words for developers.
  if (error instanceof ClientError || error instanceof TypeError) {
    console.warn(`baton-chat: ${error.message}`)
    return error instanceof ClientError ? reasonOf(error, strings) : strings.busy
  }
  return error instanceof Error ? error.message : String(error)
}

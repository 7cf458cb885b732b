import type { ClientState } from '../client/index.ts'
import { element } from './element.ts'
import type { Strings } from './locales/strings.ts'

export type Activity = NonNullable<ClientState['activity']>

/** What goes on with an answer while its next text does not come (F7); the model's own words, where they are shown, folded. */
export class ActivityView {
  readonly element: HTMLElement = element('div', 'activity')
  readonly #strings: Strings
  #shown: Activity | null = null
  #words: Text | null = null

  constructor(strings: Strings) {
    this.#strings = strings
  }

  show(activity: Activity): void {
    if (activity === this.#shown) return
    const { kind, text } = activity
    const label = this.#strings[kind]
    if (text === undefined) this.element.replaceChildren(element('span', '', label))
    else if (this.#words === null || this.#shown?.kind !== kind) this.#fold(label)
    if (this.#words !== null) this.#words.data = text ?? ''
    if (text === undefined) this.#words = null
    this.#shown = activity
  }

  /** Stays as it is, open or not, while words come. */
  #fold(label: string): void {
    this.#words = document.createTextNode('')
    this.element.replaceChildren(folded(label, this.#words))
  }
}

/** What the model thought, folded. */
export function folded(label: string, words: Text | string): HTMLElement {
  return element('details', 'reasoning', element('summary', '', label), element('div', '', words))
}

/** The boxes on the stage. */
import { button, element } from '../element.ts'
import type { Blow } from './incident.ts'
import type { ProcessState } from './stack.ts'

const STATE_WORDS: Record<ProcessState, string> = {
  up: 'up',
  starting: 'starting …',
  frozen: 'frozen',
  draining: 'draining …',
  down: 'down',
  silent: 'no answer',
  unknown: 'not known',
}
const BLOWS: readonly { readonly blow: Blow; readonly word: string; readonly title: string }[] = [
  { blow: 'kill', word: 'Kill', title: 'SIGKILL: it is gone at once, in the middle of a word' },
  {
    blow: 'freeze',
    word: 'Freeze',
    title: 'SIGSTOP: it hangs with every connection open, until it is found out and killed',
  },
  { blow: 'drain', word: 'Drain', title: 'SIGTERM: it hands over what it has, and leaves' },
]
/** As many as style.css has colours. */
export const HUES = 6

/** A box with a name and a line below it. */
export class Card {
  readonly element: HTMLElement
  readonly #line = element('span', 'line')

  constructor(name: string, className: string, line = '') {
    this.#line.textContent = line
    this.element = element('div', `card ${className}`, element('div', 'name', element('b', '', name), this.#line))
    this.element.role = 'group'
    this.element.ariaLabel = name
  }

  set line(text: string) {
    if (this.#line.textContent !== text) this.#line.textContent = text
  }

  set state(state: ProcessState) {
    this.element.dataset.state = state
    this.line = STATE_WORDS[state]
  }
}

/** A box that can be struck. Its buttons keep the focus while they can do nothing. */
export class Target extends Card {
  readonly #blows = new Map<Blow, HTMLButtonElement>()

  constructor(name: string, className: string, blows: readonly Blow[], strike: (blow: Blow) => void) {
    super(name, className)
    const row = element('div', 'blows')
    for (const { blow, word, title } of BLOWS.filter((one) => blows.includes(one.blow))) {
      const created = button(word, () => created.ariaDisabled !== 'true' && strike(blow))
      created.className = `blow ${blow}`
      created.ariaLabel = `${word} ${name}`
      created.title = title
      this.#blows.set(blow, created)
      row.append(created)
    }
    this.element.append(row)
  }

  override set state(state: ProcessState) {
    super.state = state
    const isGone = state === 'down'
    this.#able('kill', !isGone)
    this.#able('freeze', state === 'up')
    this.#able('drain', state === 'up')
  }

  #able(blow: Blow, can: boolean): void {
    const created = this.#blows.get(blow)
    if (created !== undefined) created.ariaDisabled = String(!can)
  }
}

/** A replica's box: besides its state, what it does for this page. */
export class ReplicaCard extends Target {
  readonly #writes = element('span', 'role writes', 'writes')
  readonly #serves = element('span', 'role serves', 'serves', element('span', 'whom', ' you'))

  constructor(id: string, hue: number, strike: (blow: Blow) => void) {
    super(id, `replica hue-${hue % HUES}`, ['kill', 'freeze', 'drain'], strike)
    this.#writes.title = 'This replica owns the running answer: it reads the model and writes into Redis'
    this.#serves.title = "This page's connection ends at this replica"
    this.element.querySelector('.blows')?.before(element('div', 'roles', this.#writes, this.#serves))
  }

  set roles({ writes, serves }: { readonly writes: boolean; readonly serves: boolean }) {
    this.#writes.hidden = !writes
    this.#serves.hidden = !serves
    this.element.classList.toggle('owner', writes)
  }
}

/** What a visitor is to take away: who wrote what, how long the takeover took, what was lost. */
import { element } from '../element.ts'
import { HUES } from './cards.ts'
import type { Account } from './ledger.ts'
import { milliseconds } from './words.ts'

/** `replica` wrote the answer from character `from` on. */
export interface Share {
  readonly replica: string
  readonly hue: number
  readonly from: number
}

const NOTHING = '–'
const number = new Intl.NumberFormat('en')

export class Score {
  readonly element: HTMLElement
  readonly #ribbon = element('div', 'ribbon')
  readonly #takeover = element('b', '', NOTHING)
  readonly #model = element('b', '', NOTHING)
  readonly #lost = element('b', '', '0')
  readonly #doubled = element('b', '', '0')
  readonly #explanation = element('p', '')

  constructor() {
    this.#ribbon.role = 'img'
    const how = element('details', 'how', element('summary', '', '?'), this.#explanation)
    how.querySelector('summary')?.setAttribute('aria-label', 'How this is counted')
    how.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape') how.open = false
    })
    const counts = [
      count(
        'takeover',
        this.#takeover,
        'From your click until another replica had the answer; with the model’s time where that is not known',
      ),
      count('model', this.#model, 'From then until the model’s next words stood on this page'),
      count('lost', this.#lost, 'Characters of finished answers that did not come as text'),
      count('doubled', this.#doubled, 'Characters that this page showed although the answer does not have them there'),
    ]
    this.element = element('div', 'score', this.#ribbon, element('div', 'counts', ...counts, how))
    this.account = { lost: 0, doubled: 0, repeated: 0, received: 0 }
  }

  set account({ lost, doubled, repeated, received }: Account) {
    show(this.#lost, number.format(lost))
    show(this.#doubled, number.format(doubled))
    this.#lost.parentElement?.classList.toggle('bad', lost > 0)
    this.#doubled.parentElement?.classList.toggle('bad', doubled > 0)
    show(
      this.#explanation,
      `Counted by this page, since it was opened, from what the gateway really sent. Every piece of text carries its position
       in the answer. “lost”: characters of a finished answer that had not come as text before its end. “doubled”: characters
       that stood on this page and that the finished answer does not have at that place. So far ${number.format(received)}
       characters came; ${number.format(repeated)} came once more, were known by their position and not shown again.`,
    )
  }

  /** Milliseconds from the click to the next text, and those of them until the answer was taken over: null where that is not known. */
  takeover(ms: number, oursMs: number | null): void {
    show(this.#takeover, milliseconds(oursMs ?? ms))
    show(this.#model, oursMs === null ? NOTHING : milliseconds(ms - oursMs))
  }

  noTakeover(): void {
    show(this.#takeover, NOTHING)
    show(this.#model, NOTHING)
  }

  /** Who wrote how much of an answer of `length` characters. */
  shares(shares: readonly Share[], length: number): void {
    this.#ribbon.ariaLabel = shares.length === 0 ? 'No answer yet' : `Written by ${names(shares).join(', then ')}`
    while (this.#ribbon.childElementCount > shares.length) this.#ribbon.lastElementChild?.remove()
    for (const [i, { replica, hue, from }] of shares.entries()) {
      const segment = this.#ribbon.children[i] ?? this.#ribbon.appendChild(element('span', ''))
      if (!(segment instanceof HTMLElement)) continue
      segment.className = `hue-${hue % HUES}`
      show(segment, replica)
      segment.style.flexGrow = String(Math.max(1, (shares[i + 1]?.from ?? length) - from))
    }
  }
}

function count(label: string, value: HTMLElement, title: string): HTMLElement {
  const created = element('span', `count ${label}`, `${label} `, value)
  created.title = title
  return created
}

function names(shares: readonly Share[]): string[] {
  return shares.map(({ replica }) => replica)
}

function show(place: HTMLElement, text: string): void {
  if (place.textContent !== text) place.textContent = text
}

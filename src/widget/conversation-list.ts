import { html, nothing, type TemplateResult } from 'lit'
import type { Past } from './conversations.ts'
import { DELETE, icon, RENAME, SAVE } from './icons.ts'
import { composes } from './keys.ts'
import type { Locale } from './locales/index.ts'

/** Milliseconds in which a deletion can be taken back. */
const UNDO_MS = 8000

/** One that can be taken back. */
export interface Deletion {
  undo(): void
  /** Makes it final: deletes the conversation at the gateway, for everybody. */
  settle(): void
}

export interface ConversationListDeps {
  list(): readonly Past[]
  put(past: Past): void
  /** Takes it out of the list. */
  delete(past: Past): Deletion
  /** Goes on with this one. */
  open(id: string): void
  /** Gives the present conversation as a file. */
  save(): void
  changed(): void
}

/** The conversations that the visitor can go back to: searched, named, deleted. */
export class ConversationList {
  readonly #deps: ConversationListDeps
  #query = ''
  #renamed: string | null = null
  #deletion: Deletion | null = null
  #deleteTimer: ReturnType<typeof setTimeout> | undefined

  constructor(deps: ConversationListDeps) {
    this.#deps = deps
  }

  /** `present`: the id of the conversation that is open. */
  render(present: string | null, { tag, strings }: Locale): TemplateResult {
    const query = this.#query.trim().toLocaleLowerCase(tag)
    const found = this.#deps.list().filter(({ title }) => title.toLocaleLowerCase(tag).includes(query))
    return html`
      <input
        type="search" class="search" part="search" dir="auto" aria-label=${strings.search} placeholder=${strings.search}
        .value=${this.#query} @input=${this.#searched}
      >
      <ul class="pasts">
        ${found.map((past) => this.#entry(past, past.id === present, { tag, strings }))}
      </ul>
      ${found.length === 0 ? html`<p class="ended" role="status">${strings.noneFound}</p>` : nothing}
      <p class="undo" role="status">
        ${this.#deletion === null ? nothing : html`${strings.deleted} ${word(strings.undo, () => this.#undo())}`}
      </p>
      <p class="save"><button type="button" class="question" @click=${() => this.#deps.save()}>${icon(SAVE)} ${strings.save}</button></p>
    `
  }

  /** The list is left: what was deleted cannot be taken back any more, and the next look at it begins anew. */
  settle(): void {
    this.#settleDeletion()
    this.#renamed = null
    this.#query = ''
  }

  #entry(past: Past, isPresent: boolean, { tag, strings }: Pick<Locale, 'tag' | 'strings'>): TemplateResult {
    const { id, title, at, unread } = past
    if (this.#renamed === id) return this.#naming(past, strings.rename)
    return html`<li class=${isPresent ? 'present' : ''}>
      <button type="button" class="past" part="past" aria-current=${isPresent ? 'true' : nothing} @click=${() => this.#deps.open(id)}>
        <span><bdi>${title}</bdi></span>
        <small>${unread && !isPresent ? html`<b>${strings.new}</b> · ` : nothing}<time datetime=${at}>${ago(at, tag)}</time></small>
      </button>
      ${tool(strings.rename, RENAME, () => this.#rename(id))} ${tool(strings.delete, DELETE, () => this.#delete(past))}
    </li>`
  }

  #naming(past: Past, label: string): TemplateResult {
    const keep = ({ target }: Event) => {
      const title = (target as HTMLInputElement).value.trim()
      if (this.#renamed === past.id && title !== '') this.#deps.put({ ...past, title })
      this.#rename(null)
    }
    const pressed = (event: KeyboardEvent) => {
      if (composes(event)) return
      if (event.key === 'Escape') {
        event.preventDefault()
        event.stopPropagation()
        this.#rename(null)
      } else if (event.key === 'Enter') keep(event)
    }
    return html`<li>
      <input class="search naming" dir="auto" aria-label=${label} .value=${past.title} @blur=${keep} @keydown=${pressed}>
    </li>`
  }

  readonly #searched = ({ target }: InputEvent) => {
    this.#query = (target as HTMLInputElement).value
    this.#deps.changed()
  }

  #rename(id: string | null): void {
    this.#renamed = id
    this.#deps.changed()
  }

  #delete(past: Past): void {
    this.#settleDeletion()
    this.#deletion = this.#deps.delete(past)
    this.#deleteTimer = setTimeout(() => {
      this.#settleDeletion()
      this.#deps.changed()
    }, UNDO_MS)
    this.#deps.changed()
  }

  /** What was deleted is gone now. */
  #settleDeletion(): void {
    clearTimeout(this.#deleteTimer)
    this.#deletion?.settle()
    this.#deletion = null
  }

  #undo(): void {
    clearTimeout(this.#deleteTimer)
    this.#deletion?.undo()
    this.#deletion = null
    this.#deps.changed()
  }
}

function word(label: string, onClick: () => void): TemplateResult {
  return html`<button type="button" class="link" part="link" @click=${onClick}>${label}</button>`
}

function tool(label: string, drawing: string, onClick: () => void): TemplateResult {
  return html`<button type="button" class="action" part="action" aria-label=${label} title=${label} @click=${onClick}>${icon(drawing)}</button>`
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** How long ago, in words of the language. */
function ago(at: string, tag: string): string {
  const ms = Math.max(0, Date.now() - Date.parse(at)) // the gateway's clock may be ahead
  const [unit, length] = UNITS.find(([, length]) => ms >= length) ?? (['minute', 60_000] as const)
  return new Intl.RelativeTimeFormat(tag, { numeric: 'auto' }).format(-Math.floor(ms / length), unit)
}

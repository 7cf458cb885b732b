import { html, type TemplateResult } from 'lit'
import type { Message, Metadata } from '../client/index.ts'
import { element, outwardLink } from './element.ts'
import { CLOSE, FILE, icon, iconElement } from './icons.ts'
import { filled } from './locales/index.ts'
import type { Strings } from './locales/strings.ts'

/** Takes a file to a place of the site's, and gives its address there. */
export type Attach = (file: File) => Promise<string>

/** What goes along with a message, in its `metadata.attachments`. */
export interface Attachment {
  readonly name: string
  readonly type: string
  readonly url: string
}

interface Entry {
  readonly name: string
  readonly type: string
  /** Of an image; to be released. */
  readonly preview: string | null
  url: string | null
}

const MAX_FILES = 10
/** Bytes of all of them in the message's metadata, which may have 8 KiB: the rest is the site's. */
const MAX_BYTES = 7 * 1024

export interface AttachmentsDeps {
  changed(): void
  /** A file of this name is where the site wants it. */
  came(name: string): void
  failed(error: unknown): void
  strings(): Strings
  /** Moves the focus out of the list: what has it goes. */
  leave(): void
}

/** The files that go along with the next message, on their way or there. */
export class Attachments {
  readonly #deps: AttachmentsDeps
  #entries: readonly Entry[] = []

  constructor(deps: AttachmentsDeps) {
    this.#deps = deps
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0
  }

  /** All of them are where the site wants them. */
  get isReady(): boolean {
    return this.#entries.every(({ url }) => url !== null)
  }

  add(files: Iterable<File>, attach: Attach): void {
    const room = MAX_FILES - this.#entries.length
    const offered = [...files]
    for (const file of offered.slice(0, room)) void this.#take(file, attach)
    if (offered.length > room) this.#refuseMore()
  }

  /** Puts what was not sent before what is there. */
  giveBack(files: readonly Attachment[]): void {
    const back = files.map((file): Entry => ({ ...file, preview: null }))
    this.#entries = [...back, ...this.#entries]
    const over = this.#entries.slice(MAX_FILES)
    for (const entry of over) this.#drop(entry)
    if (over.length > 0) this.#refuseMore()
    this.#deps.changed()
  }

  /** Gives what is there, and begins anew. */
  take(): readonly Attachment[] {
    const taken = this.#attachments
    for (const entry of this.#entries) this.#drop(entry)
    return taken
  }

  get #attachments(): readonly Attachment[] {
    return this.#entries.map(({ name, type, url }) => ({ name, type, url: url ?? '' }))
  }

  render(strings: Strings): TemplateResult {
    const items = this.#entries.map((entry) => {
      const isComing = entry.url === null
      const remove = filled(strings.remove, entry.name)
      return html`<li class=${isComing ? 'coming' : ''} aria-busy=${isComing}>
        ${entry.preview === null ? '' : html`<img src=${entry.preview} alt="">`}<bdi>${entry.name}</bdi>
        <button type="button" class="action" aria-label=${remove} title=${remove} @click=${() => this.#remove(entry)}>${icon(CLOSE)}</button>
      </li>`
    })
    return html`<ul class="files" part="files" aria-label=${strings.attachments} ?hidden=${this.isEmpty}>${items}</ul>`
  }

  #refuseMore(): void {
    this.#deps.failed(new RangeError(filled(this.#deps.strings().tooManyFiles, MAX_FILES)))
  }

  #remove(entry: Entry): void {
    this.#deps.leave()
    this.#drop(entry)
  }

  async #take(file: File, attach: Attach): Promise<void> {
    const preview = file.type.startsWith('image/') ? URL.createObjectURL(file) : null
    const entry: Entry = { name: nameOf(file), type: file.type, preview, url: null }
    this.#entries = [...this.#entries, entry]
    this.#deps.changed()
    try {
      entry.url = String(await attach(file))
      const { length } = new TextEncoder().encode(JSON.stringify(this.#attachments))
      if (length > MAX_BYTES)
        throw new RangeError(this.#deps.strings().noRoom, { cause: `${length} bytes of names and addresses` })
      this.#deps.changed()
      if (this.#entries.includes(entry)) this.#deps.came(file.name)
    } catch (error) {
      if (!this.#entries.includes(entry)) return // the visitor took it out
      this.#drop(entry)
      this.#deps.failed(error)
    }
  }

  #drop(entry: Entry): void {
    if (entry.preview !== null) URL.revokeObjectURL(entry.preview)
    this.#entries = this.#entries.filter((other) => other !== entry)
    this.#deps.changed()
  }
}

/** The words of a message, with links to its files for the model. */
export function withLinks(text: string, files: readonly Attachment[]): string {
  if (files.length === 0) return text
  return [text.trim(), linksOf(files)].filter((part) => part !== '').join('\n\n')
}

/** What the visitor wrote, and the files that went along with it. */
export function partsOf({ content, metadata }: { readonly content: string; readonly metadata?: Metadata }) {
  const files = filesOf(metadata?.attachments)
  const links = linksOf(files)
  if (files.length === 0 || !content.endsWith(links)) return { text: content, files: [] }
  return { text: content.slice(0, -links.length).trimEnd(), files }
}

/** The same, with a list of links to the files. */
export function shownOf(message: Pick<Message, 'content' | 'metadata'>, strings: Strings) {
  const { text, files } = partsOf(message)
  if (files.length === 0) return { text, files: [] }
  const list = element('ul', 'files', ...files.map((file) => element('li', '', cardOf(file))))
  list.ariaLabel = strings.attachments
  return { text, files: [list] }
}

function cardOf({ name, url }: Attachment): HTMLElement {
  const label = element('bdi', '', name)
  const card = outwardLink(url, label) ?? element('span', '', label)
  card.prepend(iconElement(FILE))
  card.title = name // which may not fit
  return card
}

function linksOf(files: readonly Attachment[]): string {
  return files.map(({ name, url }) => `[${name}](${url})`).join('\n')
}

function filesOf(attachments: unknown): readonly Attachment[] {
  if (!Array.isArray(attachments)) return []
  return attachments.filter((file: Partial<Attachment> | null) => {
    return typeof file?.name === 'string' && typeof file.url === 'string'
  })
}

/** Without what would end the link. */
function nameOf({ name }: File): string {
  return name.replace(/[[\]\n]/g, ' ')
}

import type { Outgoing } from '../client/index.ts'
import { type Attachment, type Attachments, partsOf } from './attachments.ts'

/** The chat that the composer is a part of. */
export interface ComposerHost {
  readonly shadowRoot: ShadowRoot | null
  requestUpdate(): void
}

/** What the visitor is about to send: the text box, and the files that go along with its words. */
export class Composer {
  readonly #host: ComposerHost
  readonly #files: Attachments

  readonly #mustWait: () => void

  /** `mustWait`: is told that a message cannot be sent before its files are there. */
  constructor(host: ComposerHost, files: Attachments, mustWait: () => void) {
    this.#host = host
    this.#files = files
    this.#mustWait = mustWait
  }

  /** There is something to send, and no file of it is still on its way. */
  get hasDraft(): boolean {
    const isBlank = (this.#input?.value ?? '').trim() === ''
    return this.#files.isReady && !(isBlank && this.#files.isEmpty)
  }

  /** Puts the cursor into the text box. */
  focus(options?: FocusOptions): void {
    this.#input?.focus({ preventScroll: true, ...options })
  }

  /** Puts `text` into the text box, in place of what is there; nothing where the chat is not drawn yet. */
  prefill(text: string): void {
    const input = this.#input
    if (input === null) return
    input.value = text
    this.typed()
    this.focus()
  }

  /** Puts what was not sent before what is about to be. */
  giveBack(unsent: readonly Outgoing[]): void {
    const input = this.#input
    if (input === null || unsent.length === 0) return
    const parts = unsent.map(partsOf)
    input.value = [...parts.map(({ text }) => text), input.value].filter((text) => text !== '').join('\n\n')
    this.#files.giveBack(parts.flatMap(({ files }) => files))
    this.typed()
  }

  /** Gives what there is to `send`, if anything, and begins anew. */
  submit(send: (text: string, files: readonly Attachment[]) => void): void {
    const input = this.#input
    if (!this.#files.isReady) this.#mustWait()
    if (input === null || !this.hasDraft) return
    send(input.value, this.#files.take())
    input.value = ''
    this.typed()
    input.focus()
  }

  /** Another text is in the box. */
  typed(): void {
    const input = this.#input
    if (input !== null && !CSS.supports('field-sizing', 'content')) {
      input.style.height = 'auto'
      input.style.height = `${input.scrollHeight}px`
    }
    this.#host.requestUpdate()
  }

  get #input(): HTMLTextAreaElement | null {
    return this.#host.shadowRoot?.querySelector('textarea') ?? null
  }
}

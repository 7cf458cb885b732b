import type { Message, Outgoing } from '../client/index.ts'
import { copyText } from './clipboard.ts'
import { button, element } from './element.ts'
import { StreamedMarkdown } from './markdown.ts'

export interface MessageActions {
  regenerate(): void
  retry(id: string): void
  discard(id: string): void
}

const COPIED_MS = 1500

/** One message as an `article`. It touches the page only where the message changed. */
export class MessageView {
  readonly element: HTMLElement
  readonly #actions: MessageActions
  readonly #body = element('div', 'body')
  readonly #foot = element('footer', 'foot')
  #markdown: StreamedMarkdown | null = null
  #shown: Message | Outgoing | null = null
  #shownLast = false

  constructor(actions: MessageActions) {
    this.#actions = actions
    this.#body.dir = 'auto'
    this.element = element('article', 'message', this.#body, this.#foot)
  }

  /** `isLast`: it is the last message of the session, so its answer can be made again. */
  show(message: Message, isLast: boolean): void {
    if (message === this.#shown && isLast === this.#shownLast) return
    const before = this.#shown
    const settled =
      before !== null && 'seq' in before && before.status !== 'streaming' && before.attempt === message.attempt
    this.#shown = message
    this.#shownLast = isLast
    this.#dress(message.role === 'assistant' ? 'assistant' : 'user', message.status)
    if (message.role !== 'assistant') this.#body.textContent = message.content
    else if (!settled || before.content !== message.content) this.#answer(message)
    if (message.role === 'assistant' && message.status !== 'streaming')
      this.#foot.replaceChildren(...this.#footOf(message, isLast))
    else this.#foot.replaceChildren()
  }

  showOutgoing(outgoing: Outgoing): void {
    this.#shown = outgoing
    this.#dress('user', outgoing.status)
    this.#body.textContent = outgoing.content
    const { id, error } = outgoing
    if (error === null) this.#foot.replaceChildren(element('span', 'note', 'Waiting to be sent'))
    else {
      this.#foot.replaceChildren(
        element('span', 'note bad', `Not sent: ${error.message}`),
        button('Send again', () => this.#actions.retry(id)),
        button('Discard', () => this.#actions.discard(id)),
      )
    }
  }

  #dress(role: 'assistant' | 'user', status: string): void {
    this.element.className = `message ${role} ${status}`
    this.element.setAttribute('aria-label', role === 'assistant' ? 'Baton' : 'You')
    // A screen reader reads the answer once it is whole, not piece by piece.
    this.element.setAttribute('aria-busy', String(status === 'streaming'))
  }

  #answer({ content, status }: Message): void {
    if (status === 'streaming') {
      this.#markdown ??= new StreamedMarkdown(this.#body)
      this.#markdown.update(content)
    } else {
      this.#markdown ??= new StreamedMarkdown(this.#body)
      this.#markdown.finish(content)
      this.#markdown = null
    }
  }

  #footOf(message: Message, isLast: boolean): Node[] {
    const { metadata, status, content } = message
    const copy = button('Copy', async () => {
      await copyText(content)
      copy.classList.add('done')
      setTimeout(() => copy.classList.remove('done'), COPIED_MS)
    })
    return [
      ...outcomeOf(status, metadata),
      ...sourcesOf(metadata),
      copy,
      ...(isLast ? [button('Regenerate', () => this.#actions.regenerate())] : []),
      element('span', 'origin', originOf(metadata)),
    ]
  }
}

function outcomeOf(status: Message['status'], metadata: Message['metadata']): Node[] {
  if (status === 'stopped') return [element('span', 'note', 'Stopped')]
  if (status !== 'error') return []
  const error = metadata.error as { message?: unknown } | undefined
  return [element('span', 'note bad', typeof error?.message === 'string' ? error.message : 'The answer broke off')]
}

/** `answered by r1 → r3 in 2.4 s`: more than one replica where the answer changed hands. */
function originOf({ replicas, processing_time_ms: took }: Message['metadata']): string {
  const by = Array.isArray(replicas) && replicas.length > 0 ? `answered by ${replicas.join(' → ')}` : ''
  const time = typeof took === 'number' ? `${(took / 1000).toFixed(1)} s` : ''
  return [by, time].filter(Boolean).join(' in ')
}

function sourcesOf({ sources }: Message['metadata']): Node[] {
  if (!Array.isArray(sources)) return []
  return sources.map((source: { title?: unknown; url?: unknown }) => {
    const title = String(source.title ?? 'source')
    if (typeof source.url !== 'string' || !/^https?:/i.test(source.url)) return element('span', 'note', title)
    const link = element('a', 'note', title)
    link.href = source.url
    link.rel = 'noopener noreferrer nofollow'
    link.target = '_blank'
    return link
  })
}
